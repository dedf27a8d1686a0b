package traceroot_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

var errBoom = errors.New("boom")

// recordStubs records like traceroottest, for what its spans do not show: status, events, scope and resource.
func recordStubs(t *testing.T, opts ...traceroot.Option) (ctx context.Context, ended func() tracetest.SpanStubs) {
	t.Helper()
	exporter := tracetest.NewInMemoryExporter()
	client := traceroot.New(append([]traceroot.Option{traceroot.WithExporter(exporter), traceroot.WithLogger(quiet)}, opts...)...)
	t.Cleanup(func() { _ = client.Shutdown(context.WithoutCancel(t.Context())) })
	return client.Context(t.Context()), func() tracetest.SpanStubs {
		t.Helper()
		if err := client.Flush(t.Context()); err != nil {
			t.Errorf("flush: %v", err)
		}
		return exporter.GetSpans()
	}
}

// onlyStub is the one span that ended.
func onlyStub(t *testing.T, ended func() tracetest.SpanStubs) tracetest.SpanStub {
	t.Helper()
	spans := ended()
	if len(spans) != 1 {
		t.Fatalf("%d spans, want 1", len(spans))
	}
	return spans[0]
}

// values are attributes by key.
func values(attributes []attribute.KeyValue) map[string]attribute.Value {
	byKey := map[string]attribute.Value{}
	for _, kv := range attributes {
		byKey[string(kv.Key)] = kv.Value
	}
	return byKey
}

// logBook keeps what is logged, one line a record.
type logBook struct {
	mu  sync.Mutex
	buf bytes.Buffer // guarded by mu
}

// newLogBook returns a logger, and the book that it writes to.
func newLogBook() (*slog.Logger, *logBook) {
	book := &logBook{}
	return slog.New(slog.NewTextHandler(book, nil)), book
}

func (b *logBook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// about are the lines that contain word.
func (b *logBook) about(word string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var lines []string
	for line := range strings.Lines(b.buf.String()) {
		if strings.Contains(line, word) {
			lines = append(lines, line)
		}
	}
	return lines
}

// wantContent compares input and output, exactly as they are sent; "" stands for none.
func wantContent(t *testing.T, s traceroottest.Span, input, output string) {
	t.Helper()
	wantAttributes(t, s, map[string]string{attr.SpanInput: input, attr.SpanOutput: output})
}

// wantParent compares the parents of spans, by name; "" stands for none.
func wantParent(t *testing.T, rec *traceroottest.Recorder, parents map[string]string) {
	t.Helper()
	for child, parent := range parents {
		want := ""
		if parent != "" {
			want = rec.Span(parent).SpanID
		}
		if rec.Span(child).ParentID != want {
			t.Errorf("parent of %s is not %q in\n%s", child, parent, rec.Tree())
		}
	}
}

// panicOf is what f panics with; nil when it does not.
func panicOf(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

// runEveryWay calls a function through each entry of the API, and counts how often it ran.
func runEveryWay(ctx context.Context) map[string]int {
	ran := map[string]int{}
	body := func(way string) { ran[way]++ }
	bodies := func(way string) iter.Seq[int] { return func(yield func(int) bool) { ran[way]++; yield(1) } }

	_, _ = traceroot.Observe(func(context.Context, string) (string, error) { body("plain"); return "", nil })(ctx, "")
	traceroot.Observe(func(int, context.Context) { body("reflection") })(1, ctx)
	_, _ = traceroot.Observe0(func(context.Context) (int, error) { body("Observe0"); return 0, nil })(ctx)
	_, _ = traceroot.Observe1(func(context.Context, int) (int, error) { body("Observe1"); return 0, nil })(ctx, 1)
	_, _ = traceroot.Observe2(func(context.Context, int, int) (int, error) { body("Observe2"); return 0, nil })(ctx, 1, 2)
	_, _ = traceroot.Observe3(func(context.Context, int, int, int) (int, error) { body("Observe3"); return 0, nil })(ctx, 1, 2, 3)
	_, _ = traceroot.Do(ctx, "do", func(context.Context) (int, error) { body("Do"); return 0, nil })
	_ = traceroot.Run(ctx, "run", func(context.Context) error { body("Run"); return nil })
	func() {
		_, span := traceroot.Start(ctx, "start")
		defer span.End()
		body("Start")
	}()
	for range traceroot.Observe(func(context.Context) iter.Seq[int] { return bodies("observed sequence") })(ctx) {
	}
	for range traceroot.Seq(ctx, "seq", func(context.Context) iter.Seq[int] { return bodies("Seq") }) {
	}
	for range traceroot.Seq2(ctx, "seq2", func(context.Context) iter.Seq2[int, int] {
		return func(yield func(int, int) bool) { body("Seq2"); yield(1, 1) }
	}) {
	}
	for range traceroot.Observe(func(context.Context) <-chan int { body("observed channel"); return closed(1) })(ctx) {
	}
	for range traceroot.Chan(ctx, "chan", func(context.Context) <-chan int { body("Chan"); return closed(1) }) {
	}
	return ran
}

// drain ranges over a sequence.
func drain[T any](seq iter.Seq[T]) {
	for range seq {
	}
}

// on makes a function of MapInput or MapOutput from one of a T.
func on[T any](f func(T) any) func(any) any {
	return func(v any) any {
		t, ok := v.(T)
		if !ok {
			return fmt.Sprintf("a %T", v)
		}
		return f(t)
	}
}

// closed is a closed channel with items in it.
func closed[T any](items ...T) <-chan T {
	c := make(chan T, len(items))
	for _, item := range items {
		c <- item
	}
	close(c)
	return c
}

// inParallel calls f n times at once, and waits.
func inParallel(n int, f func(i int)) error {
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { f(i) })
	}
	group.Wait()
	return nil
}
