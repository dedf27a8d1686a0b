package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func TestPages(t *testing.T) {
	t.Parallel()
	t.Run("bring the rows of this machine", func(t *testing.T) {
		t.Parallel()
		s := start(t, server.Config{})
		s.send(t, 'a', "")
		if got := s.ask(t, "GET /", nil); got.status != http.StatusOK || !strings.Contains(string(got.body), traceID('a')) {
			t.Errorf("%s", got)
		}
	})
	t.Run("are everybody's, their rows are not", func(t *testing.T) {
		t.Parallel()
		s := start(t, server.Config{Keys: true})
		key := s.newKey(t, "shop", store.ScopeRead).Key
		s.send(t, 'a', key)
		s.send(t, 'b', s.newKey(t, "other", store.ScopeRead).Key)

		stranger := s.ask(t, "GET /traces", nil)
		if stranger.status != http.StatusOK || strings.Contains(string(stranger.body), traceID('a')) {
			t.Errorf("without a key: %s", stranger)
		}
		cookie := s.signIn(t, key)
		known := s.ask(t, "GET /traces", nil, "Cookie", cookie.Name+"="+cookie.Value)
		if page := string(known.body); !strings.Contains(page, traceID('a')) || strings.Contains(page, traceID('b')) {
			t.Errorf("with a cookie: %s", known)
		}
	})
	t.Run("of nothing are for people", func(t *testing.T) {
		t.Parallel()
		s := start(t, server.Config{})
		if got := s.ask(t, "GET /nothing", nil, "Accept", "text/html"); got.status != http.StatusNotFound || !strings.Contains(string(got.body), "<html") {
			t.Errorf("a person gets %s", got)
		}
		if got := s.ask(t, "GET /nothing", nil).detail(t); got != "Not found" {
			t.Errorf("a program gets %q", got)
		}
	})
}
