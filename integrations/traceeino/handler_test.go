package traceeino_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/cloudwego/eino/callbacks"
	"github.com/cloudwego/eino/components/prompt"
	"github.com/cloudwego/eino/compose"
	"github.com/cloudwego/eino/flow/agent"
	"github.com/cloudwego/eino/flow/agent/react"
	"github.com/cloudwego/eino/schema"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/integrations/traceeino"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func expectTree(t *testing.T, rec *traceroottest.Recorder, want string) {
	t.Helper()
	if got := rec.Tree(); got != want {
		t.Fatalf("got\n%swant\n%s", got, want)
	}
}

func TestChain(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	answer := chain(t, func(c *compose.Chain[map[string]any, string]) {
		c.AppendChatTemplate(prompt.FromMessages(schema.FString, schema.UserMessage("Weather in {city}?")), compose.WithNodeName("ask"))
		c.AppendChatModel(says("rain"))
		c.AppendLambda(compose.InvokableLambda(func(ctx context.Context, m *schema.Message) (string, error) {
			return traceroot.Do(ctx, "shorten", func(context.Context) (string, error) { return strings.ToUpper(m.Content), nil })
		}), compose.WithNodeName("format"))
	})

	err := traceroot.Run(ctx, "request", func(ctx context.Context) error {
		_, err := answer.Invoke(ctx, map[string]any{"city": "Oslo"}, compose.WithCallbacks(traceeino.NewHandler()))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	expectTree(t, rec, "span request\n  span answer\n    span ask\n    span ScriptedChatModel\n    span format\n      span shorten\n")
	for _, want := range []struct {
		name          string
		input, output any
	}{
		{"answer", map[string]any{"city": "Oslo"}, "RAIN"},
		{"ask", map[string]any{"city": "Oslo"}, []any{map[string]any{"role": "user", "content": "Weather in Oslo?"}}},
		{
			"ScriptedChatModel",
			[]any{map[string]any{"role": "user", "content": "Weather in Oslo?"}},
			[]any{map[string]any{"role": "assistant", "content": "rain"}},
		},
	} {
		span := rec.Span(want.name)
		if !reflect.DeepEqual(span.Input, want.input) || !reflect.DeepEqual(span.Output, want.output) {
			t.Errorf("%s: input %v and output %v, want %v and %v", want.name, span.Input, span.Output, want.input, want.output)
		}
	}
}

func TestAgentWithATool(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	model := &scripted{answers: [][]*schema.Message{{callWeather("Oslo")}, {schema.AssistantMessage("It rains.", nil)}}}
	assistant := newAgent(ctx, t, model, "")

	out, err := assistant.Generate(ctx, []*schema.Message{schema.UserMessage("Weather in Oslo?")}, withHandler(traceeino.NewHandler()))
	if err != nil || out.Content != "It rains." {
		t.Fatalf("got %v, %v", out, err)
	}
	expectTree(t, rec, "agent ReActAgent\n  span ChatModel\n  span Tools\n    tool weather\n  span ChatModel\n")
	call := rec.Span("weather")
	if !reflect.DeepEqual(call.Input, map[string]any{"name": "Oslo"}) || call.Output != "rain" {
		t.Errorf("the tool has input %v and output %v", call.Input, call.Output)
	}
	want := []any{map[string]any{"role": "assistant", "tool_calls": []any{
		map[string]any{"id": "call_1", "name": "weather", "arguments": map[string]any{"name": "Oslo"}},
	}}}
	if got := rec.Span("ChatModel").Output; !reflect.DeepEqual(got, want) {
		t.Errorf("the model's first output is %v, want %v", got, want)
	}
}

func newAgent(ctx context.Context, t *testing.T, model *scripted, name string) *react.Agent {
	t.Helper()
	config := &react.AgentConfig{ToolCallingModel: model, GraphName: name}
	config.ToolsConfig.Tools = append(config.ToolsConfig.Tools, weatherTool(t))
	assistant, err := react.NewAgent(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	return assistant
}

func withHandler(handler callbacks.Handler) agent.AgentOption {
	return agent.WithComposeOptions(compose.WithCallbacks(handler))
}

func TestAgentsByName(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	assistant := newAgent(ctx, t, says("hello"), "concierge")
	handler := traceeino.NewHandler(traceeino.WithAgents("butler"), traceeino.WithAgents("concierge"))

	if _, err := assistant.Generate(ctx, []*schema.Message{schema.UserMessage("hi")}, withHandler(handler)); err != nil {
		t.Fatal(err)
	}
	expectTree(t, rec, "agent concierge\n  span ChatModel\n")
}

func TestErrorFailsWhatItPassesThrough(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	assistant := newAgent(ctx, t, &scripted{answers: [][]*schema.Message{{callWeather("Bergen")}}}, "")

	_, err := assistant.Generate(ctx, []*schema.Message{schema.UserMessage("Weather in Bergen?")}, withHandler(traceeino.NewHandler()))
	if !errors.Is(err, errUnknownCity) {
		t.Fatalf("got %v, want the tool's error", err)
	}
	for _, span := range rec.Spans() {
		failed := strings.Contains(span.Err, "unknown city")
		if want := span.Name != "ChatModel"; failed != want {
			t.Errorf("%s has the error %q", span.Name, span.Err)
		}
	}
	if len(rec.Spans()) != 4 {
		t.Errorf("got\n%swant four spans", rec.Tree())
	}
}

func TestPanicOfANode(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	answer := chain(t, func(c *compose.Chain[string, string]) {
		c.AppendLambda(compose.InvokableLambda(func(context.Context, string) (string, error) { panic("no umbrella") }), compose.WithNodeName("format"))
	})
	if _, err := answer.Invoke(ctx, "rain", compose.WithCallbacks(traceeino.NewHandler())); err == nil {
		t.Fatal("eino swallowed the panic")
	}
	for _, name := range []string{"answer", "format"} {
		if got := rec.Span(name).Err; !strings.Contains(got, "no umbrella") {
			t.Errorf("%s has the error %q, want the panic's", name, got)
		}
	}
}

func TestInterruptIsNoFailure(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	answer := chain(t, func(c *compose.Chain[string, string]) {
		c.AppendLambda(compose.InvokableLambda(func(ctx context.Context, _ string) (string, error) {
			return "", compose.Interrupt(ctx, "which city?")
		}), compose.WithNodeName("ask"))
	})
	_, err := answer.Invoke(ctx, "weather", compose.WithCallbacks(traceeino.NewHandler()))
	if _, interrupted := compose.ExtractInterruptInfo(err); !interrupted {
		t.Fatalf("got %v, want an interrupt", err)
	}
	expectTree(t, rec, "span answer\n  span ask\n")
}

func TestParallelNodes(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	branch := func(suffix string) *compose.Lambda {
		return compose.InvokableLambda(func(ctx context.Context, in string) (string, error) {
			return traceroot.Do(ctx, "below "+suffix, func(context.Context) (string, error) { return in + suffix, nil })
		})
	}
	answer := chain(t, func(c *compose.Chain[string, map[string]any]) {
		c.AppendParallel(compose.NewParallel().
			AddLambda("a", branch("a"), compose.WithNodeName("node a")).
			AddLambda("b", branch("b"), compose.WithNodeName("node b")))
	})
	handler := traceeino.NewHandler()

	const runs = 10
	var wg sync.WaitGroup
	for i := range runs {
		wg.Go(func() {
			if _, err := answer.Invoke(ctx, fmt.Sprint(i), compose.WithCallbacks(handler)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()

	spans := map[string]traceroottest.Span{}
	for _, span := range rec.Spans() {
		spans[span.SpanID] = span
	}
	if len(spans) != 5*runs {
		t.Fatalf("%d spans, want 5 for each of %d runs", len(spans), runs)
	}
	for _, span := range spans {
		parent := spans[span.ParentID]
		var want string
		switch suffix, below := strings.CutPrefix(span.Name, "below "); {
		case below:
			want = "node " + suffix
		case strings.HasPrefix(span.Name, "node "):
			want = "answer"
		}
		if parent.Name != want || want != "" && parent.TraceID != span.TraceID {
			t.Errorf("%s stands below %q, want %q", span.Name, parent.Name, want)
		}
	}
}

func TestRegisteredTwiceIsOneSpan(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	answer := chain(t, func(c *compose.Chain[[]*schema.Message, *schema.Message]) { c.AppendChatModel(says("ra", "in")) })
	handler := traceeino.NewHandler()

	stream, err := answer.Stream(ctx, nil, compose.WithCallbacks(handler, handler))
	if err != nil {
		t.Fatal(err)
	}
	if got := readAll(t, stream); len(got) != 2 {
		t.Errorf("the caller read %v", got)
	}
	if err := handler.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	expectTree(t, rec, "span answer\n  span ScriptedChatModel\n")
}

func TestOffDoesNothing(t *testing.T) {
	t.Parallel()
	off := traceroot.New(traceroot.WithEnabled(false)).Context(t.Context())
	answer := chain(t, func(c *compose.Chain[[]*schema.Message, *schema.Message]) { c.AppendChatModel(says("ra", "in")) })
	handler := traceeino.NewHandler()

	stream, err := answer.Stream(off, nil, compose.WithCallbacks(handler))
	if err != nil {
		t.Fatal(err)
	}
	if got := readAll(t, stream); len(got) != 2 {
		t.Errorf("the caller read %v", got)
	}
	info := &callbacks.RunInfo{Name: "x"}
	inner := handler.OnStart(off, info, "in")
	if handler.Needed(inner, info, callbacks.TimingOnEndWithStreamOutput) {
		t.Error("the handler asks for a copy of a stream that it does not record")
	}
}

func TestEndWithoutAStart(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	handler := traceeino.NewHandler()
	outer := &callbacks.RunInfo{Name: "outer"}
	inside := handler.OnStart(ctx, outer, "in")

	handler.OnEnd(inside, &callbacks.RunInfo{Name: "other"}, "out")
	handler.OnError(inside, nil, errors.New("of another"))
	handler.OnStart(inside, nil, "in")
	if len(rec.Spans()) != 0 {
		t.Fatalf("got\n%swant the span to be open", rec.Tree())
	}
	handler.OnEnd(inside, outer, "out")
	expectTree(t, rec, "span outer\n")
	if got := rec.Span("outer").Output; got != "out" {
		t.Errorf("output %v", got)
	}
}
