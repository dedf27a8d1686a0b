package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func (s suite) TestResend(t *testing.T) {
	t.Run("ingest-11 the same batch twice leaves one row per span", func(t *testing.T) {
		batch := run(1, asked("gpt-4o", 10, 5, 7), fail(2, "no"), inSession("ann", "s"))
		batch.Spans = append(batch.Spans, fullSpan(1))
		write(t, s, batch)
		before, spans := get(t, s, 1)
		write(t, s, batch, batch)
		after, again := get(t, s, 1)
		after.Seq = before.Seq
		same(t, "summary", after, before)
		same(t, "spans", again, spans)
	})
	t.Run("a span twice in one batch is one", func(t *testing.T) {
		batch := run(2)
		later := batch.Spans[2]
		later.Output = new("late")
		batch.Spans = append(batch.Spans, later)
		write(t, s, batch)
		sum, spans := get(t, s, 2)
		if sum.Spans != 3 || len(spans) != 3 || *spans[2].Output != "late" {
			t.Errorf("%d spans, %d read: %+v", sum.Spans, len(spans), spans)
		}
	})
	t.Run("what the later one does not know stays", func(t *testing.T) {
		batch, full := run(3), fullSpan(3)
		batch.Spans = append(batch.Spans, full)
		write(t, s, batch)
		empty := store.Span{
			TraceID: full.TraceID, SpanID: full.SpanID, Name: "renamed", Kind: store.KindLLM, Start: full.Start,
			Status: store.StatusOK,
		}
		write(t, s, store.Batch{Traces: run(3).Traces, Spans: []store.Span{empty}})
		want := full
		want.Name = "renamed"
		same(t, "span", getSpan(t, s, 3, 9), bare(want))
	})
	t.Run("what the later one knows replaces", func(t *testing.T) {
		started := run(4, open(0), open(1))
		started.Spans[1].Name, started.Spans[1].Output, started.Spans[1].Call.Out = "begun", nil, nil
		write(t, s, started)
		if sum, _ := get(t, s, 4); sum.Status != store.TraceRunning || sum.Running != 2 {
			t.Errorf("begun: %s, %d running", sum.Status, sum.Running)
		}
		ended := run(4, fail(1, "late"), asked("gpt-4o", 1, 2, 3))
		write(t, s, ended)
		sum, spans := get(t, s, 4)
		if sum.Status != store.TraceRecovered || sum.Running != 0 || sum.InputTokens != 1 || sum.Cost != 3 {
			t.Errorf("ended: %+v", sum)
		}
		same(t, "span", spans[1], bare(ended.Spans[1]))
	})
}

func (s suite) TestMerge(t *testing.T) {
	t.Run("ingest-17 a batch without root fills and never overwrites", func(t *testing.T) {
		write(t, s, run(1, inSession("ann", "")))
		late := run(1, inSession("bob", "late"))
		late.Traces[0].HasRoot, late.Traces[0].Name = false, "other"
		late.Spans = late.Spans[2:]
		write(t, s, late)
		sum, _ := get(t, s, 1)
		if sum.Name != "run" || sum.UserID != "ann" || sum.SessionID != "late" || !sum.HasRoot {
			t.Errorf("merged: %+v", sum.Trace)
		}
	})
	t.Run("ingest-18 the root decides name and start although children came first", func(t *testing.T) {
		children := run(2)
		children.Traces[0].HasRoot, children.Traces[0].Name, children.Traces[0].Start = false, "child", at(2).Add(time.Second)
		children.Spans = children.Spans[1:]
		write(t, s, children)
		if sum, _ := get(t, s, 2); sum.Status != store.TraceRunning || sum.Name != "child" {
			t.Errorf("before the root: %s %q", sum.Status, sum.Name)
		}
		root := run(2)
		root.Spans = root.Spans[:1]
		write(t, s, root)
		sum, spans := get(t, s, 2)
		if sum.Name != "run" || !sum.Start.Equal(at(2)) || sum.Status != store.TraceOK || len(spans) != 3 {
			t.Errorf("after the root: %+v", sum)
		}
		wantList(t, s, store.Query{From: at(2), To: at(2).Add(time.Second)}, 2)
	})
	t.Run("ingest-19 tags are stored, those of all batches", func(t *testing.T) {
		first, second := run(3), run(3)
		first.Traces[0].Tags, second.Traces[0].Tags = []string{"b", "a"}, []string{"a", "c"}
		write(t, s, first, second)
		sum, _ := get(t, s, 3)
		same(t, "tags", len(sum.Tags), 3)
		wantList(t, s, store.Query{Where: []store.Condition{{Field: store.FieldTag, Op: store.OpIn, Values: []string{"c"}}}}, 3)
	})
	t.Run("what the root does not say again stays", func(t *testing.T) {
		for i, step := range []struct {
			root   store.Trace
			output string
		}{
			{store.Trace{Name: "run", Output: new("answer")}, "answer"},
			{store.Trace{Name: "run", Input: new("question"), Metadata: `{"plan":"pro"}`}, "answer"},
			{store.Trace{Output: new("")}, ""},
		} {
			batch := run(5)
			step.root.TraceID, step.root.Start, step.root.HasRoot = traceID(5), at(5), true
			batch.Traces[0] = step.root
			write(t, s, batch)
			sum, _ := get(t, s, 5)
			if sum.Name != "run" || sum.Output == nil || *sum.Output != step.output || i > 0 && (sum.Input == nil || *sum.Input != "question" || sum.Metadata != `{"plan":"pro"}`) {
				t.Errorf("after write %d: %+v", i+1, sum.Trace)
			}
		}
	})
	t.Run("every field of a trace", func(t *testing.T) {
		batch := run(4)
		batch.Traces[0] = store.Trace{
			TraceID: traceID(4), Name: "n", Start: at(4), HasRoot: true, UserID: "u", SessionID: "s", Environment: "e",
			GitRepo: "r", GitRef: "f", Input: new(""), Output: new("o"), Metadata: `{"a":1}`, Tags: []string{"y", "x"}, IsEvaluation: true,
		}
		write(t, s, batch)
		sum, _ := get(t, s, 4)
		same(t, "trace", sum.Trace, batch.Traces[0])
	})
}

