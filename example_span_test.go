package traceroot_test

import (
	"context"
	"fmt"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

func work(context.Context) error { return nil }

func echo(_ context.Context, text string) (string, error) { return text, nil }

func ExampleSpanOption() {
	defer show(attr.SpanType, attr.SpanTags)()

	tool := []traceroot.SpanOption{traceroot.Type("tool"), traceroot.Tags("v2")}

	_ = traceroot.Run(context.Background(), "search", work, tool...)
	// Output: search type=tool tags=[v2]
}

func ExampleSpanKind() {
	defer show(attr.SpanType)()

	_ = traceroot.Run(context.Background(), "plan", work, traceroot.Type(traceroot.KindAgent))
	_ = traceroot.Run(context.Background(), "search", work, traceroot.Type("TOOL"))
	// Output:
	// plan type=agent
	// search type=tool
}

func ExampleName() {
	defer show()()

	_, _ = traceroot.Observe(echo, traceroot.Name("answer"))(context.Background(), "hi")
	// Output: answer
}

func ExampleType() {
	defer show(attr.SpanType)()

	_ = traceroot.Run(context.Background(), "search", work, traceroot.Type("tool"))
	// Output: search type=tool
}

func ExampleMetadata() {
	defer show(attr.SpanMetadata)()

	_ = traceroot.Run(context.Background(), "search", work, traceroot.Metadata(map[string]any{"index": "docs", "shards": 4}))
	// Output: search metadata={"index":"docs","shards":4}
}

func ExampleTags() {
	defer show(attr.SpanTags)()

	_ = traceroot.Run(context.Background(), "search", work, traceroot.Tags("beta", "eu"))
	// Output: search tags=[beta eu]
}

func ExampleSessionID() {
	defer show(attr.TraceSessionID, attr.SessionID)()

	_ = traceroot.Run(context.Background(), "turn", func(ctx context.Context) error {
		return traceroot.Run(ctx, "inner", work)
	}, traceroot.SessionID("chat-7"))
	// Output:
	// turn session_id=chat-7
	//   inner id=chat-7
}

func ExampleUserID() {
	defer show(attr.TraceUserID)()

	_ = traceroot.Run(context.Background(), "turn", work, traceroot.UserID("ann"))
	// Output: turn user_id=ann
}

func ExampleCaptureInput() {
	defer show(attr.SpanInput, attr.SpanOutput)()

	_, _ = traceroot.Observe(echo, traceroot.CaptureInput(false))(context.Background(), "secret")
	// Output: echo output=secret
}

func ExampleCaptureOutput() {
	defer show(attr.SpanInput, attr.SpanOutput)()

	_, _ = traceroot.Observe(echo, traceroot.CaptureOutput(false))(context.Background(), "question")
	// Output: echo input=question
}

func ExampleInput() {
	defer show(attr.SpanInput)()

	_ = traceroot.Run(context.Background(), "search", work, traceroot.Input("weather in Oslo"))
	// Output: search input=weather in Oslo
}

func ExampleArgNames() {
	defer show(attr.SpanInput)()

	search := traceroot.Observe(findDocuments, traceroot.ArgNames("query", "limit"))
	_, _ = search(context.Background(), "Oslo", 3)
	// Output: findDocuments input={"limit":3,"query":"Oslo"}
}

func ExampleMapInput() {
	defer show(attr.SpanInput)()

	hidden := traceroot.MapInput(func(in any) any { return fmt.Sprintf("%d bytes", len(fmt.Sprint(in))) })
	_, _ = traceroot.Observe(echo, hidden)(context.Background(), "a long text")
	// Output: echo input=11 bytes
}

func ExampleMapOutput() {
	defer show(attr.SpanOutput)()

	shout := traceroot.MapOutput(func(out any) any { return strings.ToUpper(fmt.Sprint(out)) })
	_, _ = traceroot.Observe(echo, shout)(context.Background(), "hi")
	// Output: echo output=HI
}

func ExampleOTel() {
	defer show("queue")()

	_ = traceroot.Run(context.Background(), "tick", work,
		traceroot.OTel(trace.WithNewRoot(), trace.WithAttributes(attribute.String("queue", "mail"))))
	// Output: tick queue=mail
}

func ExampleUsingAttributes() {
	defer show(attr.UserID, attr.SessionID, attr.Tags, attr.Metadata)()

	ctx := traceroot.UsingAttributes(context.Background(), traceroot.Attributes{
		UserID: "user-123", SessionID: "sess-456",
		Tags: []string{"production"}, Metadata: map[string]any{"feature": "chat"},
	})
	_ = traceroot.Run(ctx, "answer", work)
	// Output: answer id=user-123 id=sess-456 tags=[production] metadata={"feature":"chat"}
}

func ExampleAttributes() {
	defer show(attr.UserID, attr.SessionID)()

	outer := traceroot.UsingAttributes(context.Background(), traceroot.Attributes{UserID: "ann", SessionID: "chat-7"})
	inner := traceroot.UsingAttributes(outer, traceroot.Attributes{UserID: "bob"}) // the session is inherited
	_ = traceroot.Run(inner, "answer", work)
	// Output: answer id=bob id=chat-7
}

func ExampleUpdateCurrentSpan() {
	defer show(attr.LLMModel, attr.LLMModelParameters, attr.LLMUsage, attr.LLMPrompt)()

	_ = traceroot.Run(context.Background(), "generate", func(ctx context.Context) error {
		traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{
			Model:           "gpt-4o",
			ModelParameters: map[string]any{"temperature": 0.7},
			Usage:           traceroot.Usage{InputTokens: 100, OutputTokens: 50},
			Prompt:          "Say hello",
		})
		return nil
	})
	// Output: generate model=gpt-4o model_parameters={"temperature":0.7} usage={"input_tokens":100,"output_tokens":50} prompt=Say hello
}

