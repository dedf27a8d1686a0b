package verdict_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

func TestTmp(t *testing.T) {
	files, _ := filepath.Glob("../vocab/testdata/interop/*.otlp.json")
	more, _ := filepath.Glob("/tmp/verdict-otlp/*.json")
	for _, f := range append(files, more...) {
		batch := vocab.Read(readOTLP(t, f))
		by := map[string][]store.Span{}
		for _, s := range batch.Spans {
			by[s.TraceID] = append(by[s.TraceID], s)
		}
		for _, tr := range batch.Traces {
			spans := by[tr.TraceID]
			sum := store.Summary{Trace: tr, Status: store.TraceOK}
			for i, s := range spans {
				if i == 0 || s.Start.Before(sum.Earliest) { sum.Earliest = s.Start }
				if s.End.After(sum.Latest) { sum.Latest = s.End }
				if s.Status == store.StatusError {
					if s.Root() { sum.Status = store.TraceFailed } else if sum.Status == store.TraceOK { sum.Status = store.TraceRecovered }
				}
			}
			if !sum.HasRoot { sum.Status = store.TraceRunning }
			x := verdict.NewTrace(sum, spans, nil)
			v := verdict.Judge(x, time.Time{})
			text := "-"
			if v != nil { text = string(v.Rule) + ": " + v.Text() }
			t.Logf("%s %s %d spans %s: %s", filepath.Base(f), tr.Name, len(spans), sum.Status, text)
			for _, c := range verdict.Calls(x) {
				t.Logf("    %s(%s) span=%s read=%s order=%v failed=%v repeats=%d", c.Name, c.Args, c.SpanID, c.ReadBy, c.ByOrder, c.Failed, c.Repeats)
				for _, s := range verdict.Sources(x, c) { t.Logf("        %s=%s seen=%v closest=%q", s.Path, s.Value, s.Seen != nil, s.Closest) }
			}
			t.Logf("    %d conversations", len(verdict.Conversations(x)))
		}
	}
}
