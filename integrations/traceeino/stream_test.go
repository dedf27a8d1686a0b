package traceeino_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/cloudwego/eino/callbacks"
	"github.com/cloudwego/eino/compose"
	"github.com/cloudwego/eino/schema"

	"github.com/traceroot-ai/traceroot-go/integrations/traceeino"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestStreamOfAModel(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	answer := chain(t, func(c *compose.Chain[[]*schema.Message, *schema.Message]) { c.AppendChatModel(says("ra", "in")) })
	handler := traceeino.NewHandler()

	stream, err := answer.Stream(ctx, []*schema.Message{schema.UserMessage("Weather?")}, compose.WithCallbacks(handler))
	if err != nil {
		t.Fatal(err)
	}
	if got := readAll(t, stream); len(got) != 2 || got[0].Content != "ra" || got[1].Content != "in" {
		t.Errorf("the caller read %v", got)
	}
	if err := handler.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	expectTree(t, rec, "span answer\n  span ScriptedChatModel\n")
	for _, span := range rec.Spans() {
		if want := []any{map[string]any{"role": "assistant", "content": "rain"}}; !reflect.DeepEqual(span.Output, want) {
			t.Errorf("%s: output %v, want %v", span.Name, span.Output, want)
		}
		if want := []any{map[string]any{"role": "user", "content": "Weather?"}}; !reflect.DeepEqual(span.Input, want) {
			t.Errorf("%s: input %v, want %v", span.Name, span.Input, want)
		}
	}
}

// transformer compiles a chain of one lambda that takes a stream and gives one.
func transformer(t *testing.T, transform func(*schema.StreamReader[string]) *schema.StreamReader[string]) compose.Runnable[string, string] {
	t.Helper()
	return chain(t, func(c *compose.Chain[string, string]) {
		c.AppendLambda(compose.TransformableLambda(func(_ context.Context, in *schema.StreamReader[string]) (*schema.StreamReader[string], error) {
			return transform(in), nil
		}), compose.WithNodeName("shout"))
	})
}

func TestStreamsOnBothSides(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	shout := transformer(t, func(in *schema.StreamReader[string]) *schema.StreamReader[string] {
		return schema.StreamReaderWithConvert(in, func(s string) (string, error) { return strings.ToUpper(s), nil })
	})
	handler := traceeino.NewHandler()

	stream, err := shout.Transform(ctx, schema.StreamReaderFromArray([]string{"ra", "in"}), compose.WithCallbacks(handler))
	if err != nil {
		t.Fatal(err)
	}
	if got := readAll(t, stream); strings.Join(got, "") != "RAIN" {
		t.Errorf("the caller read %v", got)
	}
	if err := handler.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	expectTree(t, rec, "span answer\n  span shout\n")
	for _, span := range rec.Spans() {
		if span.Input != "rain" || span.Output != "RAIN" {
			t.Errorf("%s: input %v and output %v", span.Name, span.Input, span.Output)
		}
	}
}

func TestStreamThatFails(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	broken := errors.New("the line is dead")
	shout := transformer(t, func(in *schema.StreamReader[string]) *schema.StreamReader[string] {
		in.Close()
		reader, writer := schema.Pipe[string](2)
		writer.Send("RA", nil)
		writer.Send("", broken)
		writer.Close()
		return reader
	})
	handler := traceeino.NewHandler()

	stream, err := shout.Stream(ctx, "rain", compose.WithCallbacks(handler))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if first, err := stream.Recv(); err != nil || first != "RA" {
		t.Errorf("the caller got %q, %v", first, err)
	}
	if _, err := stream.Recv(); !errors.Is(err, broken) {
		t.Errorf("the caller got %v, want the stream's error", err)
	}
	if err := handler.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if span := rec.Span("shout"); span.Output != "RA" || !strings.Contains(span.Err, broken.Error()) {
		t.Errorf("output %v and error %q, want what had arrived and the stream's error", span.Output, span.Err)
	}
}

