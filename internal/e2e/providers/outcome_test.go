package providers_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// outcome is all that there is to see of one call: by the caller, by the server, and in the trace.
type outcome struct {
	answer any
	err    string // with the types of the errors in it; "" for none
	asked  []request
	spans  []traceroottest.Span // of model calls
	trace  string               // drawn
}

// errEnough is what a reader says that leaves a stream early.
var errEnough = errors.New("enough")

// call has a client do what a column of the matrix is about.
func call(ctx context.Context, t *testing.T, connect func(*testing.T, string) client, w *wire, c column) outcome {
	t.Helper()
	ended, end := context.WithTimeout(context.Background(), 30*time.Second)
	server := play(t, c.script(w, ended.Done())...)
	t.Cleanup(end) // before the server is closed, which waits for its answers

	answer, err := c.act(ctx, connect(t, server.URL), w)
	return outcome{answer: answer, err: describe(err), asked: stable(server.requests())}
}

// callTraced is call in a span of the program's own, with the SDK.
func callTraced(t *testing.T, h hook, w *wire, c column) outcome {
	t.Helper()
	open := &openSpans{}
	ctx, rec := traceroottest.New(t, traceroot.WithSpanProcessor(open))
	if h.install != nil {
		rec.SetDefault() // for the clients that lose the context
	}
	ctx, program := traceroot.Start(ctx, "the program")
	seen := call(ctx, t, h.connect, w, c)
	program.End()
	open.wait(t)
	seen.spans = slices.DeleteFunc(rec.Spans(), func(s traceroottest.Span) bool { return s.Type != traceroot.KindLLM })
	seen.trace = rec.Tree()
	return seen
}

// callUntraced is call in a span of another tracer, since some clients send on what span they are in.
func callUntraced(t *testing.T, a adapter, c column) outcome {
	t.Helper()
	provider := sdktrace.NewTracerProvider()
	ctx, program := provider.Tracer("").Start(t.Context(), "the program")
	defer program.End()
	return call(ctx, t, a.plain, a.expected(hook{}), c)
}

// openSpans is a span processor that knows which spans have not ended.
type openSpans struct{ sync.WaitGroup }

func (o *openSpans) OnStart(context.Context, sdktrace.ReadWriteSpan) { o.Add(1) }

func (o *openSpans) OnEnd(sdktrace.ReadOnlySpan) { o.Done() }

func (o *openSpans) Shutdown(context.Context) error { return nil }

func (o *openSpans) ForceFlush(context.Context) error { return nil }

// wait waits for those that end on another goroutine than the caller's.
func (o *openSpans) wait(t *testing.T) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		o.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("a span is still open")
	}
}

var port = regexp.MustCompile(`127\.0\.0\.1:\d+|\[::1\]:\d+`)

// describe is the text of an error, without the address of the server in it, and the types of all that it wraps.
func describe(err error) string {
	if err == nil {
		return ""
	}
	var types []string
	var walk func(error)
	walk = func(err error) {
		types = append(types, fmt.Sprintf("%T", err))
		switch wrapper := err.(type) { //nolint:errorlint // walks the tree step by step
		case interface{ Unwrap() error }:
			if inner := wrapper.Unwrap(); inner != nil {
				walk(inner)
			}
		case interface{ Unwrap() []error }:
			for _, inner := range wrapper.Unwrap() {
				walk(inner)
			}
		}
	}
	walk(err)
	return port.ReplaceAllString(err.Error(), "server") + " (" + strings.Join(types, ", ") + ")"
}

// changing are the headers that differ from one request to the next whatever the SDK does: names of requests and spans,
// times, and the signatures of those.
var changing = []string{
	"Amz-Sdk-Invocation-Id", "X-Amz-Date", "Idempotency-Key", "X-Ms-Client-Request-Id", "X-Client-Request-Id", "Traceparent",
}

// stable is requests without what differs each time.
func stable(asked []request) []request {
	for i := range asked {
		asked[i].header = asked[i].header.Clone()
		for _, name := range changing {
			if asked[i].header.Get(name) != "" {
				asked[i].header.Set(name, "changes")
			}
		}
		if strings.HasPrefix(asked[i].header.Get("Authorization"), "AWS4-") {
			asked[i].header.Set("Authorization", signedHeaders(asked[i].header))
		}
	}
	return asked
}

// signedHeaders is what of an AWS signature does not depend on the time.
func signedHeaders(h http.Header) string {
	_, signed, _ := strings.Cut(h.Get("Authorization"), "SignedHeaders=")
	signed, _, _ = strings.Cut(signed, ",")
	return signed
}
