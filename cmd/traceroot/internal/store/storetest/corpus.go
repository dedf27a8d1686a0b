package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

const project = "acme"

// epoch is when the corpus begins: a quarter to four, so that two hours are touched.
var epoch = time.Date(2026, 1, 2, 3, 45, 0, 0, time.UTC)

func traceID(n int) string { return fmt.Sprintf("%032x", n) }

func spanID(n, i int) string { return fmt.Sprintf("%08x%08x", n, i) }

// at is when the trace with that number starts.
func at(n int) time.Time { return epoch.Add(time.Duration(n) * time.Minute) }

// run is a trace of an agent that asks a model, which asks for a tool: spans 0, 1 and 2. It takes ten seconds.
func run(n int, changes ...func(*store.Batch)) store.Batch {
	start := at(n)
	question := store.NewMessage(fmt.Sprintf(`{"role":"user","content":"question %d"}`, n))
	answer := store.NewMessage(fmt.Sprintf(`{"role":"assistant","content":"answer %d"}`, n))
	batch := store.Batch{
		Traces: []store.Trace{{
			TraceID: traceID(n), Name: "run", Start: start, HasRoot: true,
			Input: new(fmt.Sprintf("question %d", n)), Output: new(fmt.Sprintf("answer %d", n)),
		}},
		Spans: []store.Span{
			{
				SpanID: spanID(n, 0), Name: "agent", Kind: store.KindAgent, Start: start, End: start.Add(10 * time.Second),
				Input: new(fmt.Sprintf("question %d", n)), Output: new(fmt.Sprintf("answer %d", n)),
			},
			{
				SpanID: spanID(n, 1), ParentSpanID: spanID(n, 0), Name: "chat", Kind: store.KindLLM,
				Start: start.Add(time.Second), End: start.Add(3 * time.Second),
				Input: new("[" + question.Body + "]"), Output: new("[" + answer.Body + "]"),
				Call: &store.Call{Provider: "openai", In: []store.Message{question}, Out: []store.Message{answer}},
			},
			{
				SpanID: spanID(n, 2), ParentSpanID: spanID(n, 0), Name: "lookup", Kind: store.KindTool,
				Start: start.Add(4 * time.Second), End: start.Add(5 * time.Second),
			},
		},
	}
	for i := range batch.Spans {
		batch.Spans[i].TraceID, batch.Spans[i].Status = traceID(n), store.StatusOK
	}
	for _, change := range changes {
		change(&batch)
	}
	return batch
}

// fail gives a span an error.
func fail(span int, message string) func(*store.Batch) {
	return func(b *store.Batch) {
		b.Spans[span].Status, b.Spans[span].StatusMessage = store.StatusError, message
	}
}

// asked gives the model call tokens and, unless it is negative, a cost.
func asked(model string, in, out int64, cost store.NanoUSD) func(*store.Batch) {
	return func(b *store.Batch) {
		b.Spans[1].Model = model
		b.Spans[1].Usage = &store.Usage{Input: in, Output: out}
		if cost >= 0 {
			b.Spans[1].Cost = &store.Cost{Input: cost, Total: cost, Price: store.Price{Model: model, Source: "test"}}
		}
	}
}

func inSession(user, session string) func(*store.Batch) {
	return func(b *store.Batch) { b.Traces[0].UserID, b.Traces[0].SessionID = user, session }
}

// lasting sets when the root ends.
func lasting(d time.Duration) func(*store.Batch) {
	return func(b *store.Batch) { b.Spans[0].End = b.Spans[0].Start.Add(d) }
}

// open leaves a span without an end.
func open(span int) func(*store.Batch) {
	return func(b *store.Batch) { b.Spans[span].End = time.Time{} }
}

// says sets what goes into a span and comes out of it.
func says(span int, input, output string) func(*store.Batch) {
	return func(b *store.Batch) { b.Spans[span].Input, b.Spans[span].Output = &input, &output }
}

func write(t *testing.T, s store.Writer, batches ...store.Batch) {
	t.Helper()
	writeTo(t, s, project, batches...)
}

func writeTo(t *testing.T, s store.Writer, project string, batches ...store.Batch) {
	t.Helper()
	for _, batch := range batches {
		if err := s.Write(t.Context(), project, batch); err != nil {
			t.Fatalf("Write: %v", err)
		}
	}
}

func list(t *testing.T, s store.Reader, query store.Query) store.Page[store.Summary] {
	t.Helper()
	page, err := s.Traces(t.Context(), project, query)
	if err != nil {
		t.Fatalf("Traces(%+v): %v", query, err)
	}
	return page
}

// numbers are the numbers of traces.
func numbers(t *testing.T, rows []store.Summary) []int {
	t.Helper()
	var ns []int
	for _, row := range rows {
		var n int
		if _, err := fmt.Sscanf(row.TraceID, "%x", &n); err != nil {
			t.Fatalf("trace id %q: %v", row.TraceID, err)
		}
		ns = append(ns, n)
	}
	return ns
}

func wantList(t *testing.T, s store.Reader, query store.Query, want ...int) {
	t.Helper()
	if got := numbers(t, list(t, s, query).Rows); !cmp.Equal(got, want, cmpopts.EquateEmpty()) {
		t.Errorf("traces %v, want %v", got, want)
	}
}

func get(t *testing.T, s store.Reader, n int) (store.Summary, []store.Span) {
	t.Helper()
	sum, spans, err := s.Trace(t.Context(), project, traceID(n), true)
	if err != nil {
		t.Fatalf("Trace %d: %v", n, err)
	}
	return sum, spans
}

func getSpan(t *testing.T, s store.Reader, n, i int) store.Span {
	t.Helper()
	span, err := s.Span(t.Context(), project, traceID(n), spanID(n, i))
	if err != nil {
		t.Fatalf("Span %d of trace %d: %v", i, n, err)
	}
	return span
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}

// bare is a span as it is read: messages have no bodies.
func bare(span store.Span) store.Span {
	if span.Call != nil {
		call := *span.Call
		call.In, call.Out = bareMessages(call.In), bareMessages(call.Out)
		span.Call = &call
	}
	return span
}

func bareMessages(messages []store.Message) []store.Message {
	var hashes []store.Message
	for _, m := range messages {
		hashes = append(hashes, store.Message{Hash: m.Hash})
	}
	return hashes
}
