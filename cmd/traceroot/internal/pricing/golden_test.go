package pricing_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/pricing"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// platformSpan is what TraceRoot's own transform made of a golden span, as far as prices go.
type platformSpan struct {
	Name         string           `json:"name"`
	Kind         store.Kind       `json:"span_kind"`
	End          *string          `json:"span_end_time"`
	Model        string           `json:"model_name"`
	Input        *string          `json:"input"`
	Output       *string          `json:"output"`
	InputTokens  *int64           `json:"input_tokens"`
	OutputTokens *int64           `json:"output_tokens"`
	Details      map[string]int64 `json:"usage_details"`
	Cost         *float64         `json:"cost"`
}

// TestGolden prices the platform's rows with the platform's prices. Where the platform estimated tokens with a tokenizer
// that is not ours, only that there are some is compared.
func TestGolden(t *testing.T) {
	t.Parallel()
	folder := golden(t)
	prices, err := os.Open(filepath.Join(folder, "prices.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer prices.Close()
	table, err := pricing.Load(prices)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := filepath.Glob(filepath.Join(folder, "*.backend.json"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("no golden cases in %s: %v", folder, err)
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".backend.json"), func(t *testing.T) {
			t.Parallel()
			var rows struct {
				Spans []platformSpan `json:"spans"`
			}
			text, err := os.ReadFile(file)
			if err == nil {
				err = json.Unmarshal(text, &rows)
			}
			if err != nil {
				t.Fatal(err)
			}
			for i := range rows.Spans {
				comparePrice(t, table, &rows.Spans[i])
			}
		})
	}
}

func comparePrice(t *testing.T, table *pricing.Table, want *platformSpan) {
	t.Helper()
	span := store.Span{Kind: want.Kind, Model: want.Model, Input: want.Input, Output: want.Output, Start: noon}
	if want.End != nil {
		span.End = noon.Add(time.Second)
	}
	if d := want.Details; len(d) > 0 {
		span.Usage = &store.Usage{
			Input: *want.InputTokens, Output: *want.OutputTokens, CacheRead: d["cache_read_tokens"],
			CacheWrite: d["cache_write_tokens"], CacheWrite1h: d["cache_write_1h_tokens"], Reasoning: d["reasoning_tokens"],
		}
	}
	got := priced(table, span)
	if (got.Usage != nil) != (want.InputTokens != nil) {
		t.Fatalf("%s: usage %+v, want %v", want.Name, got.Usage, want.InputTokens)
	}
	if got.Usage == nil {
		return
	}
	if got.Usage.Estimated && !strings.HasPrefix(want.Model, "claude") {
		return
	}
	if got.Usage.Input != *want.InputTokens || got.Usage.Output != *want.OutputTokens {
		t.Errorf("%s: usage %+v, want %d and %d", want.Name, got.Usage, *want.InputTokens, *want.OutputTokens)
	}
	if (got.Cost != nil) != (want.Cost != nil) {
		t.Fatalf("%s: cost %+v, want %v", want.Name, got.Cost, want.Cost)
	}
	if got.Cost != nil && math.Round(*want.Cost*1e9) != float64(got.Cost.Total) {
		t.Errorf("%s: cost %d, want %v", want.Name, got.Cost.Total, *want.Cost)
	}
}

// golden is the folder of the platform's golden cases.
func golden(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("TRACEROOT_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	folder := filepath.Join(shared, "contract", "golden")
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("the golden cases are not here: %v", err)
	}
	return folder
}
