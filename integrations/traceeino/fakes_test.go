package traceeino_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"

	"github.com/cloudwego/eino/callbacks"
	"github.com/cloudwego/eino/components"
	"github.com/cloudwego/eino/components/model"
	"github.com/cloudwego/eino/components/tool"
	"github.com/cloudwego/eino/components/tool/utils"
	"github.com/cloudwego/eino/compose"
	"github.com/cloudwego/eino/schema"
)

// scripted is a chat model that gives its answers in order, the last one again and again. In a stream, each answer comes
// in the parts given.
type scripted struct {
	mu      sync.Mutex
	answers [][]*schema.Message // guarded by mu
}

// says is a model that gives the same answer each time, in a stream part by part.
func says(parts ...string) *scripted {
	var answer []*schema.Message
	for _, part := range parts {
		answer = append(answer, schema.AssistantMessage(part, nil))
	}
	return &scripted{answers: [][]*schema.Message{answer}}
}

func (m *scripted) next() []*schema.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	answer := m.answers[0]
	if len(m.answers) > 1 {
		m.answers = m.answers[1:]
	}
	return answer
}

func (m *scripted) GetType() string { return "Scripted" }

func (m *scripted) Generate(context.Context, []*schema.Message, ...model.Option) (*schema.Message, error) {
	return schema.ConcatMessages(m.next())
}

func (m *scripted) Stream(context.Context, []*schema.Message, ...model.Option) (*schema.StreamReader[*schema.Message], error) {
	reader, writer := schema.Pipe[*schema.Message](0)
	go func() {
		defer writer.Close()
		for _, part := range m.next() {
			if writer.Send(part, nil) {
				return
			}
		}
	}()
	return reader, nil
}

func (m *scripted) WithTools([]*schema.ToolInfo) (model.ToolCallingChatModel, error) { return m, nil }

// telling is a chat model that tells eino of its calls by itself, as those of eino-ext do: with the model's name, the
// parameters and the tokens. call stands for what it does below.
type telling struct {
	scripted
	call func(context.Context) error
}

func (*telling) IsCallbacksEnabled() bool { return true }

func (m *telling) Generate(ctx context.Context, messages []*schema.Message, opts ...model.Option) (*schema.Message, error) {
	ctx = m.begin(ctx, messages)
	if m.call != nil {
		if err := m.call(ctx); err != nil {
			callbacks.OnError(ctx, err)
			return nil, err
		}
	}
	answer, err := m.scripted.Generate(ctx, messages, opts...)
	callbacks.OnEnd(ctx, &model.CallbackOutput{Message: answer, TokenUsage: tokens()})
	return answer, err
}

func (m *telling) Stream(ctx context.Context, messages []*schema.Message, opts ...model.Option) (*schema.StreamReader[*schema.Message], error) {
	ctx = m.begin(ctx, messages)
	parts, err := m.scripted.Stream(ctx, messages, opts...)
	if err != nil {
		return nil, err
	}
	told := schema.StreamReaderWithConvert(parts, func(part *schema.Message) (*model.CallbackOutput, error) {
		return &model.CallbackOutput{Message: part, TokenUsage: tokens()}, nil
	})
	_, told = callbacks.OnEndWithStreamOutput(ctx, told)
	return schema.StreamReaderWithConvert(told, func(out *model.CallbackOutput) (*schema.Message, error) { return out.Message, nil }), nil
}

func (m *telling) begin(ctx context.Context, messages []*schema.Message) context.Context {
	ctx = callbacks.EnsureRunInfo(ctx, m.GetType(), components.ComponentOfChatModel)
	return callbacks.OnStart(ctx, &model.CallbackInput{
		Messages: messages, Config: &model.Config{Model: "gpt-4o", MaxTokens: 100, Temperature: 0.5, Stop: []string{"."}},
	})
}

func tokens() *model.TokenUsage {
	return &model.TokenUsage{PromptTokens: 12, CompletionTokens: 3, PromptTokenDetails: model.PromptTokenDetails{CachedTokens: 4}}
}

type city struct {
	Name string `json:"name"`
}

// weatherTool knows one city.
func weatherTool(tb testing.TB) tool.InvokableTool {
	tb.Helper()
	weather, err := utils.InferTool("weather", "tells the weather", func(_ context.Context, in city) (string, error) {
		if in.Name != "Oslo" {
			return "", errUnknownCity
		}
		return "rain", nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return weather
}

var errUnknownCity = errors.New("unknown city")

func callWeather(name string) *schema.Message {
	return schema.AssistantMessage("", []schema.ToolCall{{
		ID: "call_1", Type: "function", Function: schema.FunctionCall{Name: "weather", Arguments: `{"name":"` + name + `"}`},
	}})
}

// chain compiles a chain.
func chain[I, O any](tb testing.TB, build func(*compose.Chain[I, O])) compose.Runnable[I, O] {
	tb.Helper()
	c := compose.NewChain[I, O]()
	build(c)
	runnable, err := c.Compile(tb.Context(), compose.WithGraphName("answer"))
	if err != nil {
		tb.Fatal(err)
	}
	return runnable
}

// readAll reads a stream to its end.
func readAll[T any](tb testing.TB, reader *schema.StreamReader[T]) []T {
	tb.Helper()
	defer reader.Close()
	var items []T
	for {
		item, err := reader.Recv()
		if errors.Is(err, io.EOF) {
			return items
		}
		if err != nil {
			tb.Error(err)
			return items
		}
		items = append(items, item)
	}
}
