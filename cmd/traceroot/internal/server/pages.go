package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/api"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/webui"
)

// firstRowsAddress is what the list asks for first; a page brings the answer along.
const firstRowsAddress = "/api/ui/traces?limit=50"

// pages serves the screens. They hold nothing of anybody: whoever may not read gets one that asks for a key.
func (s *Server) pages(questions http.Handler) http.Handler {
	pages, err := webui.New(webui.Options{
		Dev:      s.config.UIDev,
		Status:   s.statusOfPage,
		First:    func(r *http.Request) ([]byte, error) { return s.firstRows(questions, r) },
		NotFound: http.HandlerFunc(nowhere),
		Log:      s.log,
	})
	if err != nil {
		s.log.LogAttrs(context.Background(), slog.LevelError, "no pages", slog.Any("error", err))
		return http.HandlerFunc(nowhere)
	}
	s.serving.Go(func() error {
		pages.Prepare()
		s.reloading(pages)
		return nil
	})
	return pages
}

// reloading tells open pages when their sources on the disk have changed, until the server ends. It returns at once unless
// somebody works on them.
func (s *Server) reloading(pages *webui.Pages) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-s.closing:
			cancel()
		case <-ctx.Done():
		}
	}()
	pages.Watch(ctx, func() { s.live.Tell(LocalProject, api.Reload{}) })
}

// statusOfPage is what a page of this sender need not ask for.
func (s *Server) statusOfPage(page *http.Request) (told []byte, reads bool) {
	shown := s.statusFor(page)
	told, err := json.Marshal(shown)
	if err != nil {
		s.log.LogAttrs(page.Context(), slog.LevelError, "a page goes without status", slog.Any("error", err))
	}
	return told, shown.Project != ""
}

// firstRows asks the API on behalf of a page, where the browser itself might ask.
func (s *Server) firstRows(questions http.Handler, page *http.Request) ([]byte, error) {
	var taken collected
	ask, err := http.NewRequestWithContext(page.Context(), http.MethodGet, firstRowsAddress, nil)
	if err != nil {
		return nil, fmt.Errorf("ask for the first rows: %w", err)
	}
	ask.Header = http.Header{"Cookie": page.Header["Cookie"]}
	ask.RemoteAddr, ask.Host = page.RemoteAddr, page.Host
	s.require(store.ScopeRead, identified(questions)).ServeHTTP(&taken, ask)
	if taken.status != http.StatusOK {
		return nil, fmt.Errorf("ask for the first rows: status %d", taken.status)
	}
	return taken.Bytes(), nil
}

// collected is a response that goes to nobody.
type collected struct {
	bytes.Buffer
	header http.Header
	status int
}

func (c *collected) Header() http.Header {
	if c.header == nil {
		c.header = http.Header{}
	}
	return c.header
}

func (c *collected) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
}

func (c *collected) Write(p []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	return c.Buffer.Write(p)
}
