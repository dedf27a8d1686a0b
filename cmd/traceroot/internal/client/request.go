package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	public = "/api/v1/public" // the platform's API, which its cloud has too
	ui     = "/api/ui"
	admin  = "/api/admin"
)

// timeout is that of requests whose answer is small. Those that carry a whole store take as long as they take.
const timeout = 30 * time.Second

// projectHeader chooses the project of a request that shows the token of a data folder.
const projectHeader = "X-Traceroot-Project"

// maxReply is more than any answer that is read whole: the largest is one trace with its texts.
const maxReply = 1 << 30

// get reads the JSON at path into to.
func (c *Client) get(ctx context.Context, path string, query url.Values, to any) error {
	return c.exchange(ctx, http.MethodGet, path, query, nil, to)
}

// exchange sends body as JSON, unless it is nil, and reads the answer into to.
func (c *Client) exchange(ctx context.Context, method, path string, query url.Values, body, to any) error {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("no answer from %s within %v", c.base, timeout))
	defer cancel()
	var sent io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("write a request: %w", err)
		}
		sent = bytes.NewReader(text)
	}
	response, err := c.send(ctx, method, path, query, sent, http.Header{"Content-Type": {"application/json"}})
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if err := json.NewDecoder(http.MaxBytesReader(nil, response.Body, maxReply)).Decode(to); err != nil {
		return fmt.Errorf("read what %s answered to %s: %w", c.base, path, reason(ctx, err))
	}
	return nil
}

// send returns the answer when its status is one of success. Its body is to be closed.
func (c *Client) send(ctx context.Context, method, path string, query url.Values, body io.Reader, header http.Header) (*http.Response, error) {
	address := c.base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", c.base, err)
	}
	request.Header = header
	request.Header.Set("Accept", "application/json")
	if c.key != "" {
		request.Header.Set("Authorization", "Bearer "+c.key)
	}
	if c.project != "" {
		request.Header.Set(projectHeader, c.project)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, &UnreachableError{URL: c.base, cause: reason(ctx, err)}
	}
	if response.StatusCode/100 != 2 {
		defer func() { _ = response.Body.Close() }()
		return nil, newStatusError(response)
	}
	return response, nil
}

// reason is why a request ended: the context's cause when that ended it, else the error without the address, which the
// caller names.
func reason(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}