func (s suite) TestSummary(t *testing.T) {
	batch := run(1, asked("gpt-4o", 100, 20, 3000), inSession("ann", "s1"), fail(2, "no"))
	batch.Spans[1].Usage.CacheRead, batch.Spans[1].Usage.Estimated = 40, true
	batch.Spans[1].TimeToFirstToken = 300 * time.Millisecond
	second := batch.Spans[1]
	second.SpanID, second.Model, second.Cost = spanID(1, 7), "tiny", nil
	second.Usage, second.TimeToFirstToken = &store.Usage{Input: 1, Output: 2}, 200*time.Millisecond
	inner := batch.Spans[0]
	inner.SpanID, inner.ParentSpanID, inner.Name, inner.Start = spanID(1, 8), spanID(1, 0), "inner", at(1).Add(time.Second)
	batch.Spans = append(batch.Spans, second, inner)
	write(t, s, batch)

	want := store.Summary{
		Trace: batch.Traces[0], Status: store.TraceRecovered, Earliest: at(1), Latest: at(1).Add(10 * time.Second), Spans: 5, Errors: 1,
		InputTokens: 101, OutputTokens: 22, CacheRead: 40, Estimated: true, Cost: 3000, Unpriced: true,
		FirstToken: 300 * time.Millisecond, Agent: "agent", Models: []string{"gpt-4o", "tiny"},
	}
	got, _ := get(t, s, 1)
	if got.Seq <= 0 {
		t.Errorf("Seq = %d", got.Seq)
	}
	listed := list(t, s, store.Query{}).Rows[0]
	same(t, "listed", listed, got)
	got.Seq = 0
	t.Run("rest-08 totals use deduplicated spans", func(t *testing.T) { same(t, "summary", got, want) })

	for n, tt := range []struct {
		name   string
		want   store.TraceStatus
		change []func(*store.Batch)
	}{
		{"ok", store.TraceOK, nil},
		{"root failed", store.TraceFailed, []func(*store.Batch){fail(0, "x"), fail(1, "x")}},
		{"only a child failed", store.TraceRecovered, []func(*store.Batch){fail(1, "x")}},
		{"a child runs", store.TraceRunning, []func(*store.Batch){fail(0, "x"), open(1)}},
		{"root runs", store.TraceRunning, []func(*store.Batch){open(0)}},
		{"no root", store.TraceRunning, []func(*store.Batch){func(b *store.Batch) {
			b.Traces[0].HasRoot = false
			b.Spans = b.Spans[1:]
		}}},
	} {
		t.Run("status "+tt.name, func(t *testing.T) {
			write(t, s, run(10+n, tt.change...))
			sum, _ := get(t, s, 10+n)
			if sum.Status != tt.want {
				t.Errorf("%s, want %s", sum.Status, tt.want)
			}
			if _, known := sum.Duration(); known != (tt.want != store.TraceRunning) {
				t.Errorf("rest-07: duration known: %v", known)
			}
		})
	}
}

// TestSummaryOfResends takes back what the first sending added.
func (s suite) TestSummaryOfResends(t *testing.T) {
	first := run(1, asked("gpt-4o", 100, 20, 3000), fail(0, "x"), fail(1, "x"), lasting(time.Hour))
	first.Spans[1].Usage.Estimated = true
	first.Spans[1].TimeToFirstToken = time.Minute
	write(t, s, first)
	second := run(1, asked("tiny", 7, 3, -1))
	second.Spans[1].TimeToFirstToken = time.Second
	second.Spans[0].Start = at(1).Add(500 * time.Millisecond)
	second.Traces[0].Start = second.Spans[0].Start
	write(t, s, second)

	got, _ := get(t, s, 1)
	got.Seq = 0
	same(t, "summary", got, store.Summary{
		Trace: second.Traces[0], Status: store.TraceOK, Earliest: at(1).Add(500 * time.Millisecond), Latest: at(1).Add(10 * time.Second),
		Spans: 3, InputTokens: 7, OutputTokens: 3, Unpriced: true, FirstToken: time.Second, Agent: "agent", Models: []string{"tiny"},
	})
}

func (s suite) TestConcurrent(t *testing.T) {
	const writers, each = 8, 20
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				n := w*each + i + 1
				batch := run(n, asked("gpt-4o", 1, 1, 1))
				half := store.Batch{Traces: batch.Traces, Spans: batch.Spans[:2]}
				if err := s.Write(t.Context(), project, half); err != nil {
					t.Error(err)
				}
				if err := s.Write(t.Context(), project, batch); err != nil {
					t.Error(err)
				}
				if sum, spans, err := s.Trace(t.Context(), project, traceID(n), false); err != nil || sum.Spans != 3 || len(spans) != 3 {
					t.Errorf("trace %d after its write: %d spans, %v", n, len(spans), err)
				}
			}
		})
	}
	wg.Wait()
	page := list(t, s, store.Query{Total: true, Limit: 1000})
	seen := map[string]bool{}
	for _, row := range page.Rows {
		seen[row.TraceID] = true
		if row.Spans != 3 || row.Cost != 1 {
			t.Errorf("trace %s: %d spans, cost %d", row.TraceID, row.Spans, row.Cost)
		}
	}
	same(t, "traces", fmt.Sprint(len(seen), page.Total), fmt.Sprint(writers*each, writers*each))
}
