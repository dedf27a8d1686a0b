package traceroot_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

type document struct {
	Title string `json:"title"`
}

func findDocuments(_ context.Context, query string, limit int) ([]document, error) {
	if limit == 0 {
		return nil, errors.New("limit is 0")
	}
	return []document{{Title: "All about " + query}}, nil
}

func ExampleObserve() {
	defer show(attr.SpanInput, attr.SpanOutput)()

	search := traceroot.Observe(findDocuments, traceroot.Type("tool"), traceroot.ArgNames("query", "limit"))

	docs, err := search(context.Background(), "Oslo", 3)
	fmt.Println(docs, err)
	// Output:
	// [{All about Oslo}] <nil>
	// findDocuments input={"limit":3,"query":"Oslo"} output=[{"title":"All about Oslo"}]
}

func ExampleObserve_error() {
	defer show()()

	search := traceroot.Observe(findDocuments)

	_, err := search(context.Background(), "Oslo", 0)
	fmt.Println(err)
	// Output:
	// limit is 0
	// findDocuments error=limit is 0
}

func ExampleObserve_stream() {
	defer show(attr.SpanOutput, attr.StreamItems)()

	words := traceroot.Observe(func(_ context.Context, text string) iter.Seq[string] {
		return strings.FieldsSeq(text)
	}, traceroot.Name("words"))

	for word := range words(context.Background(), "one two") {
		fmt.Println(word)
	}
	// Output:
	// one
	// two
	// words output=["one","two"] items=2
}

func ExampleObserve0() {
	defer show(attr.SpanOutput)()

	now := traceroot.Observe0(func(context.Context) (string, error) { return "noon", nil }, traceroot.Name("now"))

	fmt.Println(now(context.Background()))
	// Output:
	// noon <nil>
	// now output=noon
}

func ExampleObserve1() {
	defer show(attr.SpanInput, attr.SpanOutput)()

	double := traceroot.Observe1(func(_ context.Context, n int) (int, error) { return 2 * n, nil }, traceroot.Name("double"))

	fmt.Println(double(context.Background(), 21))
	// Output:
	// 42 <nil>
	// double input=21 output=42
}

func ExampleObserve2() {
	defer show(attr.SpanInput)()

	search := traceroot.Observe2(findDocuments)

	docs, _ := search(context.Background(), "Oslo", 1)
	fmt.Println(len(docs))
	// Output:
	// 1
	// findDocuments input=["Oslo",1]
}

func ExampleObserve3() {
	defer show(attr.SpanInput)()

	send := traceroot.Observe3(func(_ context.Context, to, subject string, urgent bool) (string, error) {
		return "sent", nil
	}, traceroot.Name("send"), traceroot.ArgNames("to", "subject", "urgent"))

	fmt.Println(send(context.Background(), "ann", "hello", true))
	// Output:
	// sent <nil>
	// send input={"subject":"hello","to":"ann","urgent":true}
}

func ExampleDo() {
	defer show(attr.SpanInput, attr.SpanOutput)()

	best, err := traceroot.Do(context.Background(), "rerank", func(context.Context) (string, error) {
		return "second", nil // the type is inferred
	}, traceroot.Input([]string{"first", "second"}))

	fmt.Println(best, err)
	// Output:
	// second <nil>
	// rerank input=["first","second"] output=second
}

func ExampleRun() {
	defer show()()

	err := traceroot.Run(context.Background(), "ingest", func(ctx context.Context) error {
		return traceroot.Run(ctx, "store", func(context.Context) error { return errors.New("disk full") })
	})

	fmt.Println(err)
	// Output:
	// disk full
	// ingest error=disk full
	//   store error=disk full
}

func ExampleSeq() {
	defer show(attr.SpanOutput, attr.StreamComplete)()

	tokens := traceroot.Seq(context.Background(), "tokens", func(context.Context) iter.Seq[string] {
		return strings.SplitSeq("a b c", " ")
	})

	for token := range tokens {
		if token == "b" {
			break
		}
	}
	// Output:
	// tokens output=["a","b"] complete=false
}

func ExampleSeq2() {
	defer show(attr.SpanOutput)()

	chunks := traceroot.Seq2(context.Background(), "chunks", func(context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			if yield("Hello", nil) {
				yield("", errors.New("connection lost"))
			}
		}
	})

	for chunk, err := range chunks {
		fmt.Println(chunk, err)
	}
	// Output:
	// Hello <nil>
	//  connection lost
	// chunks output=["Hello"] error=connection lost
}

func ExampleChan() {
	defer show(attr.SpanOutput)()

	events := traceroot.Chan(context.Background(), "events", func(context.Context) <-chan int {
		numbers := make(chan int, 2)
		numbers <- 1
		numbers <- 2
		close(numbers)
		return numbers
	})

	for n := range events {
		fmt.Println(n)
	}
	// Output:
	// 1
	// 2
	// events output=[1,2]
}

func generate(ctx context.Context, prompt string) (answer string, err error) {
	_, span := traceroot.Start(ctx, "generate", traceroot.Type("llm"), traceroot.Input(prompt))
	defer span.End(&err)
	if prompt == "" {
		return "", errors.New("no prompt")
	}
	span.Update(traceroot.SpanUpdate{Output: "hi", Model: "gpt-4o", Usage: traceroot.Usage{InputTokens: 3, OutputTokens: 1}})
	return "hi", nil
}

func ExampleStart() {
	defer show(attr.SpanType, attr.LLMModel, attr.SpanOutput)()

	fmt.Println(generate(context.Background(), "hello"))
	fmt.Println(generate(context.Background(), ""))
	// Output:
	// hi <nil>
	//  no prompt
	// generate type=llm model=gpt-4o output=hi
	// generate type=llm error=no prompt
}

func ExampleSpanFromContext() {
	defer show(attr.SpanOutput)()

	_ = traceroot.Run(context.Background(), "work", func(ctx context.Context) error {
		span := traceroot.SpanFromContext(ctx)
		span.Update(traceroot.SpanUpdate{Output: "done"})
		return nil
	})
	fmt.Println(traceroot.SpanFromContext(context.Background()))
	// Output:
	// <nil>
	// work output=done
}

func ExampleSpan() {
	defer show(attr.SpanOutput)()

	_, span := traceroot.Start(context.Background(), "stream")
	span.FirstToken()
	span.Update(traceroot.SpanUpdate{Output: "Hello"})
	span.SetError(errors.New("cut off"))
	span.OTel().AddEvent("retry")
	fmt.Println(len(span.TraceID()), len(span.SpanID()), span.URL() == "")
	span.End()
	// Output:
	// 32 16 true
	// stream output=Hello error=cut off
}
