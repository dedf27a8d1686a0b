package tracebedrock_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/integrations/tracebedrock"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestConverse(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	client := newService(t, converseAnswer).client(tracebedrock.NewOption())

	err := traceroot.Run(ctx, "answer", func(ctx context.Context) error {
		_, err := client.Converse(ctx, converseInput())
		return err
	}, traceroot.Type(traceroot.KindAgent))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := rec.Tree(), "agent answer\n  llm chat "+model+"\n"; got != want {
		t.Fatalf("got\n%swant\n%s", got, want)
	}
	expectCall(t, rec.Span("chat "+model))
}

func TestConverseStream(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	client := newService(t, streamAnswer(t)).client(tracebedrock.NewOption())

	out, err := client.ConverseStream(ctx, &bedrockruntime.ConverseStreamInput{
		ModelId: aws.String(model), Messages: converseInput().Messages,
	})
	if err != nil {
		t.Fatal(err)
	}
	if spans := rec.Spans(); len(spans) != 0 {
		t.Errorf("got\n%sbefore the stream was read", rec.Tree())
	}
	if got := readStream(t, out); got != "Rain." {
		t.Errorf("the caller read %q", got)
	}
	span := rec.Span("chat " + model)
	expectCall(t, span)
	if _, measured := span.Attributes["traceroot.llm.time_to_first_token_ms"]; !measured {
		t.Error("the time to the first token is missing")
	}
	if _, cut := span.Attributes["traceroot.llm.complete"]; cut {
		t.Error("the stream counts as cut")
	}
}

// expectCall judges the span of the question about Oslo.
func expectCall(t *testing.T, span traceroottest.Span) {
	t.Helper()
	if span.Type != traceroot.KindLLM || span.Model != model {
		t.Errorf("kind %s, model %s", span.Type, span.Model)
	}
	question := []any{map[string]any{"role": "user", "content": "Weather in Oslo?"}}
	if !reflect.DeepEqual(span.Input, question) {
		t.Errorf("input %v, want %v", span.Input, question)
	}
	messages, _ := span.Output.([]any)
	if len(messages) != 1 {
		t.Fatalf("output %v, want one message", span.Output)
	}
	if message, _ := messages[0].(map[string]any); message["content"] != "Rain." {
		t.Errorf("output %v, want the answer", message)
	}
	if want := (traceroot.Usage{InputTokens: 12, OutputTokens: 3}); !reflect.DeepEqual(span.Usage, want) {
		t.Errorf("usage %+v, want %+v", span.Usage, want)
	}
}

