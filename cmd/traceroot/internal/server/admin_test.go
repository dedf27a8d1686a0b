package server_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{Keys: true})
	made := s.newKey(t, "shop", store.ScopeRead)
	if !regexp.MustCompile(`^tr-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(made.Key) {
		t.Errorf("key %s", made.Key)
	}
	if made.Project != "shop" || made.Name != "of a test" || made.Scope != store.ScopeRead || made.Revoked != nil || made.Created.IsZero() ||
		made.Hint != made.Key[:7]+"-"+made.Key[len(made.Key)-4:] {
		t.Errorf("made %+v", made)
	}
	other := s.newKey(t, "bank", store.ScopeIngest)
	for query, want := range map[string]string{"": made.ID + " " + other.ID, "?project=shop": made.ID, "?project=none": ""} {
		var list struct{ Data []key }
		s.ask(t, "GET /api/admin/keys"+query, nil, by(s.Token())...).into(t, http.StatusOK, &list)
		var ids []string
		for _, listed := range list.Data {
			if listed.Key != "" {
				t.Errorf("a key is told again: %+v", listed)
			}
			ids = append(ids, listed.ID)
		}
		if list.Data == nil || len(ids) != len(strings.Fields(want)) || !strings.Contains(want, strings.Join(ids, " ")) && len(ids) < 2 {
			t.Errorf("%q lists %q, want %q", query, ids, want)
		}
	}
	for body, want := range map[string]int{
		`{"project":"","scope":"read"}`:                                               http.StatusUnprocessableEntity,
		`{"project":"../x","scope":"read"}`:                                           http.StatusUnprocessableEntity,
		`{"project":"` + strings.Repeat("x", 65) + `","scope":"read"}`:                http.StatusUnprocessableEntity,
		`{"project":"shop","scope":"write"}`:                                          http.StatusUnprocessableEntity,
		`{"project":"shop"}`:                                                          http.StatusUnprocessableEntity,
		`{"project":"shop","scope":"read","name":"\u001b[2J"}`:                        http.StatusUnprocessableEntity,
		`{"project":"shop","scope":"read","name":"` + strings.Repeat("x", 101) + `"}`: http.StatusUnprocessableEntity,
		`{"project":"shop","scope":"read","admin":true}`:                              http.StatusBadRequest,
		`[]`: http.StatusBadRequest,
		``:   http.StatusBadRequest,
	} {
		if got := s.ask(t, "POST /api/admin/keys", []byte(body), by(s.Token())...); got.status != want || got.detail(t) == "" {
			t.Errorf("%s: %s, want %d", body, got, want)
		}
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{})
	s.send(t, 'a', "dev")
	s.send(t, 'b', "dev")
	var gone struct{ Deleted *int }
	s.ask(t, "DELETE /api/admin/traces", []byte(`{"trace_ids":["`+traceID('a')+`","`+traceID('c')+`"]}`), by("dev")...).into(t, http.StatusOK, &gone)
	if *gone.Deleted != 1 || s.has(t, 'a', "dev") || !s.has(t, 'b', "dev") {
		t.Errorf("%d deleted", *gone.Deleted)
	}
}

func TestExportAndImport(t *testing.T) {
	t.Parallel()
	from, to := start(t, server.Config{}), start(t, server.Config{})
	for _, digit := range []byte("abc") {
		from.send(t, digit, "dev")
	}
	lines := func(s *running, query string) (sorted string) {
		t.Helper()
		got := s.ask(t, "GET /api/admin/export"+query, nil)
		if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/x-ndjson" {
			t.Fatal(got)
		}
		return string(got.body)
	}
	for query, want := range map[string]string{
		"": "abc", "?trace_id=" + traceID('a') + "&trace_id=" + traceID('c') + "&trace_id=" + traceID('e'): "ac", "?trace_id=none": "",
	} {
		exported := lines(from, query)
		if strings.Count(exported, "\n") != len(want) {
			t.Errorf("%q: %s, want a line for each of %q", query, exported, want)
		}
		for _, digit := range []byte(want) {
			if !strings.Contains(exported, traceID(digit)) {
				t.Errorf("%q: %s lacks %c", query, exported, digit)
			}
		}
	}
	if got := from.ask(t, "GET /api/admin/export?q=cost:%3Ex", nil); got.status != http.StatusBadRequest || got.detail(t) == "" {
		t.Error(got)
	}
	all := lines(from, "")
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(all)); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	var taken struct {
		Spans, Rejected int
		Errors          []string
	}
	for _, encoding := range []string{"gzip", "gzip", "identity"} { // importing again changes nothing
		body := packed.Bytes()
		if encoding == "identity" {
			body = []byte(all)
		}
		to.ask(t, "POST /api/admin/import", body, "Content-Type", "application/x-ndjson", "Content-Encoding", encoding).into(t, http.StatusOK, &taken)
		if taken.Spans != 3 || taken.Rejected != 0 || len(taken.Errors) != 0 {
			t.Errorf("%s: %+v", encoding, taken)
		}
		if got := lines(to, ""); got != all {
			t.Errorf("%s: exported again\n%s\nwant\n%s", encoding, got, all)
		}
	}
}

func TestBackup(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{Keys: true})
	admin := s.newKey(t, "shop", store.ScopeAdmin).Key
	s.send(t, 'a', admin)
	copied := s.ask(t, "GET /api/admin/backup", nil, by(admin)...)
	if copied.status != http.StatusOK || !strings.HasPrefix(copied.header.Get("Content-Disposition"), "attachment; filename=\"traceroot-") {
		t.Fatalf("%d %v", copied.status, copied.header)
	}
	s.send(t, 'b', admin)
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "traces.db"), copied.body, 0o600); err != nil {
		t.Fatal(err)
	}
	restored := start(t, server.Config{Keys: true, Data: data})
	if !restored.has(t, 'a', admin) || restored.has(t, 'b', admin) {
		t.Error("the copy is not of the moment it was made")
	}
	left, err := filepath.Glob(filepath.Join(s.data, ".backup-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("the backup leaves %q, %v", left, err)
	}
}

// TestBackupWithoutRoom has a folder in which nothing can be made.
func TestBackupWithoutRoom(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	s := start(t, server.Config{})
	if err := os.Chmod(s.data, 0o500); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Chmod(s.data, 0o700) }()
	if got := s.ask(t, "GET /api/admin/backup", nil); got.status != http.StatusInternalServerError || got.detail(t) == "" || got.header.Get("Content-Disposition") != "" {
		t.Errorf("%s %v, want an error that says so", got, got.header)
	}
}

func TestStats(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{})
	var stats map[string]any
	s.ask(t, "GET /api/admin/stats", nil).into(t, http.StatusOK, &stats)
	if stats["traces"] != 0.0 || stats["oldest"] != nil {
		t.Errorf("of an empty store: %v", stats)
	}
	s.send(t, 'a', "dev")
	s.ask(t, "GET /api/admin/stats", nil).into(t, http.StatusOK, &stats)
	if stats["traces"] != 1.0 || stats["spans"] != 1.0 || stats["projects"] != 1.0 || stats["oldest"] == nil ||
		stats["url"] != s.URL() || stats["data"] != s.data || stats["version"] == "" || stats["started"] == nil || stats["bytes"] == 0.0 {
		t.Errorf("of one trace: %v", stats)
	}
}
