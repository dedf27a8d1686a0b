package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
)

// ourServer is a running server of ours that asks for keys.
type ourServer struct {
	url, data string
	key       string // of the scope admin
}

func startOurs(t *testing.T) ourServer {
	t.Helper()
	s := ourServer{data: t.TempDir()}
	running, err := server.Start(t.Context(), server.Config{
		Addr: "127.0.0.1:0", GRPCAddr: "off", Data: s.data, Keys: true, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := running.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	s.url = running.URL()
	status, key, stderr := run(t.Context(), "keys", "create", "--project", "shop", "--scope", "admin", "--data", s.data)
	if status != 0 {
		t.Fatalf("status %d, stderr %q", status, stderr)
	}
	s.key = strings.TrimSpace(key)
	return s
}

var errTimeout = errors.New("upstream timeout")

// send sends a trace of two spans, of which one failed, and returns its id.
func (s ourServer) send(t *testing.T, name string) (traceID string) {
	t.Helper()
	sdk := traceroot.New(traceroot.WithHostURL(s.url), traceroot.WithAPIKey(s.key), traceroot.WithEnabled(true), traceroot.WithLogger(slog.New(slog.DiscardHandler)))
	err := traceroot.Run(sdk.Context(t.Context()), name, func(ctx context.Context) error {
		traceID = traceroot.TraceID(ctx)
		_ = traceroot.Run(ctx, "plan", func(context.Context) error { return errTimeout }, traceroot.Type(traceroot.KindTool))
		return nil
	}, traceroot.Type(traceroot.KindAgent), traceroot.SessionID("chat-7"), traceroot.UserID("ann"), traceroot.Input("an unmistakable question"))
	if err := errors.Join(err, sdk.Shutdown(context.WithoutCancel(t.Context()))); err != nil {
		t.Fatal(err)
	}
	return traceID
}

// get makes one of the requests that TraceRoot's own command line makes, and reads the answer into to.
func (s ourServer) get(t *testing.T, path, key string, to any) (status int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/api/v1/public"+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+key)
	request.Header.Set("Accept", "application/json")
	request.Close = true
	response, err := new(http.Transport).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(to); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return response.StatusCode
}

// refused is the body of an error.
type refused struct {
	Detail string `json:"detail"`
}

type listed[T any] struct {
	Data []T `json:"data"`
	Meta struct{ Page, Limit, Total *int }
}

type listedTrace struct {
	TraceID    string   `json:"trace_id"`
	Name       string   `json:"name"`
	Start      string   `json:"trace_start_time"`
	DurationMS *float64 `json:"duration_ms"`
	Errors     int      `json:"error_count"`
	Spans      int      `json:"span_count"`
}

type gotTrace struct {
	TraceID string `json:"trace_id"`
	Name    string `json:"name"`
	Start   string `json:"trace_start_time"`
	URL     string `json:"trace_url"`
	Spans   []struct {
		SpanID string  `json:"span_id"`
		Parent *string `json:"parent_span_id"`
		Name   string  `json:"name"`
		Status string  `json:"status"`
		Start  string  `json:"span_start_time"`
		End    *string `json:"span_end_time"`
	} `json:"spans"`
}

// TestPlatformCommandLine makes the requests of traceroot-cli, which is not there to be run, as rest-api.md lists them.
func TestPlatformCommandLine(t *testing.T) {
	t.Parallel()
	s := startOurs(t)
	first := s.send(t, "first")
	between := time.Now()
	second := s.send(t, "second")
	const nobody = "ffffffffffffffffffffffffffffffff"

	t.Run("cli-01 login, status and doctor ask who they are with a valid key", func(t *testing.T) {
		t.Parallel()
		var who map[string]*string
		if status := s.get(t, "/whoami", s.key, &who); status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		for _, member := range []string{"project_id", "project_name", "workspace_id", "workspace_name", "key_name", "key_hint", "host", "ui_base_url"} {
			if _, there := who[member]; !there {
				t.Errorf("no %s in %v", member, who)
			}
		}
		if host := who["host"]; host == nil || *host != s.url {
			t.Errorf("host %v, want %s", host, s.url)
		}
	})
	t.Run("cli-02 a wrong key is refused with 401, which is exit status 3", func(t *testing.T) {
		t.Parallel()
		var said refused
		if status := s.get(t, "/whoami", "tr-wrong", &said); status != http.StatusUnauthorized || said.Detail != "Invalid API key" {
			t.Errorf("status %d, %+v", status, said)
		}
	})
	t.Run("cli-03 traces list has name, duration, errors, span count and id", func(t *testing.T) {
		t.Parallel()
		var list listed[listedTrace]
		if status := s.get(t, "/traces?limit=50", s.key, &list); status != http.StatusOK || len(list.Data) != 2 || list.Meta.Total == nil {
			t.Fatalf("status %d, %+v", status, list)
		}
		got := list.Data[0]
		if got.TraceID != second || got.Name != "second" || got.DurationMS == nil || got.Errors != 1 || got.Spans != 2 {
			t.Errorf("%+v, want the newer trace first", got)
		}
	})
	t.Run("cli-04 traces list --since, --from and --to select by start", func(t *testing.T) {
		t.Parallel()
		at := url.QueryEscape(between.UTC().Format("2006-01-02T15:04:05.000000Z"))
		for query, want := range map[string]string{"start_after=" + at: second, "end_before=" + at: first} {
			var list listed[listedTrace]
			if status := s.get(t, "/traces?limit=50&"+query, s.key, &list); status != http.StatusOK || len(list.Data) != 1 || list.Data[0].TraceID != want {
				t.Errorf("%s: status %d, %+v, want %s", query, status, list.Data, want)
			}
		}
	})
	t.Run("cli-05 traces get has the tree with its errors", func(t *testing.T) {
		t.Parallel()
		var got gotTrace
		if status := s.get(t, "/traces/"+first, s.key, &got); status != http.StatusOK || len(got.Spans) != 2 {
			t.Fatalf("status %d, %+v", status, got)
		}
		root, child := got.Spans[0], got.Spans[1]
		if got.Name != "first" || got.TraceID != first || got.Start == "" || !strings.Contains(got.URL, first) {
			t.Errorf("%+v", got)
		}
		if root.Parent != nil || root.Status != "OK" || child.Parent == nil || *child.Parent != root.SpanID || child.Status != "ERROR" || child.End == nil {
			t.Errorf("spans %+v", got.Spans)
		}
	})
	t.Run("cli-06 traces get of an unknown id is answered with 404, which is exit status 4", func(t *testing.T) {
		t.Parallel()
		var said refused
		if status := s.get(t, "/traces/"+nobody, s.key, &said); status != http.StatusNotFound || said.Detail != "Trace not found" {
			t.Errorf("status %d, %+v", status, said)
		}
	})
	t.Run("cli-07 traces export has what the four files are written from", func(t *testing.T) {
		t.Parallel()
		var bundle struct {
			Manifest struct {
				TraceID string   `json:"trace_id"`
				Version string   `json:"bundle_version"`
				Files   []string `json:"files"`
			} `json:"manifest"`
			Trace      gotTrace        `json:"trace"`
			Spans      []any           `json:"spans"`
			GitContext json.RawMessage `json:"git_context"`
		}
		if status := s.get(t, "/traces/"+first+"/export", s.key, &bundle); status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
		if strings.Join(bundle.Manifest.Files, " ") != "trace.json spans.json git_context.json manifest.json" || bundle.Manifest.Version != "v1" {
			t.Errorf("manifest %+v", bundle.Manifest)
		}
		if bundle.Trace.TraceID != first || len(bundle.Spans) != 2 || len(bundle.GitContext) == 0 {
			t.Errorf("bundle %+v", bundle)
		}
	})
	t.Run("cli-08 detectors list and findings list are empty", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{"/detectors?limit=50", "/detectors/findings?limit=50", "/detectors/findings?limit=50&detector=x&trace_id=" + first} {
			var list listed[any]
			if status := s.get(t, path, s.key, &list); status != http.StatusOK || list.Data == nil || len(list.Data) != 0 || list.Meta.Total == nil || *list.Meta.Total != 0 {
				t.Errorf("%s: status %d, %+v", path, status, list)
			}
		}
	})
	t.Run("cli-09 findings get of an unknown id is answered with 404", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{"/detectors/findings/" + nobody, "/detectors/traces/" + first + "/finding"} {
			var said refused
			if status := s.get(t, path, s.key, &said); status != http.StatusNotFound || said.Detail != "Finding not found" {
				t.Errorf("%s: status %d, %+v", path, status, said)
			}
		}
	})
}