func TestStreamThatPanics(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	handler := traceeino.NewHandler()
	info := &callbacks.RunInfo{Name: "shout"}
	ctx = handler.OnStart(ctx, info, "rain")
	handler.OnEndWithStreamOutput(ctx, info, schema.StreamReaderWithConvert(schema.StreamReaderFromArray([]string{"ra"}),
		func(string) (callbacks.CallbackOutput, error) { panic("no voice") }))
	if err := handler.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if got := rec.Span("shout").Err; !strings.Contains(got, "no voice") {
		t.Errorf("the span's error is %q", got)
	}
}

// A caller that closes a stream early must not hang, and neither must the source.
func TestStreamClosedEarly(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	answer := chain(t, func(c *compose.Chain[[]*schema.Message, *schema.Message]) { c.AppendChatModel(says("ra", "in", "!")) })
	handler := traceeino.NewHandler()

	stream, err := answer.Stream(ctx, nil, compose.WithCallbacks(handler))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	stream.Close()
	if err := handler.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	expectTree(t, rec, "span answer\n  span ScriptedChatModel\n")
}

func TestSpanLastsAsLongAsItsStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, rec := traceroottest.New(t)
		handler := traceeino.NewHandler()
		info := &callbacks.RunInfo{Name: "shout"}
		in, feed := schema.Pipe[callbacks.CallbackInput](0)
		out, speak := schema.Pipe[callbacks.CallbackOutput](0)

		ctx = handler.OnStartWithStreamInput(ctx, info, in)
		handler.OnEndWithStreamOutput(ctx, info, out)
		speak.Send("RAIN", nil)
		speak.Close()
		synctest.Wait()
		if len(rec.Spans()) != 0 {
			t.Error("the span ended before its input had")
		}
		waiting, cancel := context.WithCancelCause(ctx)
		impatient := errors.New("no time")
		cancel(impatient)
		if err := handler.Wait(waiting); !errors.Is(err, impatient) {
			t.Errorf("Wait returned %v, want the cause of its context", err)
		}

		feed.Send("rain", nil)
		feed.Close()
		if err := handler.Wait(ctx); err != nil {
			t.Error(err)
		}
		if span := rec.Span("shout"); span.Input != "rain" || span.Output != "RAIN" {
			t.Errorf("input %v and output %v", span.Input, span.Output)
		}
	})
}

func TestStreamsArePutTogether(t *testing.T) {
	t.Parallel()
	two := 2
	for _, test := range []struct {
		name  string
		items []any
		want  any
	}{
		{"nothing", nil, nil},
		{"one item", []any{map[string]int{"n": 1}}, map[string]any{"n": 1.0}},
		{"items of no known type", []any{1, 2}, []any{1.0, 2.0}},
		{"items of several types", []any{"a", 2}, []any{"a", 2.0}},
		{
			"messages of several tools",
			[]any{
				[]*schema.Message{schema.ToolMessage("ra", "1"), nil},
				[]*schema.Message{nil, schema.ToolMessage("sun", "2")},
				[]*schema.Message{schema.ToolMessage("in", "1"), nil},
			},
			[]any{
				map[string]any{"role": "tool", "content": "rain", "tool_call_id": "1"},
				map[string]any{"role": "tool", "content": "sun", "tool_call_id": "2"},
			},
		},
		{
			"messages that do not fit together",
			[]any{schema.UserMessage("a"), schema.AssistantMessage("b", []schema.ToolCall{{Index: &two}})},
			nil, // whatever it is, it is something
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			handler := traceeino.NewHandler()
			info := &callbacks.RunInfo{Name: "x"}
			ctx = handler.OnStart(ctx, info, nil)
			items := make([]callbacks.CallbackOutput, len(test.items))
			for i, item := range test.items {
				items[i] = item
			}
			handler.OnEndWithStreamOutput(ctx, info, schema.StreamReaderFromArray(items))
			if err := handler.Wait(ctx); err != nil {
				t.Fatal(err)
			}
			span := rec.Span("x")
			if test.want == nil {
				if recorded := span.Output != nil; recorded != (len(test.items) > 0) {
					t.Errorf("output %v", span.Output)
				}
				return
			}
			if !reflect.DeepEqual(span.Output, test.want) {
				t.Errorf("output %v, want %v", span.Output, test.want)
			}
		})
	}
}
