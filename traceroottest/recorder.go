// Package traceroottest records spans in memory, for tests of code that is traced with traceroot.
//
//	func TestAgent(t *testing.T) {
//		ctx, rec := traceroottest.New(t)
//		answer(ctx, "hi")
//		if got := rec.Span("generate"); got.Usage.OutputTokens == 0 {
//			t.Errorf("no usage in\n%s", rec.Tree())
//		}
//	}
//
// A recorder needs no network and no API key, and sends nothing anywhere. It runs the same code as a client that uploads,
// masks and limits included, up to the point where spans would be encoded.
package traceroottest

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"sync"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go"
)

// Recorder keeps the ended spans of one client. It is safe for concurrent use.
type Recorder struct {
	tb       testing.TB
	client   *traceroot.Client
	exporter *memory
}

// New returns tb's context, carrying a client that records in memory, and the recorder. It touches nothing global, so it
// is safe with t.Parallel. The client is shut down when the test ends. opts are applied, so masks and limits can be
// tested; its diagnostics go to the test's log. Third-party spans are seen if their tracer comes from
// rec.Client().TracerProvider().
func New(tb testing.TB, opts ...traceroot.Option) (context.Context, *Recorder) {
	tb.Helper()
	rec := &Recorder{tb: tb, exporter: &memory{}}
	own := []traceroot.Option{
		traceroot.WithEnabled(true),
		traceroot.WithExporter(rec.exporter),
		traceroot.WithLogger(slog.New(slog.NewTextHandler(tb.Output(), nil))),
	}
	if os.Getenv("OTEL_TRACES_SAMPLER") != "" {
		// Where a machine's settings keep programs from being traced, tests still have to see their spans.
		own = append(own, traceroot.WithSampler(sdktrace.ParentBased(sdktrace.AlwaysSample())))
	}
	rec.client = traceroot.New(append(own, opts...)...)
	tb.Cleanup(func() {
		if err := rec.client.Shutdown(context.WithoutCancel(tb.Context())); err != nil {
			tb.Errorf("shut down the recorder: %v", err)
		}
	})
	return rec.client.Context(tb.Context()), rec
}

// Client returns the client that records.
func (r *Recorder) Client() *traceroot.Client { return r.client }

// SetDefault makes the client the process's default until the test ends, for code that loses the context. Not with
// t.Parallel.
func (r *Recorder) SetDefault() {
	defaults.push(r.client)
	r.tb.Cleanup(defaults.pop)
}

// Spans returns the ended spans after masking, ordered by start; a parent comes before its children.
func (r *Recorder) Spans() []Span {
	r.tb.Helper()
	if err := r.client.Flush(context.WithoutCancel(r.tb.Context())); err != nil {
		r.tb.Errorf("flush the recorder: %v", err)
	}
	var spans []Span
	for _, ro := range r.exporter.all() {
		spans = append(spans, newSpan(ro))
	}
	slices.SortStableFunc(spans, byStart)
	return spans
}

// Span returns the first span of that name in start order. Without one, the test fails at once and shows the tree.
func (r *Recorder) Span(name string) Span {
	r.tb.Helper()
	for _, s := range r.Spans() {
		if s.Name == name {
			return s
		}
	}
	r.tb.Fatalf("no span %q among\n%s", name, r.Tree())
	return Span{}
}

// Reset forgets the spans so far.
func (r *Recorder) Reset() {
	r.Spans() // so that none is still on its way
	r.exporter.reset()
}

// memory is an exporter that keeps what it gets.
type memory struct {
	mu    sync.Mutex
	spans []sdktrace.ReadOnlySpan // guarded by mu
}

func (m *memory) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.spans = append(m.spans, spans...)
	return nil
}

func (m *memory) Shutdown(context.Context) error { return nil }

func (m *memory) all() []sdktrace.ReadOnlySpan {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.spans)
}

func (m *memory) reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.spans = nil
}
