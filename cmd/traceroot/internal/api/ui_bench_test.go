package api_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/api"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
)

// BenchmarkTraceView reads a trace of 10,000 spans, as it is asked for the first time and again.
func BenchmarkTraceView(b *testing.B) {
	engine, err := sqlite.Open(b.Context(), sqlite.Options{Path: filepath.Join(b.TempDir(), "traces.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = engine.Close() })
	if err := engine.Write(b.Context(), "p", many(22, 10_000)); err != nil {
		b.Fatal(err)
	}
	for name, again := range map[string]bool{"first": false, "again": true} {
		b.Run(name, func(b *testing.B) {
			handler := api.New(api.Options{Store: engine})
			for b.Loop() {
				if !again {
					handler = api.New(api.Options{Store: engine})
				}
				if code := status(b, handler, "/api/ui/traces/"+traceID(22)); code != http.StatusOK {
					b.Fatal(code)
				}
			}
		})
	}
}

func status(b *testing.B, handler http.Handler, target string) int {
	b.Helper()
	r := httptest.NewRequestWithContext(api.WithIdentity(b.Context(), api.Identity{Project: "p"}), http.MethodGet, target, nil)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w.Code
}
