package traceroot_test

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

// The Go forms of the Python SDK's reference, as docs/from-python.md shows them.

func doWork(_ context.Context, query string) (string, error) { return "done: " + query, nil }

var myFunction = traceroot.Observe(doWork, traceroot.Name("my_function"), traceroot.Type("tool"))

func Example_pythonObserve() {
	defer show(attr.SpanType, attr.SpanInput, attr.SpanOutput)()

	text, err := myFunction(context.Background(), "hello")
	fmt.Println(text, err)
	// Output:
	// done: hello <nil>
	// my_function type=tool input=hello output=done: hello
}

func Example_pythonAsync() {
	defer show(attr.SpanType)()

	asyncAgent := traceroot.Observe(doWork, traceroot.Name("async_agent"), traceroot.Type("agent"))

	result := make(chan string)
	go func() {
		text, _ := asyncAgent(context.Background(), "hello")
		result <- text
	}()
	fmt.Println(<-result)
	// Output:
	// done: hello
	// async_agent type=agent
}

func Example_pythonGenerator() {
	defer show(attr.SpanOutput)()

	countTo := traceroot.Observe(func(_ context.Context, n int) iter.Seq[int] {
		return func(yield func(int) bool) {
			for i := 1; i <= n && yield(i); i++ {
			}
		}
	}, traceroot.Name("count_to"))

	for i := range countTo(context.Background(), 3) {
		fmt.Println(i)
	}
	// Output:
	// 1
	// 2
	// 3
	// count_to output=[1,2,3]
}

func Example_pythonObserveParameters() {
	defer show(attr.SpanMetadata, attr.SpanTags, attr.SpanInput, attr.TraceSessionID, attr.TraceUserID)()

	login := traceroot.Observe(doWork,
		traceroot.Name("login"),
		traceroot.Metadata(map[string]any{"version": 2}),
		traceroot.Tags("auth"),
		traceroot.CaptureInput(false), traceroot.CaptureOutput(false),
		traceroot.SessionID("sess-456"), traceroot.UserID("user-123"),
	)

	_, _ = login(context.Background(), "secret")
	// Output: login metadata={"version":2} tags=[auth] session_id=sess-456 user_id=user-123
}

func Example_pythonUsingAttributes() {
	defer show(attr.UserID, attr.SessionID, attr.Tags, attr.Metadata)()

	ctx := traceroot.UsingAttributes(context.Background(), traceroot.Attributes{
		UserID:    "user-123",
		SessionID: "sess-456",
		Tags:      []string{"production", "v2"},
		Metadata:  map[string]any{"feature": "chat"},
	})
	_, _ = myFunction(ctx, "What is the weather?")
	// Output: my_function id=user-123 id=sess-456 tags=[production v2] metadata={"feature":"chat"}
}

func Example_pythonUpdates() {
	defer show(attr.SpanInput, attr.SpanOutput, attr.LLMModel, attr.LLMUsage, attr.TraceUserID)()

	_ = traceroot.Run(context.Background(), "generate", func(ctx context.Context) error {
		traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{
			Name:            "custom_name",
			Input:           map[string]any{"query": "hello"},
			Output:          map[string]any{"response": "world"},
			Metadata:        map[string]any{"custom_key": "custom_value"},
			Model:           "gpt-4o",
			ModelParameters: map[string]any{"temperature": 0.7, "max_tokens": 1024},
			Usage:           traceroot.Usage{InputTokens: 100, OutputTokens: 50},
			Prompt:          []map[string]string{{"role": "user", "content": "hello"}},
		})

		traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{
			UserID:    "user-123",
			SessionID: "sess-456",
			Tags:      []string{"production", "v2"},
			Metadata:  map[string]any{"plan": "pro", "region": "us-east-1"},
		})
		return nil
	})
	// Output: custom_name input={"query":"hello"} output={"response":"world"} model=gpt-4o usage={"input_tokens":100,"output_tokens":50} user_id=user-123
}

func Example_pythonIDs() {
	defer show()()

	_ = traceroot.Run(context.Background(), "work", func(ctx context.Context) error {
		traceID, spanID := traceroot.TraceID(ctx), traceroot.SpanID(ctx)
		fmt.Println(len(traceID), len(spanID))
		return nil
	})
	// Output:
	// 32 16
	// work
}

func Example_pythonRedact() {
	client, done := printing([]string{attr.SpanInput}, traceroot.WithMask(func(field, text string) string {
		return strings.ReplaceAll(text, "4111111111111111", "[card]")
	}))
	_, _ = traceroot.Observe(doWork)(client.Context(context.Background()), "pay with 4111111111111111")
	done()
	// Output: doWork input=pay with [card]
}
