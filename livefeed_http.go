package traceroot

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
)

// liveOutcome is how a request with live messages went.
type liveOutcome uint8

const (
	liveTaken   liveOutcome = iota
	liveFailed              // the next one may go better
	liveRefused             // for good
)

// connect makes the client that the requests go by: a connection of their own where the program did not bring one, so
// that they never stand before finished spans.
func (f *liveFeed) connect() {
	var client http.Client
	if given := f.client.httpClient; given != nil {
		client = *given
	} else {
		f.own = batch.NewTransport()
		client.Transport = f.own
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	f.http = &client
}

// ask asks the host whether it takes live messages. Anything but a clear yes is a no.
func (f *liveFeed) ask(ctx context.Context) bool {
	status, body := f.request(ctx, http.MethodGet, nil)
	var answer struct {
		Live bool `json:"live"`
	}
	return status == http.StatusOK && json.Unmarshal(body, &answer) == nil && answer.Live
}

func (f *liveFeed) post(ctx context.Context, body []byte) liveOutcome {
	switch status, _ := f.request(ctx, http.MethodPost, body); {
	case status/100 == 2:
		return liveTaken
	case status == 0 || status == http.StatusTooManyRequests || status/100 == 5:
		return liveFailed
	default:
		return liveRefused
	}
}

// request makes one request. The status is 0 where there was no answer.
func (f *liveFeed) request(ctx context.Context, method string, body []byte) (status int, answer []byte) {
	ctx, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, f.url, bytes.NewReader(body))
	if err != nil {
		return http.StatusBadRequest, nil
	}
	request.Header.Set("User-Agent", sdkName+"/"+Version)
	if body != nil {
		request.Header.Set("Content-Type", "application/x-ndjson")
	}
	if key := f.client.apiKey; key != "" {
		request.Header.Set("Authorization", "Bearer "+key)
	}
	response, err := f.http.Do(request)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = response.Body.Close() }()
	answer, _ = io.ReadAll(io.LimitReader(response.Body, 64<<10)) // to its end, which frees the connection
	return response.StatusCode, answer
}
