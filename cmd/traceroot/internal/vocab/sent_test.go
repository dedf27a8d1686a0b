package vocab_test

import (
	"path/filepath"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// TestSent reads what real instrumentations sent, turns the rows back into spans, and reads those: an export that is
// imported again has to show what it showed before.
func TestSent(t *testing.T) {
	t.Parallel()
	recordings, err := filepath.Glob("testdata/interop/*.otlp.json")
	if err != nil || len(recordings) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, recording := range recordings {
		t.Run(filepath.Base(recording), func(t *testing.T) {
			t.Parallel()
			first := vocab.Read(readOTLP(t, recording))
			again := make([]vocab.RawSpan, len(first.Spans))
			for i := range first.Spans {
				again[i] = vocab.Sent(&first.Spans[i])
			}
			second := vocab.Read(again)
			for i := range first.Spans {
				if diff := gocmp.Diff(visible(first.Spans[i]), visible(second.Spans[i])); diff != "" {
					t.Errorf("%s differs (-first +again):\n%s", first.Spans[i].Name, diff)
				}
			}
			if diff := gocmp.Diff(first.Traces, second.Traces); diff != "" {
				t.Errorf("traces differ (-first +again):\n%s", diff)
			}
		})
	}
}

// visible is a span without its attributes, which are more after it was told in our words too.
func visible(s store.Span) store.Span {
	s.Payload.Attributes = ""
	return s
}
