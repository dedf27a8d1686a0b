package server_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// signIn is the cookie that a browser gets for a key.
func (s *running) signIn(t *testing.T, key string) *http.Cookie {
	t.Helper()
	got := s.ask(t, "POST /api/ui/sign-in", []byte(`{"key":"`+key+`"}`), "Content-Type", jsonType, "Sec-Fetch-Site", "same-origin")
	cookies, err := http.ParseSetCookie(got.header.Get("Set-Cookie"))
	if got.status != http.StatusOK || err != nil {
		t.Fatalf("%s, %v", got, err)
	}
	return cookies
}

func TestSigningIn(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{Keys: true, PublicURL: "https://traces.example"})
	reader := s.newKey(t, "shop", store.ScopeRead)
	cookie := s.signIn(t, reader.Key)
	if !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" || cookie.MaxAge <= 0 {
		t.Errorf("cookie %+v", cookie)
	}
	if strings.Contains(cookie.Value, reader.Key) {
		t.Error("the cookie holds the key")
	}
	whoami := func(value string) int {
		return s.ask(t, "GET /api/v1/public/whoami", nil, "Cookie", cookie.Name+"="+value).status
	}
	if status := whoami(cookie.Value); status != http.StatusOK {
		t.Errorf("signed in: %d", status)
	}
	if got := s.ask(t, "GET /api/admin/stats", nil, "Cookie", cookie.Name+"="+cookie.Value); got.status != http.StatusForbidden {
		t.Errorf("the cookie of a reader on a route of admins: %s", got)
	}
	forged := []byte(cookie.Value)
	forged[3] ^= 1
	for name, value := range map[string]string{
		"forged": string(forged), "cut": cookie.Value[:20], "empty": "", "no base64": "!!!", "longer": cookie.Value + "AAAA",
	} {
		if status := whoami(value); status != http.StatusUnauthorized {
			t.Errorf("a cookie that is %s: %d", name, status)
		}
	}
	out := s.ask(t, "POST /api/ui/sign-out", nil, "Sec-Fetch-Site", "same-origin")
	if cleared, err := http.ParseSetCookie(out.header.Get("Set-Cookie")); err != nil || cleared.MaxAge >= 0 || cleared.Value != "" || cleared.Name != cookie.Name {
		t.Errorf("signing out: %+v, %v", cleared, err)
	}

	s.stop(t)
	again := start(t, server.Config{Keys: true, Data: s.data})
	s.Server, s.address, s.http = again.Server, again.address, again.http
	if status := whoami(cookie.Value); status != http.StatusOK {
		t.Errorf("a restart signs out: %d", status)
	}
	again.ask(t, "DELETE /api/admin/keys/"+reader.ID, nil, by(again.Token())...)
	if status := whoami(cookie.Value); status != http.StatusUnauthorized {
		t.Errorf("revoking the key does not sign out: %d", status)
	}
	if cookie := again.signIn(t, again.newKey(t, "shop", store.ScopeAdmin).Key); cookie.Secure {
		t.Error("a browser would not send the cookie to a server without TLS")
	}
}

func TestSigningInRefused(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{Keys: true})
	sender := s.newKey(t, "shop", store.ScopeIngest).Key
	for _, tt := range []struct {
		name, body string
		header     []string
		status     int
	}{
		{"a wrong key", `{"key":"tr-1"}`, nil, http.StatusUnauthorized},
		{"no key", `{}`, nil, http.StatusUnauthorized},
		{"a key that only sends", `{"key":"` + sender + `"}`, nil, http.StatusForbidden},
		{"no JSON", `key=1`, nil, http.StatusBadRequest},
		{"another member", `{"kye":"tr-1"}`, nil, http.StatusBadRequest},
		{"a form", `key=1`, []string{"Content-Type", "application/x-www-form-urlencoded"}, http.StatusUnsupportedMediaType},
		{"text", `{"key":"tr-1"}`, []string{"Content-Type", "text/plain"}, http.StatusUnsupportedMediaType},
		{"another site", `{"key":"tr-1"}`, []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{"a long body", `{"key":"` + strings.Repeat("x", 2<<20) + `"}`, nil, http.StatusRequestEntityTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := s.ask(t, "POST /api/ui/sign-in", []byte(tt.body), append([]string{"Content-Type", jsonType}, tt.header...)...)
			if got.status != tt.status || got.detail(t) == "" || got.header.Get("Set-Cookie") != "" {
				t.Errorf("%s, cookie %q; want %d", got, got.header.Get("Set-Cookie"), tt.status)
			}
		})
	}
	t.Run("a server without keys needs no cookie", func(t *testing.T) {
		t.Parallel()
		local := start(t, server.Config{})
		for _, what := range []string{"POST /api/ui/sign-in", "POST /api/ui/sign-out"} {
			if got := local.ask(t, what, []byte(`{"key":""}`), "Content-Type", jsonType); got.status != http.StatusOK || got.header.Get("Set-Cookie") != "" {
				t.Errorf("%s: %s", what, got)
			}
		}
	})
}

func TestDamagedCookieSecret(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "cookie.secret"), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := server.Start(t.Context(), server.Config{Keys: true, Addr: "127.0.0.1:0", GRPCAddr: "off", Data: data})
	if err == nil || !strings.Contains(err.Error(), "delete it, and browsers sign in anew") {
		t.Errorf("error %v, want what to do", err)
	}
}
