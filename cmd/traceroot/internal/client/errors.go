package client

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// StatusError is a server's refusal.
type StatusError struct {
	Status     int
	Detail     string        // the server's own words; empty when it used none
	RetryAfter time.Duration // zero when the server did not say
}

// Error names the status and what the server says about it.
func (e *StatusError) Error() string {
	text := fmt.Sprintf("the server answered %d %s", e.Status, http.StatusText(e.Status))
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

func newStatusError(response *http.Response) *StatusError {
	refused := &StatusError{Status: response.StatusCode}
	const limit = 64 << 10
	body, _ := io.ReadAll(io.LimitReader(response.Body, limit)) // a status without its words is an answer too
	var said struct {
		Detail any `json:"detail"`
	}
	if json.Unmarshal(body, &said) == nil {
		refused.Detail, _ = said.Detail.(string) // the platform has objects there, too
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		refused.RetryAfter = time.Duration(seconds) * time.Second
	}
	return refused
}

// UnreachableError tells that no answer came.
type UnreachableError struct {
	URL   string
	cause error
}

// Error names the server and what happened.
func (e *UnreachableError) Error() string { return fmt.Sprintf("reach %s: %v", e.URL, e.cause) }

// Unwrap returns what happened.
func (e *UnreachableError) Unwrap() error { return e.cause }
