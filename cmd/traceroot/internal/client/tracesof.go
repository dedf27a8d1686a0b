package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// TracesOf are the traces, oldest first, that started since a time and whose sender's resource has an attribute. No list
// knows resources, so it reads the spans of what started since.
func (c *Client) TracesOf(ctx context.Context, since time.Time, attribute, value string) ([]Reply[TraceRow], error) {
	const most = 1000
	candidates, err := c.Traces(ctx, TraceQuery{From: since, Limit: most})
	if err != nil || len(candidates) == 0 {
		return nil, err
	}
	sent := map[string]bool{}
	const atOnce = 50
	for some := range slices.Chunk(candidates, atOnce) {
		values := url.Values{}
		for _, row := range some {
			values.Add("trace_id", row.Value.TraceID)
		}
		if err := c.eachRequest(ctx, values, func(r exported) { r.collect(attribute, value, sent) }); err != nil {
			return nil, fmt.Errorf("read spans: %w", err)
		}
	}
	found := slices.DeleteFunc(candidates, func(row Reply[TraceRow]) bool { return !sent[row.Value.TraceID] })
	slices.Reverse(found)
	return found, nil
}

// exported is what tells the sender of spans in a line of OTLP JSON.
type exported struct {
	ResourceSpans []struct {
		Resource struct {
			Attributes []struct {
				Key   string `json:"key"`
				Value struct {
					Text string `json:"stringValue"`
				} `json:"value"`
			} `json:"attributes"`
		} `json:"resource"`
		ScopeSpans []struct {
			Spans []struct {
				TraceID string `json:"traceId"`
			} `json:"spans"`
		} `json:"scopeSpans"`
	} `json:"resourceSpans"`
}

func (e *exported) collect(attribute, value string, traces map[string]bool) {
	for _, resource := range e.ResourceSpans {
		ours := false
		for _, a := range resource.Resource.Attributes {
			ours = ours || a.Key == attribute && a.Value.Text == value
		}
		for _, scope := range resource.ScopeSpans {
			for _, span := range scope.Spans {
				traces[span.TraceID] = traces[span.TraceID] || ours
			}
		}
	}
}

func (c *Client) eachRequest(ctx context.Context, query url.Values, visit func(exported)) error {
	response, err := c.send(ctx, http.MethodGet, admin+"/export", query, http.NoBody, http.Header{})
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	lines := bufio.NewReader(response.Body)
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var request exported
			if err := json.Unmarshal(line, &request); err != nil {
				return err
			}
			visit(request)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return reason(ctx, err)
		}
	}
}
