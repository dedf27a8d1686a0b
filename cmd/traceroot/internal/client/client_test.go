package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
)

// serve answers each request by handle, and returns a client of it.
func serve(t *testing.T, config client.Config, handle http.HandlerFunc) *client.Client {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	config.URL = server.URL
	return connect(t, config)
}

func connect(t *testing.T, config client.Config) *client.Client {
	t.Helper()
	c, err := client.Connect(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func TestConnect(t *testing.T) {
	t.Parallel()
	none := func(string) (string, string, error) { return "", "", nil }
	running := func(string) (string, string, error) { return "http://127.0.0.1:9/", "token", nil }
	stopped := false
	start := func(_ context.Context, data string) (string, string, func(), error) {
		if data != "folder" {
			return "", "", nil, fmt.Errorf("started on %q", data)
		}
		return "http://127.0.0.1:8", "started", func() { stopped = true }, nil
	}
	for _, tt := range []struct {
		name      string
		config    client.Config
		url, key  string
		token     bool
		temporary bool
	}{
		{"the address that is named", client.Config{URL: "http://host:1/prefix/", Key: "k", Running: running}, "http://host:1/prefix", "k", false, false},
		{"an address without a key", client.Config{URL: "http://host:1", Running: running}, "http://host:1", "", false, false},
		{"the server of the folder", client.Config{Running: running, Start: start}, "http://127.0.0.1:9", "token", true, false},
		{"the server of the folder with a key", client.Config{Key: "k", Running: running}, "http://127.0.0.1:9", "k", false, false},
		{"one that is started", client.Config{Data: "folder", Running: none, Start: start}, "http://127.0.0.1:8", "started", true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := connect(t, tt.config)
			if c.URL() != tt.url || c.Key() != tt.key || c.HasToken() != tt.token || c.Temporary() != tt.temporary {
				t.Errorf("%s, key %q, its token %v, temporary %v", c.URL(), c.Key(), c.HasToken(), c.Temporary())
			}
			if c.Close(); tt.temporary != stopped {
				t.Errorf("stopped: %v", stopped)
			}
		})
	}
	for _, tt := range []struct {
		name   string
		config client.Config
		want   string
	}{
		{"no server", client.Config{Data: "mine", Running: none}, "no server runs here, on the data folder mine"},
		{"no URL", client.Config{URL: "127.0.0.1:4318"}, "write it as http://host:port"},
		{"another scheme", client.Config{URL: "ftp://host"}, "write it as http://host:port"},
		{"a key with a line break", client.Config{URL: "http://host", Key: "tr-\n"}, "copy it again"},
		{"a start that fails", client.Config{Data: "other", Running: none, Start: start}, `started on "other"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := client.Connect(t.Context(), tt.config); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	c := serve(t, client.Config{Key: "tr-1", Project: "shop"}, func(w http.ResponseWriter, r *http.Request) {
		for name, want := range map[string]string{
			"Authorization": "Bearer tr-1", "X-Traceroot-Project": "shop", "Accept": "application/json", "Accept-Encoding": "gzip",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		answer(w, http.StatusOK, `{"project_id":"p","key_hint":null,"new":[1, 2]}`)
	})
	who, err := c.Whoami(t.Context())
	if err != nil || who.Value.ProjectID != "p" {
		t.Fatalf("%+v, %v", who, err)
	}
	text, err := json.Marshal(who)
	if want := `{"project_id":"p","key_hint":null,"new":[1,2]}`; err != nil || string(text) != want {
		t.Errorf("as JSON %s, %v; want all that was told: %s", text, err, want)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"words", http.StatusUnauthorized, `{"detail":"Invalid API key"}`, "the server answered 401 Unauthorized: Invalid API key"},
		{"an object", http.StatusForbidden, `{"detail":{"message":"too old"}}`, "the server answered 403 Forbidden"},
		{"a page", http.StatusBadGateway, `<html>`, "the server answered 502 Bad Gateway"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, client.Config{}, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "7")
				answer(w, tt.status, tt.body)
			})
			_, err := c.Stats(t.Context())
			refused, ok := errors.AsType[*client.StatusError](err)
			if !ok || refused.Status != tt.status || refused.RetryAfter != 7*time.Second || refused.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewServer(nil)
		server.Close()
		_, err := connect(t, client.Config{URL: server.URL}).Stats(t.Context())
		if _, ok := errors.AsType[*client.UnreachableError](err); !ok || !strings.Contains(err.Error(), "reach "+server.URL+": dial tcp") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("no JSON", func(t *testing.T) {
		t.Parallel()
		c := serve(t, client.Config{}, func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "<html>") })
		if _, err := c.Stats(t.Context()); err == nil || !strings.Contains(err.Error(), "/api/admin/stats") {
			t.Errorf("error %v", err)
		}
	})
}

// traceList answers as the public list does: newest first, a trace every microsecond, except that some share one.
func traceList(t *testing.T, n int, requests *[]url.Values) http.HandlerFunc {
	t.Helper()
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		*requests = append(*requests, query)
		var limit int
		_, _ = fmt.Sscan(query.Get("limit"), &limit)
		before := begin.Add(time.Hour)
		if text := query.Get("end_before"); text != "" {
			before, _ = time.Parse(time.RFC3339, text)
		}
		var rows []string
		for i := n - 1; i >= 0 && len(rows) < limit; i-- {
			start := begin.Add(time.Duration(i/3) * time.Microsecond)
			if start.Before(before) {
				rows = append(rows, fmt.Sprintf(`{"trace_id":"%d","session_id":"s%d","trace_start_time":%q}`, i, i%2, start.Format("2006-01-02T15:04:05.999999")))
			}
		}
		answer(w, http.StatusOK, `{"data":[`+strings.Join(rows, ",")+`],"meta":{"page":0,"limit":50,"total":0}}`)
	}
}

func TestTracesPages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name                       string
		query                      client.TraceQuery
		stored, want, wantRequests int
	}{
		{"one page", client.TraceQuery{Limit: 50}, 1000, 50, 1},
		{"more than a page", client.TraceQuery{Limit: 500}, 1000, 500, 3},
		{"more than there are", client.TraceQuery{Limit: 5000}, 300, 300, 2},
		{"a session", client.TraceQuery{Limit: 150, Session: "s1"}, 1000, 150, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var requests []url.Values
			c := serve(t, client.Config{}, traceList(t, tt.stored, &requests))
			rows, err := c.Traces(t.Context(), tt.query)
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != tt.want || len(requests) != tt.wantRequests {
				t.Errorf("%d rows by %d requests, want %d by %d", len(rows), len(requests), tt.want, tt.wantRequests)
			}
			seen := map[string]bool{}
			for _, row := range rows {
				if seen[row.Value.TraceID] || tt.query.Session != "" && row.Value.SessionID != tt.query.Session {
					t.Fatalf("row %+v twice, or of another session", row.Value)
				}
				seen[row.Value.TraceID] = true
			}
		})
	}
}

func TestTracesQuery(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	for _, tt := range []struct {
		name  string
		query client.TraceQuery
		want  string
	}{
		{"nothing", client.TraceQuery{Limit: 7}, "limit=7"},
		{"window", client.TraceQuery{Limit: 7, From: from, To: from.Add(time.Hour)}, "end_before=2026-01-02T04:04:05.000006Z&limit=7&start_after=2026-01-02T03:04:05.000006Z"},
		{"texts", client.TraceQuery{Limit: 7, Name: "a b", User: "u"}, "limit=7&name=a b&user_id=u"},
		{"session", client.TraceQuery{Limit: 7, Session: "s"}, "limit=200&search_query=s"},
		{
			"filters begin at the beginning",
			client.TraceQuery{Limit: 7, Models: []string{"m"}, Environs: []string{"e", "f"}, Failed: true},
			`filters=[{"field":"model_name","op":"in","value":["m"]},{"field":"environment","op":"in","value":["e","f"]},{"field":"errors","op":"gte","value":1}]` +
				"&limit=7&start_after=1970-01-01T00:00:00.000000Z",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var requests []url.Values
			c := serve(t, client.Config{}, traceList(t, 0, &requests))
			if _, err := c.Traces(t.Context(), tt.query); err != nil {
				t.Fatal(err)
			}
			got, err := url.QueryUnescape(requests[0].Encode())
			if err != nil || got != tt.want {
				t.Errorf("asked for %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		`"2025-10-09T08:53:20"`:         time.Date(2025, 10, 9, 8, 53, 20, 0, time.UTC),
		`"2025-10-09T08:53:20.900000"`:  time.Date(2025, 10, 9, 8, 53, 20, 900_000_000, time.UTC),
		`"2025-10-09T10:53:20.9+02:00"`: time.Date(2025, 10, 9, 8, 53, 20, 900_000_000, time.UTC),
		`null`:                          {},
	} {
		var got client.Time
		if err := json.Unmarshal([]byte(text), &got); err != nil || !got.Equal(want) {
			t.Errorf("%s is %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{`"soon"`, `7`} {
		var got client.Time
		if json.Unmarshal([]byte(text), &got) == nil {
			t.Errorf("%s is %v, want an error", text, got)
		}
	}
}

func TestTracesOf(t *testing.T) {
	t.Parallel()
	line := func(instance, trace string) string {
		return fmt.Sprintf(`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"x"}},`+
			`{"key":"service.instance.id","value":{"stringValue":%q}}]},"scopeSpans":[{"spans":[{"traceId":%q}]}]}]}`, instance, trace)
	}
	c := serve(t, client.Config{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v1/public/traces" {
			answer(w, http.StatusOK, `{"data":[{"trace_id":"c"},{"trace_id":"b"},{"trace_id":"a"}]}`)
			return
		}
		if got := r.URL.Query()["trace_id"]; r.URL.Path != "/api/admin/export" || !slices.Equal(got, []string{"c", "b", "a"}) {
			t.Errorf("asked %s for %q", r.URL.Path, got)
		}
		answer(w, http.StatusOK, strings.Join([]string{line("run-1", "c"), line("run-2", "b"), line("run-2", "c"), line("run-1", "a")}, "\n")+"\n")
	})
	found, err := c.TracesOf(t.Context(), time.Now(), "service.instance.id", "run-1")
	if err != nil || len(found) != 2 || found[0].Value.TraceID != "a" || found[1].Value.TraceID != "c" {
		t.Errorf("found %+v, %v; want a and c", found, err)
	}
}
