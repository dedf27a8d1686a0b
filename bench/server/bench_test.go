package main

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
)

// fewSpans are enough to notice a loss, and a cost that grew by half.
const fewSpans = 2000

// TestServer runs before the tests that are parallel: it measures CPU time.
func TestServer(t *testing.T) {
	switch {
	case testing.Short():
		t.Skip("it builds the server")
	case runtime.GOOS != "linux":
		t.Skip("what a process costs is read from /proc")
	}
	binary, err := buildTraceroot(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ours := candidate{server: traceroot{binary: binary}, questions: true}
	b := bench{folder: t.TempDir(), log: t.Logf}
	c := corpusOf(t, small, fewSpans)

	t.Run("every acknowledged span outlives SIGKILL, and is there once", func(t *testing.T) {
		result, err := b.killOnce(t.Context(), ours, c)
		if err != nil {
			t.Fatal(err)
		}
		if result.lost+result.gone+result.twice > 0 || result.acked == 0 {
			t.Errorf("of %d acknowledged spans %d were lost, %d when the rest was sent, and %d are there twice", result.acked, result.lost, result.gone, result.twice)
		}
	})

	t.Run("spans cost what they should", func(t *testing.T) {
		result, answers, err := b.takeInOnce(t.Context(), ours, c)
		if err != nil {
			t.Fatal(err)
		}
		if result.missed != 0 {
			t.Errorf("the server counts %d spans less than it acknowledged", result.missed)
		}
		if len(answers) < len(queries())-1 {
			t.Errorf("%d of %d queries were answered", len(answers), len(queries()))
		}
		const mostDisk, mostCPU = 0.45, 15 // they are 0.30 and 3 to 5: a small load fills its pages badly
		if result.disk > mostDisk {
			t.Errorf("%.2f bytes on disk for each byte sent, want at most %.2f", result.disk, mostDisk)
		}
		decoding, err := c.decoding()
		if err != nil {
			t.Fatal(err)
		}
		ratio := result.cpu.Seconds() / float64(result.spans) / decoding.Seconds()
		if ratio > mostCPU {
			t.Errorf("taking in the load costs %.0f times the CPU time of unpacking and decoding it, want at most %d", ratio, mostCPU)
		}
		t.Logf("disk %.3f of the bytes sent, CPU %.3f s per 1,000 spans, %.1f times decoding", result.disk, result.perThousand(), ratio)
	})
}

func corpusOf(t *testing.T, size shape, spans int) *corpus {
	t.Helper()
	c, err := makeCorpus(filepath.Join(t.TempDir(), "load"), size, spans)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func spansIn(t *testing.T, c *corpus, i int) []*tracepb.Span {
	t.Helper()
	spans, err := c.decode(i)
	if err != nil {
		t.Fatal(err)
	}
	return spans
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		shape shape
		bytes int64
	}{
		{small, 6000},
		{large, 12_000},
	} {
		t.Run(test.shape.name, func(t *testing.T) {
			t.Parallel()
			c := corpusOf(t, test.shape, 4*fewSpans)
			seen := make(map[spanRef]bool)
			spansOf := make(map[uint32]int)
			rare := 0
			for i, b := range c.batches {
				spans := spansIn(t, c, i)
				for j, ref := range b.spans {
					if seen[ref] || string(spans[j].SpanId) != string(ref.spanID()) || string(spans[j].TraceId) != string(ref.traceID()) {
						t.Fatalf("span %v of batch %d is a span seen before, or another one", ref, i)
					}
					seen[ref] = true
					spansOf[ref.trace]++
					if ref.trace == rareTrace && strings.Contains(spans[j].String(), rareWord) {
						rare++
					}
				}
			}
			if got := c.raw / int64(c.spans); got < test.bytes*9/10 || got > test.bytes*11/10 {
				t.Errorf("a span has %d bytes, want about %d", got, test.bytes)
			}
			if len(seen) != c.spans || c.spans < 4*fewSpans {
				t.Errorf("the load has %d spans, says %d, want %d at least", len(seen), c.spans, 4*fewSpans)
			}
			if spansOf[longTrace] != longSpans || spansOf[rareTrace] != 2*turns || rare == 0 {
				t.Errorf("the long trace has %d spans, another %d, and %d have the rare word", spansOf[longTrace], spansOf[rareTrace], rare)
			}
		})
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	r := newReport()
	r.set("CPU", "ours", "≤ 1", "%.1f", 0.5)
	r.set("CPU", "theirs", "", "%.1f", 2.25)
	r.set("lost", "theirs", "0", "%d of %d", 3, 4)
	var printed strings.Builder
	if err := r.print(&printed); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"|      | ours | theirs | target |",
		"| ---  | ---: | ---:   | ---: |",
		"| CPU  | 0.5  | 2.2    | ≤ 1 |",
		"| lost |      | 3 of 4 | 0 |",
	}
	if got := printed.String(); got != strings.Join(want, "\n")+"\n" {
		t.Errorf("printed\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}
