package demo

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// APIError is the answer of a service that will not do what it was asked.
type APIError struct {
	Status  int    `json:"status"`
	Code    string `json:"code"`
	Field   string `json:"field,omitempty"` // of the request, where one is to blame
	Message string `json:"message"`
	Value   string `json:"-"` // of that field; what was sent wrongly, a model should not read again
}

// Error says which answer it was, and to what.
func (e *APIError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message)
	}
	return fmt.Sprintf("%d %s: %s %q %s", e.Status, e.Code, e.Field, e.Value, e.Message)
}

// failureOf is what there is to say of an error: the answer of a service, or a text.
func failureOf(err error) any {
	if answer, ok := errors.AsType[*APIError](err); ok {
		return answer
	}
	return err.Error()
}

// maxAnswer bounds what is read of a service's answer.
const maxAnswer = 1 << 20

// callService sends in as JSON, unless it is nil, and reads the answer into out. A refusal is an *APIError.
func callService(ctx context.Context, client *http.Client, method, url string, in, out any) error {
	var body io.Reader = http.NoBody
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer := json.NewDecoder(io.LimitReader(res.Body, maxAnswer))
	if res.StatusCode < http.StatusBadRequest {
		return answer.Decode(out)
	}
	refused := &APIError{Status: res.StatusCode}
	if err := answer.Decode(refused); err != nil {
		refused.Message = http.StatusText(res.StatusCode)
	}
	refused.Status = cmp.Or(refused.Status, res.StatusCode)
	return refused
}

// isBusy tells that the service may answer when it is asked again.
func isBusy(err error) bool {
	refused, ok := errors.AsType[*APIError](err)
	return ok && refused.Status == http.StatusServiceUnavailable
}
