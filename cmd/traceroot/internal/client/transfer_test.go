package client_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
)

// importer takes requests in, after it has refused some.
type importer struct {
	refusals int
	requests int
	lines    []string
}

func (i *importer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.requests++
	if i.refusals > 0 {
		i.refusals--
		answer(w, http.StatusServiceUnavailable, `{"detail":"busy"}`)
		return
	}
	packed, err := gzip.NewReader(r.Body)
	if err != nil || r.URL.Path != "/api/admin/import" || r.Header.Get("Content-Encoding") != "gzip" {
		answer(w, http.StatusBadRequest, `{"detail":"not gzip"}`)
		return
	}
	text, _ := io.ReadAll(packed)
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	i.lines = append(i.lines, lines...)
	answer(w, http.StatusOK, fmt.Sprintf(`{"spans":%d,"rejected":1,"errors":["line 1: no"]}`, len(lines)))
}

func TestImport(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 3<<20)
	text := "one\n\n  two  \r\n" + large + "\n" + large + "\nlast without its end"
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, input := range map[string]string{"as it is": text, "compressed": packed.String()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &importer{refusals: 1}
			c := serve(t, client.Config{}, server.ServeHTTP)
			taken, err := c.Import(t.Context(), strings.NewReader(input))
			if err != nil {
				t.Fatal(err)
			}
			if taken.Spans != 5 || taken.Rejected != 2 || len(taken.Errors) != 2 || server.requests != 3 {
				t.Errorf("%+v by %d requests, want 5 lines by 2 and one that was refused", taken, server.requests)
			}
			want := []string{"one", "two", large, large, "last without its end"}
			if strings.Join(server.lines, "\n") != strings.Join(want, "\n") {
				t.Errorf("%d lines arrived, not those that were sent", len(server.lines))
			}
		})
	}
	t.Run("nothing", func(t *testing.T) {
		t.Parallel()
		server := new(importer)
		taken, err := serve(t, client.Config{}, server.ServeHTTP).Import(t.Context(), strings.NewReader(""))
		if err != nil || taken.Spans != 0 || server.requests != 0 {
			t.Errorf("%+v, %v by %d requests", taken, err, server.requests)
		}
	})
	t.Run("a file that breaks off", func(t *testing.T) {
		t.Parallel()
		broken := packed.String()[:packed.Len()/2]
		_, err := serve(t, client.Config{}, new(importer).ServeHTTP).Import(t.Context(), strings.NewReader(broken))
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("error %v, want that the file ends too soon", err)
		}
	})
}

func TestDownloadThatBreaksOff(t *testing.T) {
	t.Parallel()
	c := serve(t, client.Config{}, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, "half of it")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		panic(http.ErrAbortHandler)
	})
	var out bytes.Buffer
	if err := c.Backup(t.Context(), &out); err == nil || !strings.Contains(err.Error(), "after the answer began") {
		t.Errorf("error %v with %q", err, &out)
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	c := serve(t, client.Config{}, func(w http.ResponseWriter, r *http.Request) { answer(w, http.StatusOK, r.URL.RequestURI()) })
	var out bytes.Buffer
	if err := c.Export(t.Context(), []string{"a", "b"}, "status:failed", &out); err != nil {
		t.Fatal(err)
	}
	if want := "/api/admin/export?q=status%3Afailed&trace_id=a&trace_id=b"; out.String() != want {
		t.Errorf("asked for %s, want %s", &out, want)
	}
}
