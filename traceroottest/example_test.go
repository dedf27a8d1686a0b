package traceroottest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// answer is the code under test.
func answer(ctx context.Context, question string) error {
	return traceroot.Run(ctx, "answer", func(ctx context.Context) error {
		_, err := search(ctx, question)
		return err
	}, traceroot.Type("agent"), traceroot.UserID("ann"))
}

var search = traceroot.Observe(func(_ context.Context, query string) (string, error) {
	if query == "" {
		return "", errors.New("empty query")
	}
	return "It rains in " + query, nil
}, traceroot.Name("search"), traceroot.Type("tool"))

// t is the *testing.T of a test; an example has none.
var t = &exampleT{}

func Example() {
	ctx, rec := traceroottest.New(t)

	_ = answer(ctx, "")

	fmt.Print(rec.Tree())
	// Output:
	// agent answer ✗ empty query
	//   tool search ✗ empty query
}

func ExampleNew() {
	ctx, rec := traceroottest.New(t, traceroot.WithMask(traceroot.MaskRegexp(regexp.MustCompile(`\bOslo\b`), "[city]")))

	_ = answer(ctx, "Oslo")

	fmt.Println(rec.Span("search").Input)
	// Output: [city]
}

func ExampleRecorder() {
	ctx, rec := traceroottest.New(t)

	_ = answer(ctx, "Oslo")

	for _, span := range rec.Spans() {
		fmt.Println(span.Type, span.Name, span.UserID)
	}
	// Output:
	// agent answer ann
	// tool search ann
}

func ExampleRecorder_Span() {
	ctx, rec := traceroottest.New(t)

	_ = answer(ctx, "Oslo")

	span := rec.Span("search")
	fmt.Println(span.Input, "→", span.Output)
	// Output: Oslo → It rains in Oslo
}

func ExampleRecorder_Tree() {
	ctx, rec := traceroottest.New(t)

	_ = answer(ctx, "Oslo")

	fmt.Print(rec.Tree())
	// Output:
	// agent answer
	//   tool search
}

func ExampleRecorder_Reset() {
	ctx, rec := traceroottest.New(t)
	_ = answer(ctx, "Oslo")

	rec.Reset()

	fmt.Println(len(rec.Spans()))
	// Output: 0
}

func ExampleRecorder_SetDefault() {
	_, rec := traceroottest.New(t)
	rec.SetDefault()

	_ = answer(context.Background(), "Oslo") // code that loses the context

	fmt.Println(len(rec.Spans()))
	// Output: 2
}

func ExampleSpan() {
	ctx, rec := traceroottest.New(t)

	_ = answer(ctx, "")

	span := rec.Span("answer")
	fmt.Println(span.Type, span.Err, span.ParentID == "", span.Line > 0)
	// Output: agent empty query true true
}

// exampleT is what of a testing.TB the recorder uses.
type exampleT struct{ testing.TB }

func (*exampleT) Helper()                  {}
func (*exampleT) Cleanup(func())           {}
func (*exampleT) Output() io.Writer        { return io.Discard }
func (*exampleT) Context() context.Context { return context.Background() }
func (*exampleT) Errorf(format string, args ...any) {
	fmt.Printf(format+"\n", args...)
}
