package server_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func TestScopes(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{Keys: true})
	keys := map[store.Scope]string{"token": s.Token()}
	for _, scope := range []store.Scope{store.ScopeIngest, store.ScopeRead, store.ScopeAdmin} {
		keys[scope] = s.newKey(t, "shop", scope).Key
	}
	for what, allowed := range map[string]string{
		"POST /v1/traces":            "ingest read admin token",
		"POST /api/v1/public/traces": "ingest read admin token",
		"GET /api/v1/public/traces":  "read admin token",
		"GET /api/v1/public/whoami":  "read admin token",
		"GET /api/v1/public/nowhere": "read admin token",
		"GET /api/ui/traces":         "read admin token",
		"GET /metrics":               "read admin token",
		"GET /api/admin/keys":        "admin token",
		"POST /api/admin/keys":       "admin token",
		"DELETE /api/admin/keys/x":   "admin token",
		"DELETE /api/admin/traces":   "admin token",
		"POST /api/admin/import":     "admin token",
		"GET /api/admin/export":      "admin token",
		"GET /api/admin/backup":      "admin token",
		"GET /api/admin/stats":       "admin token",
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			for scope, key := range keys {
				got := s.ask(t, what, nil, by(key)...)
				if in := strings.Contains(allowed, string(scope)); in == (got.status == http.StatusForbidden) {
					t.Errorf("%s: %s, want it let in: %v", scope, got, in)
				}
				if got.status == http.StatusUnauthorized {
					t.Errorf("%s: %s", scope, got)
				}
			}
			for name, tt := range map[string]struct{ header, detail string }{
				"none":      {"", "Missing Authorization header"},
				"a word":    {"tr-1", "Invalid Authorization header format. Expected: Bearer <api_key>"},
				"nothing":   {"Bearer ", "Invalid Authorization header format. Expected: Bearer <api_key>"},
				"a login":   {"Basic dXNlcjpwYXNz", "Invalid Authorization header format. Expected: Bearer <api_key>"},
				"a wrong":   {"Bearer tr-00000000-0000-4000-8000-000000000000", "Invalid API key"},
				"a prefix":  {"Bearer " + keys[store.ScopeAdmin][:20], "Invalid API key"},
				"the token": {"Bearer " + s.Token()[1:], "Invalid API key"},
			} {
				var header []string
				if tt.header != "" {
					header = []string{"Authorization", tt.header}
				}
				got := s.ask(t, what, nil, header...)
				if got.status != http.StatusUnauthorized || got.detail(t) != tt.detail || got.header.Get("WWW-Authenticate") != "Bearer" {
					t.Errorf("%s key: %s, want 401 %s", name, got, tt.detail)
				}
			}
		})
	}
	t.Run("the scheme is read in any case", func(t *testing.T) {
		t.Parallel()
		if got := s.ask(t, "GET /api/v1/public/whoami", nil, "Authorization", "bearer  "+keys[store.ScopeRead]); got.status != http.StatusOK {
			t.Error(got)
		}
	})
}

func TestProjects(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{Keys: true})
	shop, bank := s.newKey(t, "shop", store.ScopeAdmin).Key, s.newKey(t, "bank", store.ScopeAdmin).Key
	if got := s.ask(t, "POST /api/v1/public/traces?project_id=bank", oneSpan(t, 'a'),
		by(shop, "Content-Type", protobuf, "X-Traceroot-Project", "bank")...); got.status != http.StatusOK {
		t.Fatal(got)
	}
	if !s.has(t, 'a', shop) || s.has(t, 'a', bank) {
		t.Error("a trace is not in the project of its key alone")
	}
	var gone struct{ Deleted int }
	s.ask(t, "DELETE /api/admin/traces", []byte(`{"trace_ids":["`+traceID('a')+`"]}`), by(bank)...).into(t, http.StatusOK, &gone)
	if gone.Deleted != 0 || !s.has(t, 'a', shop) {
		t.Errorf("a key deletes %d traces of another project", gone.Deleted)
	}
	if got := s.ask(t, "GET /api/admin/export?trace_id="+traceID('a'), nil, by(bank)...); len(got.body) > 0 {
		t.Errorf("a key exports another project: %s", got)
	}
	for project, want := range map[string]int{"shop": http.StatusOK, "bank": http.StatusNotFound, "": http.StatusNotFound, "no such\t": http.StatusBadRequest} {
		got := s.ask(t, "GET /api/v1/public/traces/"+traceID('a'), nil, by(s.Token(), "X-Traceroot-Project", project)...)
		if got.status != want {
			t.Errorf("the token with project %q: %s, want %d", project, got, want)
		}
	}
}