func TestInvokeModel(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	client := newService(t, answer{body: `{"id":"msg_1","type":"message","role":"assistant","model":"claude",
		"content":[{"type":"text","text":"Rain."}],"stop_reason":"end_turn","usage":{"input_tokens":12,"output_tokens":3}}`}).
		client(tracebedrock.NewOption())

	_, err := client.InvokeModel(ctx, &bedrockruntime.InvokeModelInput{
		ModelId: aws.String(model), ContentType: aws.String("application/json"),
		Body: []byte(`{"anthropic_version":"bedrock-2023-05-31","max_tokens":100,"messages":[{"role":"user","content":"Weather in Oslo?"}]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	expectCall(t, rec.Span("chat "+model))
}

func TestCountTokens(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	client := newService(t, answer{body: `{"inputTokens":12}`}).client(tracebedrock.NewOption())

	_, err := client.CountTokens(ctx, &bedrockruntime.CountTokensInput{
		ModelId: aws.String(model),
		Input:   &types.CountTokensInputMemberConverse{Value: types.ConverseTokensRequest{Messages: converseInput().Messages}},
	})
	if err != nil {
		t.Fatal(err)
	}
	span := rec.Span("count_tokens " + model)
	if span.Output == nil || !reflect.DeepEqual(span.Usage, traceroot.Usage{}) {
		t.Errorf("output %v and usage %v, want the count as output alone: nobody is billed for it", span.Output, span.Usage)
	}
}

func TestErrorOfTheService(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	client := newService(t, answer{status: http.StatusBadRequest, errorType: "ValidationException", body: `{"message":"max_tokens is too large"}`}).
		client(tracebedrock.NewOption())

	_, err := client.Converse(ctx, converseInput())
	refused, ok := errors.AsType[*types.ValidationException](err)
	if !ok || refused.ErrorMessage() != "max_tokens is too large" {
		t.Errorf("the caller got %v, want the typed error", err)
	}
	if got, want := rec.Span("chat "+model).Err, "ValidationException: max_tokens is too large"; got != want {
		t.Errorf("the span's error is %q, want %q", got, want)
	}
}

func TestEachAttemptIsASpan(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	throttled := answer{status: http.StatusTooManyRequests, errorType: "ThrottlingException", body: `{"message":"slow down"}`}
	client := newService(t, throttled, converseAnswer).client(tracebedrock.NewOption())

	if _, err := client.Converse(ctx, converseInput()); err != nil {
		t.Fatal(err)
	}
	spans := rec.Spans()
	if len(spans) != 2 {
		t.Fatalf("got\n%swant a span for each of two attempts", rec.Tree())
	}
	if spans[0].Err != "ThrottlingException: slow down" || spans[1].Err != "" {
		t.Errorf("got\n%swant only the first attempt to fail", rec.Tree())
	}
	if _, resent := spans[0].Attributes["http.request.resend_count"]; resent {
		t.Error("the first attempt counts as a retry")
	}
	if got := spans[1].Attributes["http.request.resend_count"].AsInt64(); got != 1 {
		t.Errorf("the second attempt is retry %d, want 1", got)
	}
}

func TestHookedTwiceIsOneSpan(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	client := newService(t, converseAnswer).client(tracebedrock.NewOption(), tracebedrock.NewOption(traceroot.Tags("outer")))

	if _, err := client.Converse(ctx, converseInput(), tracebedrock.NewOption(traceroot.Tags("operation"))); err != nil {
		t.Fatal(err)
	}
	spans := rec.Spans()
	if len(spans) != 1 || len(spans[0].Tags) != 1 || spans[0].Tags[0] != "operation" {
		t.Errorf("got\n%swant one span, by the outermost hook", rec.Tree())
	}
}

func TestOneOperationAlone(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	client := newService(t, converseAnswer).client()

	for _, opts := range [][]func(*bedrockruntime.Options){{tracebedrock.NewOption()}, nil} {
		if _, err := client.Converse(ctx, converseInput(), opts...); err != nil {
			t.Fatal(err)
		}
	}
	if len(rec.Spans()) != 1 {
		t.Errorf("got\n%swant a span for the operation that had the option", rec.Tree())
	}
}

func TestCallerSeesNoDifference(t *testing.T) {
	t.Parallel()
	ctx, _ := traceroottest.New(t)
	var outcomes []any
	var requests [][]request
	for _, opts := range [][]func(*bedrockruntime.Options){nil, {tracebedrock.NewOption()}} {
		s := newService(t, answer{status: http.StatusServiceUnavailable, body: `{}`}, converseAnswer, streamAnswer(t))
		client := s.client(opts...)
		whole, err := client.Converse(ctx, converseInput())
		if err != nil {
			t.Fatal(err)
		}
		stream, err := client.ConverseStream(ctx, &bedrockruntime.ConverseStreamInput{ModelId: aws.String(model)})
		if err != nil {
			t.Fatal(err)
		}
		outcomes = append(outcomes, []any{whole.Output, whole.Usage, whole.StopReason, readStream(t, stream)})
		requests = append(requests, s.seen())
	}
	if !reflect.DeepEqual(outcomes[0], outcomes[1]) {
		t.Errorf("without the option %v, with it %v", outcomes[0], outcomes[1])
	}
	if !reflect.DeepEqual(requests[0], requests[1]) {
		t.Errorf("without the option the service got %v, with it %v", requests[0], requests[1])
	}
}

func TestTimeoutsOfTheHTTPClientHold(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	impatient := func(o *bedrockruntime.Options) {
		buildable, ok := o.HTTPClient.(*awshttp.BuildableClient)
		if !ok {
			t.Fatalf("the SDK's own client is a %T", o.HTTPClient)
		}
		o.HTTPClient = buildable.WithTimeout(50 * time.Millisecond)
		o.Retryer = aws.NopRetryer{}
	}
	client := newService(t, answer{hang: true}).client(impatient, tracebedrock.NewOption())

	_, err := client.Converse(ctx, converseInput())
	if timeout, ok := errors.AsType[net.Error](err); !ok || !timeout.Timeout() {
		t.Errorf("got %v, want a timeout", err)
	}
	if rec.Span("chat "+model).Err == "" {
		t.Error("the span did not fail")
	}
}

func TestOptionsApply(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	client := newService(t, converseAnswer).client(tracebedrock.NewOption(traceroot.Name("ask"), traceroot.CaptureInput(false)))

	if _, err := client.Converse(ctx, converseInput()); err != nil {
		t.Fatal(err)
	}
	if span := rec.Span("ask"); span.Input != nil || span.Output == nil {
		t.Errorf("input %v, output %v", span.Input, span.Output)
	}
}

func TestOffIsAPlainClient(t *testing.T) {
	t.Parallel()
	off := traceroot.New(traceroot.WithEnabled(false))
	client := newService(t, converseAnswer).client(tracebedrock.NewOption())

	if _, err := client.Converse(off.Context(t.Context()), converseInput()); err != nil {
		t.Fatal(err)
	}
}
