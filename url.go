package traceroot

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// URL returns the address of the span in TraceRoot's UI; "" when that is unknown.
func (s *Span) URL() string {
	if s == nil {
		return ""
	}
	link := s.client.traceURL(s.TraceID())
	switch {
	case link == "":
		return ""
	case strings.Contains(link, "?"):
		return link + "&span=" + s.SpanID()
	default:
		return link + "?span=" + s.SpanID()
	}
}

// TraceURL returns the address of the current trace in TraceRoot's UI: on a loopback host <host>/t/<trace id>, on others
// <host>/projects/<project>/traces?traceId=<trace id>. The first call asks such a host for the project of the key, for
// at most a second. "" without a span, or when the project is unknown.
func TraceURL(ctx context.Context) string {
	id := TraceID(ctx)
	c := clientFor(orBackground(ctx))
	if id == "" || c == nil {
		return ""
	}
	return c.traceURL(id)
}

func (c *Client) traceURL(traceID string) string {
	if c.endpoint == "" {
		return ""
	}
	host := c.baseURL()
	if isLoopback(host) {
		return host + "/t/" + traceID
	}
	c.projectOnce.Do(c.askForProject)
	if c.project == "" {
		return ""
	}
	return host + "/projects/" + url.PathEscape(c.project) + "/traces?traceId=" + traceID
}

// askForProject asks the host which project the key belongs to (rest-api: GET whoami).
func (c *Client) askForProject() {
	defer c.survive("whoami") // a round tripper that panics is the program's
	ctx, cancel := context.WithTimeout(Suppress(context.Background()), time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.baseURL()+"/api/v1/public/whoami", http.NoBody)
	if err != nil {
		return
	}
	request.Header.Set("Authorization", "Bearer "+c.apiKey)
	request.Close = true // this is the only request that the connection would be kept for
	response, err := c.uploadClient().Do(request)
	if err != nil {
		return
	}
	defer func() { _ = response.Body.Close() }()
	var who struct {
		ProjectID string `json:"project_id"`
	}
	body := http.MaxBytesReader(nil, response.Body, 64<<10)
	if response.StatusCode == http.StatusOK && json.NewDecoder(body).Decode(&who) == nil {
		c.project = who.ProjectID
	}
}

// baseURL is the host URL without slashes at its end.
func (c *Client) baseURL() string { return strings.TrimRight(strings.TrimSpace(c.hostURL), "/") }
