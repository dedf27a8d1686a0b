package webui_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/webui"
)

func TestPages(t *testing.T) {
	t.Parallel()
	pages := newPages(t, webui.Options{})
	for _, address := range []string{
		"/", "/traces", "/traces?q=status:failed+tool:go_test&from=-24h&sort=-cost", "/t/7f3a", "/t/7f3a?span=01ab&tab=cost",
		"/sessions", "/s/sess_2291?turn=2", "/dashboard?by=agent&from=-7d", "/compare?a=1&b=2&step=7", "/connect",
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			response := get(t, pages, address, nil)
			if response.Code != http.StatusOK {
				t.Fatalf("status %d: %s", response.Code, response.Body.String())
			}
			if got := response.Header().Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control %q: a page carries rows, and names scripts that change", got)
			}
			html := response.Body.String()
			if !strings.Contains(html, `<div id="app"><header class="top">`) {
				t.Errorf("no place for the screens in %s", html)
			}
			for _, forbidden := range []string{"style=", "<style", "onload=", "http://", "https://"} {
				if strings.Contains(html, forbidden) {
					t.Errorf("the content security policy would refuse %q", forbidden)
				}
			}
			for _, script := range regexp.MustCompile(`<script[^>]*>`).FindAllString(html, -1) {
				if !strings.Contains(script, `src="/assets/`) && !strings.Contains(script, `type="application/json"`) {
					t.Errorf("an inline script: %s", script)
				}
			}
		})
	}
}

func TestPageBringsRows(t *testing.T) {
	t.Parallel()
	rows := `{"data":[{"id":"7f3a","name":"</script><script>alert(1)</script>\u2028<!--"}],"next":null}`
	pages := newPages(t, webui.Options{First: func(*http.Request) ([]byte, error) { return []byte(rows), nil }})

	t.Run("unchanged, and unable to end the block", func(t *testing.T) {
		t.Parallel()
		data := dataOf(t, get(t, pages, "/traces", nil).Body.String())
		var want any
		if err := json.Unmarshal([]byte(rows), &want); err != nil {
			t.Fatal(err)
		}
		got, _ := json.Marshal(data["first"])
		if wanted, _ := json.Marshal(want); string(got) != string(wanted) {
			t.Errorf("rows %s, want %s", got, wanted)
		}
	})
	t.Run("not where another list is asked for", func(t *testing.T) {
		t.Parallel()
		for _, address := range []string{"/traces?q=a", "/t/7f3a", "/sessions"} {
			if data := dataOf(t, get(t, pages, address, nil).Body.String()); data["first"] != nil {
				t.Errorf("%s brings %v", address, data["first"])
			}
		}
	})
	t.Run("none where they cannot be had", func(t *testing.T) {
		t.Parallel()
		refusing := newPages(t, webui.Options{First: func(*http.Request) ([]byte, error) { return nil, errors.New("no key") }})
		response := get(t, refusing, "/", nil)
		if data := dataOf(t, response.Body.String()); response.Code != http.StatusOK || data["first"] != nil {
			t.Errorf("status %d, rows %v", response.Code, data["first"])
		}
	})
}

func TestPageTellsWhatItWillAsk(t *testing.T) {
	t.Parallel()
	told := func(address string, reads bool) []string {
		pages := newPages(t, webui.Options{Status: func(*http.Request) ([]byte, bool) { return []byte(`{"server":"traceroot"}`), reads }})
		html := get(t, pages, address, nil).Body.String()
		if status, _ := dataOf(t, html)["status"].(map[string]any); status["server"] != "traceroot" {
			t.Errorf("%s brings the status %v", address, status)
		}
		return regexp.MustCompile(`as="fetch" crossorigin href="[^"]*`).FindAllString(html, -1)
	}
	trace := []string{`as="fetch" crossorigin href="/api/ui/traces/7f3a`, `as="fetch" crossorigin href="/api/ui/traces/7f3a/conversation`}
	for _, page := range []struct {
		name, address string
		reads         bool
		want          []string
	}{
		{"a trace", "/t/7f3a?span=01ab", true, trace},
		{"a trace, to one who may not read it", "/t/7f3a", false, nil},
		{"an id that can be written in several ways", "/t/7%2Ff3a", true, nil},
		{"the list, whose rows came along", "/traces", true, nil},
	} {
		t.Run(page.name, func(t *testing.T) {
			t.Parallel()
			if got := told(page.address, page.reads); !slices.Equal(got, page.want) {
				t.Errorf("told %q, want %q", got, page.want)
			}
		})
	}
}

