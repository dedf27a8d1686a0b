package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func TestHostsOfALocalServer(t *testing.T) {
	t.Parallel()
	local := start(t, server.Config{})
	for host, want := range map[string]int{
		"127.0.0.1:4318":         http.StatusOK,
		"localhost":              http.StatusOK,
		"LOCALHOST.:80":          http.StatusOK,
		"ui.localhost:4318":      http.StatusOK,
		"[::1]:4318":             http.StatusOK,
		"127.8.9.10":             http.StatusOK,
		"[::ffff:127.0.0.1]":     http.StatusOK,
		"rebound.example":        http.StatusMisdirectedRequest,
		"127.0.0.1.example:4318": http.StatusMisdirectedRequest,
		"localhost.example":      http.StatusMisdirectedRequest,
		"notlocalhost":           http.StatusMisdirectedRequest,
		"192.168.0.7:4318":       http.StatusMisdirectedRequest,
		"0.0.0.0:4318":           http.StatusMisdirectedRequest,
		"[::]:4318":              http.StatusMisdirectedRequest,
	} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			for _, path := range []string{"/healthz", "/api/v1/public/traces"} {
				got := local.ask(t, "GET "+path, nil, "Host", host)
				if got.status != want {
					t.Errorf("%s: %s, want %d", path, got, want)
				}
				if want != http.StatusOK && !strings.Contains(got.detail(t), "traceroot serve") {
					t.Errorf("%s: %s, want what to do", path, got)
				}
			}
		})
	}
	t.Run("a server with keys answers to any name", func(t *testing.T) {
		t.Parallel()
		team := start(t, server.Config{Keys: true})
		if got := team.ask(t, "GET /healthz", nil, "Host", "traces.example"); got.status != http.StatusOK {
			t.Error(got)
		}
	})
}

func TestRequestsOfPages(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{PublicURL: "https://traces.example/"})
	for _, tt := range []struct {
		name   string
		what   string
		header []string
		want   int
	}{
		{"a program", "POST /v1/traces", nil, 200},
		{"our page", "POST /v1/traces", []string{"Sec-Fetch-Site", "same-origin", "Origin", s.address}, 200},
		{"an address typed in", "GET /api/v1/public/traces", []string{"Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate"}, 200},
		{"a link on another site", "GET /api/v1/public/traces", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 200},
		{"a frame on another site", "GET /api/v1/public/traces", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 403},
		{"a form on another site", "POST /v1/traces", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 403},
		{"a script of another site", "GET /api/v1/public/traces", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script"}, 403},
		{"another port of this machine", "GET /api/v1/public/traces", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors"}, 403},
		{"a preflight", "OPTIONS /v1/traces", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors", "Origin", "https://evil.example"}, 403},
		{"an old browser on our page", "POST /v1/traces", []string{"Origin", s.address}, 200},
		{"an old browser behind our proxy", "POST /v1/traces", []string{"Origin", "https://traces.example"}, 200},
		{"an old browser on another site", "POST /v1/traces", []string{"Origin", "https://evil.example"}, 403},
		{"an old browser on a page without an origin", "POST /v1/traces", []string{"Origin", "null"}, 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := s.ask(t, tt.what, []byte("{}"), append(tt.header, "Content-Type", jsonType)...)
			if got.status != tt.want {
				t.Errorf("%s, want %d", got, tt.want)
			}
			if tt.want == http.StatusForbidden && got.detail(t) != "Requests from pages of other sites are refused" {
				t.Error(got)
			}
		})
	}
}

func TestAddressesOfALocalServer(t *testing.T) {
	t.Parallel()
	for address, local := range map[string]bool{
		"127.0.0.1:4318": true, "localhost:0": true, "[::1]:4318": true, "127.1.2.3:1": true,
		":4318": false, "0.0.0.0:4318": false, "[::]:4318": false, "192.168.0.7:4318": false, "traces.example:4318": false,
		"evil.localhost:4318": false,
	} {
		for _, config := range []server.Config{{Addr: address}, {GRPCAddr: address}} {
			config.Data = "data"
			err := config.Check()
			if local != (err == nil) || err != nil && !strings.Contains(err.Error(), "traceroot serve, which asks for keys") {
				t.Errorf("%s: %v, want it allowed: %v", address, err, local)
			}
			config.Keys = true
			if err := config.Check(); err != nil {
				t.Errorf("%s with keys: %v", address, err)
			}
		}
	}
	if _, err := server.Start(t.Context(), server.Config{Addr: "0.0.0.0:0", Data: t.TempDir()}); err == nil {
		t.Error("a server without keys listens everywhere")
	}
}

// TestHeaders asks for every route, and for what is none.
func TestHeaders(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{Keys: true})
	reader := s.newKey(t, "shop", store.ScopeRead).Key
	for _, what := range []string{
		"GET /healthz", "GET /readyz", "GET /health", "GET /metrics", "GET /", "GET /nowhere", "PUT /v1/traces", "POST /v1/traces",
		"POST /api/v1/public/traces", "GET /api/v1/public/traces", "GET /api/v1/public/whoami", "GET /api/nowhere",
		"GET /api/ui/status", "POST /api/ui/sign-in", "POST /api/ui/sign-out", "GET /api/admin/stats", "DELETE /api/admin/traces",
	} {
		for _, header := range [][]string{by(reader), nil, {"Sec-Fetch-Site", "cross-site"}} {
			got := s.ask(t, what, nil, header...)
			for name, want := range map[string]string{
				"X-Content-Type-Options":       "nosniff",
				"Referrer-Policy":              "no-referrer",
				"Cross-Origin-Resource-Policy": "same-origin",
				"Cross-Origin-Opener-Policy":   "same-origin",
			} {
				if got.header.Get(name) != want {
					t.Errorf("%s %q: %s is %q, want %q", what, header, name, got.header.Get(name), want)
				}
			}
			policy := got.header.Get("Content-Security-Policy")
			for _, part := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
				if !strings.Contains(policy, part) {
					t.Errorf("%s: policy %q lacks %q", what, policy, part)
				}
			}
			if strings.Contains(policy, "unsafe") || len(got.header.Values("Access-Control-Allow-Origin")) > 0 {
				t.Errorf("%s: %v lets others in", what, got.header)
			}
			if !strings.Contains(what, "/api/") {
				continue // pages may be kept, and OTLP has errors of its own
			}
			if cached := got.header.Get("Cache-Control"); cached != "no-store" {
				t.Errorf("%s %q: answers are kept: %q", what, header, cached)
			}
			if got.status >= http.StatusBadRequest {
				got.detail(t)
			}
		}
	}
}
