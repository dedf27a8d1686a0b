package term_test

import (
	"io"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

// BenchmarkWriteTrace draws a trace of 10,000 spans, none like another.
func BenchmarkWriteTrace(b *testing.B) {
	spans := shaped("a name of the usual length", `[{"role":"user","content":"hi"}]`, `{"some": "result"}`, []byte(strings.Repeat("a\x0bcdb\x02ef", 5_000)))
	for b.Loop() {
		if err := term.WriteTrace(io.Discard, trace, spans, term.Options{Width: 120, Color: true}); err != nil {
			b.Fatal(err)
		}
	}
}
