package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

const (
	// cutValueBytes is what a value keeps when its span alone is too large for the server: small enough for a span of many
	// values to pass a proxy's usual limit of 1 MiB, compressed, and enough to show what the value was.
	cutValueBytes = 16 << 10

	// maxAnswerBytes bounds what is read of an answer. Ours are far smaller; a body read to its end frees the connection.
	maxAnswerBytes = 64 << 10

	maxDetailBytes = 200
)

// upload is a [Payload] of [HTTP]: an encoded request. The spans themselves are gone, so that a batch that waits for the
// server takes no more memory than its compressed body.
type upload struct {
	to    *HTTP
	spans int
	body  []byte // never changed: a round tripper may still read it after an attempt
	cut   bool   // its values were cut to make it smaller
}

func (u *upload) Spans() int   { return u.spans }
func (u *upload) Body() []byte { return u.body }

func (u *upload) Send(ctx context.Context) (err error) {
	h := u.to
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("post to %s: round tripper panicked: %v", h.host, v)
		}
		if err != nil && err.Error() != h.hideKey(err.Error()) {
			err = errors.New(h.hideKey(err.Error())) // without its chain, which quotes the key too
		}
	}()

	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.endpoint, bytes.NewReader(u.body))
	if err != nil {
		return Final(err)
	}
	request.Header = h.header.Clone()
	response, err := h.client.Do(request)
	if err != nil {
		return h.noAnswer(ctx, err)
	}
	defer response.Body.Close()

	// The status alone decides; what it says beside that is read for the error's text only.
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes))
	if response.StatusCode/100 == 2 {
		return nil
	}
	return &StatusError{
		Status:     response.StatusCode,
		Detail:     h.detail(response, body),
		RetryAfter: retryAfter(response.Header),
	}
}

func (u *upload) Smaller() []Payload {
	data, err := otlp.Gunzip(u.body)
	if err != nil {
		return nil
	}
	if u.spans > 1 {
		first, second, err := otlp.Halves(data)
		if err != nil {
			return nil
		}
		half := u.spans / 2
		return []Payload{
			&upload{to: u.to, spans: half, body: otlp.Gzip(first)},
			&upload{to: u.to, spans: u.spans - half, body: otlp.Gzip(second)},
		}
	}
	if u.cut {
		return nil
	}
	short, err := otlp.CutValues(data, cutValueBytes)
	if err != nil || len(short) >= len(data) {
		return nil
	}
	return []Payload{&upload{to: u.to, spans: 1, body: otlp.Gzip(short), cut: true}}
}

// noAnswer describes why a request had no answer, without the request's URL and headers.
func (h *HTTP) noAnswer(ctx context.Context, err error) error {
	if urlErr, ok := errors.AsType[*url.Error](err); ok {
		err = urlErr.Err
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return fmt.Errorf("post to %s: %w", h.host, err)
}

func (h *HTTP) hideKey(text string) string {
	if h.key == "" {
		return text
	}
	return strings.ReplaceAll(text, h.key, "[API key]")
}

// detail is what an answer says beside its status: where a redirect leads, or the "detail" of an error reply in JSON.
func (h *HTTP) detail(response *http.Response, body []byte) string {
	if response.StatusCode/100 == 3 {
		to, err := response.Location()
		if err != nil {
			return "a redirect, which is not followed"
		}
		return h.hideKey(fmt.Sprintf("a redirect to %s://%s, which is not followed; use that as host URL if it is right", to.Scheme, to.Host))
	}
	var reply struct {
		Detail json.RawMessage `json:"detail"`
	}
	var text string
	if json.Unmarshal(body, &reply) != nil || json.Unmarshal(reply.Detail, &text) != nil {
		return ""
	}
	text = h.hideKey(text) // before the cut, which could leave a part of the key
	if len(text) > maxDetailBytes {
		text = strings.ToValidUTF8(text[:maxDetailBytes], "") + "…"
	}
	return text
}
