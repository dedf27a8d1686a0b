// Package storetest is what every [store.Store] has to do, as tests: two implementations that pass cannot be told apart
// by those who use them. It tests behaviour through the interface alone; what survives a crash, how fast it is and what a
// file looks like is for the engine's own tests.
package storetest

import (
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Test runs the suite. Open returns a new empty store each time, and closes it with the test.
func Test(t *testing.T, open func(t *testing.T) store.Store) {
	t.Helper()
	for _, part := range []struct {
		name string
		test func(s suite, t *testing.T)
	}{
		{"Spans", suite.TestSpans},
		{"Texts", suite.TestTexts},
		{"Resend", suite.TestResend},
		{"Merge", suite.TestMerge},
		{"Summary", suite.TestSummary},
		{"SummaryOfResends", suite.TestSummaryOfResends},
		{"Messages", suite.TestMessages},
		{"Projects", suite.TestProjects},
		{"Where", suite.TestWhere},
		{"WhereAfterChange", suite.TestWhereAfterChange},
		{"WhereLetters", suite.TestWhereLetters},
		{"Window", suite.TestWindow},
		{"Mistakes", suite.TestMistakes},
		{"Words", suite.TestWords},
		{"WordsAfterDelete", suite.TestWordsAfterDelete},
		{"Sort", suite.TestSort},
		{"Pages", suite.TestPages},
		{"PagesOfMatches", suite.TestPagesOfMatches},
		{"Cursors", suite.TestCursors},
		{"Facets", suite.TestFacets},
		{"SpanValues", suite.TestSpanValues},
		{"Sessions", suite.TestSessions},
		{"SessionPages", suite.TestSessionPages},
		{"Metrics", suite.TestMetrics},
		{"MetricsOfChanges", suite.TestMetricsOfChanges},
		{"MetricsOf", suite.TestMetricsOf},
		{"Previews", suite.TestPreviews},
		{"Changes", suite.TestChanges},
		{"Changed", suite.TestChanged},
		{"Delete", suite.TestDelete},
		{"Keys", suite.TestKeys},
		{"Stats", suite.TestStats},
		{"Concurrent", suite.TestConcurrent},
	} {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			part.test(suite{open(t)}, t)
		})
	}
}

// suite is the parts of Test, each for a store of its own.
type suite struct{ store.Store }
