package api_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/storetest/memory"
)

func TestFormsOfTimes(t *testing.T) {
	t.Parallel()
	s := serve(t, memory.New())
	s.write(run(0)) // at 08:53:20
	for text, inside := range map[string]bool{
		"2025-10-09T08:53:20": true, "2025-10-09T08:53:20Z": true, "2025-10-09T08:53:20.000Z": true, "2025-10-09t08:53:20z": true,
		"2025-10-09T08:53:20.000001Z": false, "2025-10-09T10:53:20+02:00": true, "2025-10-09T10:53:20+0200": true,
		"2025-10-09T04:53:21-04:00": false, "2025-10-09 08:53:20": true, "2025-10-09T08:53": true, "2025-10-09": true,
		"2025-10-10": false, "2025-10-09T10:53:20 02:00": true, "0001-01-01T00:00:00Z": true,
	} {
		rows := data(t, s.get(public+"/traces?start_after="+url.QueryEscape(text), http.StatusOK))
		if got := len(rows) == 1; got != inside {
			t.Errorf("start_after=%s: found is %v, want %v", text, got, inside)
		}
	}
	for _, text := range []string{"", "x", "2025-13-01", "2025-10-09T25:00:00", "1760000000", "-24h", "2025-10-09T08:53:20Zx"} {
		s.refused(public+"/traces?start_after="+url.QueryEscape(text), http.StatusUnprocessableEntity)
	}
}