func TestPagesArePacked(t *testing.T) {
	t.Parallel()
	pages := newPages(t, webui.Options{})
	plain := get(t, pages, "/traces", nil)
	packed := get(t, pages, "/traces", http.Header{"Accept-Encoding": {"gzip"}})
	unpacked, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(unpacked)
	if err != nil || string(content) != plain.Body.String() {
		t.Errorf("%q, %v; want %q", content, err, plain.Body)
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	pages := newPages(t, webui.Options{})
	html := get(t, pages, "/", nil).Body.String()
	addresses := regexp.MustCompile(`/assets/[\w.-]+`).FindAllString(html, -1)
	for _, name := range []string{"icon-", "main-", "feedworker-"} {
		if !strings.Contains(html, "/assets/"+name) {
			t.Errorf("no %s in %s", name, html)
		}
	}
	types := map[string]string{"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
	for _, address := range addresses {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			plain := get(t, pages, address, nil)
			if got := plain.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
				t.Errorf("Cache-Control %q: the name changes with the content", got)
			}
			if got, want := plain.Header().Get("Content-Type"), types[address[strings.LastIndex(address, ".")+1:]]; got != want {
				t.Errorf("Content-Type %q, want %q", got, want)
			}
			packed := get(t, pages, address, http.Header{"Accept-Encoding": {"br, gzip"}})
			if got := packed.Header().Get("Content-Encoding"); got != "gzip" {
				t.Fatalf("Content-Encoding %q, want gzip", got)
			}
			unpacked, err := gzip.NewReader(packed.Body)
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(unpacked)
			if err != nil {
				t.Fatal(err)
			}
			if whole := plain.Body.String(); string(content) != whole {
				t.Errorf("packed %d bytes, plain %d", len(content), len(whole))
			}
		})
	}
	t.Run("of another version", func(t *testing.T) {
		t.Parallel()
		if got := get(t, pages, "/assets/main-gone.js", nil).Code; got != http.StatusNotFound {
			t.Errorf("status %d, want 404", got)
		}
	})
}

func TestRedirectsOfTheSDK(t *testing.T) {
	t.Parallel()
	pages := newPages(t, webui.Options{})
	for address, want := range map[string]string{
		"/projects/dev/traces?traceId=7f3a&spanId=01ab": "/t/7f3a?span=01ab",
		"/projects/dev/traces?traceId=7f3a":             "/t/7f3a",
		"/projects/dev/traces?traceId=//evil.example":   "/t/%2F%2Fevil.example",
		"/projects/dev/traces":                          "/traces",
	} {
		response := get(t, pages, address, nil)
		if got := response.Header().Get("Location"); response.Code != http.StatusFound || got != want {
			t.Errorf("%s: status %d to %s, want 302 to %s", address, response.Code, got, want)
		}
	}
}

func TestWhatIsNoPage(t *testing.T) {
	t.Parallel()
	teapot := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	pages := newPages(t, webui.Options{NotFound: teapot})
	if got := get(t, pages, "/nothing", nil).Code; got != http.StatusTeapot {
		t.Errorf("a program gets status %d", got)
	}
	person := get(t, pages, "/nothing", http.Header{"Accept": {"text/html,*/*"}})
	if html := person.Body.String(); person.Code != http.StatusNotFound || !strings.Contains(html, `id="app"`) {
		t.Errorf("a person gets status %d and %s", person.Code, html)
	}
}

func newPages(t *testing.T, options webui.Options) http.Handler {
	t.Helper()
	pages, err := webui.New(options)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func get(t *testing.T, pages http.Handler, address string, header http.Header) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	request.Header = header.Clone()
	recorder := httptest.NewRecorder()
	pages.ServeHTTP(recorder, request)
	return recorder
}

// dataOf is what a browser finds in the page's data block.
func dataOf(t *testing.T, html string) map[string]any {
	t.Helper()
	_, rest, _ := strings.Cut(html, `id="data">`)
	block, _, _ := strings.Cut(rest, "</script>")
	var data map[string]any
	if err := json.Unmarshal([]byte(block), &data); err != nil {
		t.Fatalf("data block: %v in %s", err, block)
	}
	return data
}