func TestRevokedKey(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{Keys: true})
	made := s.newKey(t, "shop", store.ScopeIngest)
	if got := s.send(t, 'a', made.Key); got.status != http.StatusOK {
		t.Fatal(got)
	}
	var revoked, again key
	s.ask(t, "DELETE /api/admin/keys/"+made.ID, nil, by(s.Token())...).into(t, http.StatusOK, &revoked)
	if got := s.send(t, 'b', made.Key); got.status != http.StatusUnauthorized || got.detail(t) != "Invalid API key" {
		t.Errorf("the next request: %s", got)
	}
	s.ask(t, "DELETE /api/admin/keys/"+made.ID, nil, by(s.Token())...).into(t, http.StatusOK, &again)
	if revoked.Revoked == nil || again.Revoked == nil || !again.Revoked.Equal(*revoked.Revoked) || revoked.Key != "" {
		t.Errorf("revoked %+v, again %+v", revoked, again)
	}
	if got := s.ask(t, "DELETE /api/admin/keys/none", nil, by(s.Token())...); got.status != http.StatusNotFound || got.detail(t) != `Key "none" not found` {
		t.Error(got)
	}
}

// TestKeysAreNotKept looks for keys in every file of the data folder.
func TestKeysAreNotKept(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{Keys: true})
	made := s.newKey(t, "shop", store.ScopeAdmin)
	s.send(t, 'a', made.Key)
	searched := func() (files int) {
		err := filepath.WalkDir(s.data, func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			files++
			content, err := os.ReadFile(path)
			if bytes.Contains(content, []byte(made.Key)) || bytes.Contains(content, []byte(strings.ReplaceAll(made.Key, "-", ""))) {
				t.Errorf("%s holds a key", path)
			}
			info, statErr := entry.Info()
			if statErr == nil && info.Mode().Perm()&0o077 != 0 && (strings.HasSuffix(path, "owner.json") || strings.HasSuffix(path, "secret")) {
				t.Errorf("others can read %s", path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		return files
	}
	for _, when := range []string{"while it runs", "afterwards"} {
		if files := searched(); files < 3 {
			t.Errorf("%s: %d files searched, want the database, the lock and the secret of the cookies", when, files)
		}
		s.stop(t)
	}
	again := start(t, server.Config{Keys: true, Data: s.data})
	if !again.has(t, 'a', made.Key) {
		t.Error("the key does not outlive the server")
	}
	if got := again.ask(t, "GET /api/admin/stats", nil, by(s.Token())...); got.status != http.StatusUnauthorized {
		t.Errorf("the token outlives the server: %s", got)
	}
}

func TestLocalServerAsksForNoKey(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{})
	for _, header := range [][]string{nil, {"Authorization", "Bearer whatever"}, {"X-Traceroot-Project", "theirs"}} {
		var who map[string]*string
		s.ask(t, "GET /api/v1/public/whoami", nil, header...).into(t, http.StatusOK, &who)
		if project := who["project_id"]; project == nil || *project != "dev" {
			t.Errorf("%q: %v", header, who)
		}
		if got := s.ask(t, "GET /api/admin/stats", nil, header...); got.status != http.StatusOK {
			t.Errorf("%q: %s", header, got)
		}
	}
}