func ExampleSpanUpdate() {
	defer show(attr.SpanInput, attr.SpanOutput)()

	answer := traceroot.Observe(func(ctx context.Context, question string) (string, error) {
		// What the program says beats what is captured.
		traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Name: "answer", Output: "a summary"})
		return "a long answer", nil
	})
	_, _ = answer(context.Background(), "why?")
	// Output: answer input=why? output=a summary
}

func ExampleUpdateCurrentTrace() {
	defer show(attr.TraceUserID)()

	_ = traceroot.Run(context.Background(), "request", func(ctx context.Context) error {
		return traceroot.Run(ctx, "login", func(ctx context.Context) error {
			traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{UserID: "ann"})
			return nil
		})
	})
	// Output:
	// request user_id=ann
	//   login user_id=ann
}

func ExampleUsage() {
	defer show(attr.LLMUsage)()

	_ = traceroot.Run(context.Background(), "generate", func(ctx context.Context) error {
		traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Model: "claude-sonnet-4-5", Usage: traceroot.Usage{
			InputTokens: 1200, CacheReadTokens: 1000, OutputTokens: 80, // a zero count is unknown, and not sent
		}})
		return nil
	})
	// Output: generate usage={"cache_read_tokens":1000,"input_tokens":1200,"output_tokens":80}
}

func ExampleUsageOf() {
	type anthropicUsage struct {
		InputTokens          int64 `json:"input_tokens"`
		CacheReadInputTokens int64 `json:"cache_read_input_tokens"`
		OutputTokens         int64 `json:"output_tokens"`
	}

	usage := traceroot.UsageOf(anthropicUsage{InputTokens: 200, CacheReadInputTokens: 1000, OutputTokens: 80})

	fmt.Println(usage.InputTokens, usage.CacheReadTokens, usage.OutputTokens)
	// Output: 1200 1000 80
}

func ExampleTraceID() {
	defer show()()

	_ = traceroot.Run(context.Background(), "work", func(ctx context.Context) error {
		fmt.Println(len(traceroot.TraceID(ctx)))
		return nil
	})
	fmt.Printf("%q\n", traceroot.TraceID(context.Background()))
	// Output:
	// 32
	// ""
	// work
}

func ExampleSpanID() {
	defer show()()

	_ = traceroot.Run(context.Background(), "work", func(ctx context.Context) error {
		fmt.Println(len(traceroot.SpanID(ctx)))
		return nil
	})
	// Output:
	// 16
	// work
}

func ExampleSuppress() {
	defer show()()

	ctx := context.Background()
	_ = traceroot.Run(ctx, "seen", work)
	_ = traceroot.Run(traceroot.Suppress(ctx), "health check", work)
	// Output: seen
}
