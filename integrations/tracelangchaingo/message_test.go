package tracelangchaingo_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/tmc/langchaingo/llms"
	"github.com/tmc/langchaingo/schema"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/integrations/tracelangchaingo"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// answering is a model that gives one answer.
type answering struct {
	quiet

	choice llms.ContentChoice
}

func (a answering) GenerateContent(context.Context, []llms.MessageContent, ...llms.CallOption) (*llms.ContentResponse, error) {
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{&a.choice, nil}}, nil
}

func TestMessages(t *testing.T) {
	t.Parallel()
	call := llms.ToolCall{ID: "c1", Type: "function", FunctionCall: &llms.FunctionCall{Name: "search", Arguments: `{"q":"owls"}`}}
	broken := llms.ToolCall{FunctionCall: &llms.FunctionCall{Name: "search", Arguments: "owls"}}
	for name, test := range map[string]struct {
		message llms.MessageContent
		want    string
	}{
		"text": {llms.TextParts(llms.ChatMessageTypeSystem, "be kind"), `[{"content":"be kind","role":"system"}]`},
		"texts": {
			llms.TextParts(llms.ChatMessageTypeHuman, "a", "b"),
			`[{"content":[{"text":"a","type":"text"},{"text":"b","type":"text"}],"role":"user"}]`,
		},
		"images, sounds and files": {
			llms.MessageContent{Role: llms.ChatMessageTypeHuman, Parts: []llms.ContentPart{
				llms.ImageURLPart("https://example.org/owl.png"), llms.BinaryPart("image/png", []byte("png")),
				llms.BinaryPart("audio/wav", []byte("wave")), llms.BinaryPart("application/pdf", nil),
			}},
			`[{"content":[{"source":"url","type":"image","url":"https://example.org/owl.png"},` +
				`{"base64_len":4,"media_type":"image/png","source":"inline","type":"image"},` +
				`{"base64_len":8,"media_type":"audio/wav","source":"inline","type":"audio"},` +
				`{"media_type":"application/pdf","source":"inline","type":"file"}],"role":"user"}]`,
		},
		"a cached part": {
			llms.MessageContent{Role: llms.ChatMessageTypeHuman, Parts: []llms.ContentPart{llms.CachedContent{ContentPart: llms.TextPart("a")}}},
			`[{"content":"a","role":"user"}]`,
		},
		"tool calls": {
			llms.MessageContent{Role: llms.ChatMessageTypeAI, Parts: []llms.ContentPart{call, broken, llms.ToolCall{ID: "c2"}}},
			`[{"content":[],"role":"assistant","tool_calls":[{"arguments":{"q":"owls"},"id":"c1","name":"search"},` +
				`{"arguments":"owls","name":"search"},{"arguments":{},"id":"c2","name":""}]}]`,
		},
		"a tool's result": {
			llms.MessageContent{Role: llms.ChatMessageTypeTool, Parts: []llms.ContentPart{
				llms.ToolCallResponse{ToolCallID: "c1", Name: "search", Content: "found"},
			}},
			`[{"content":"found","name":"search","role":"tool","tool_call_id":"c1"}]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			if _, err := tracelangchaingo.Model(quiet{}).GenerateContent(ctx, []llms.MessageContent{test.message}); err != nil {
				t.Fatal(err)
			}
			if got := asJSON(t, rec.Span("chat").Input); got != test.want {
				t.Errorf("recorded %s, want %s", got, test.want)
			}
		})
	}
	t.Run("an answer with thoughts and tool calls", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		model := answering{choice: llms.ContentChoice{ReasoningContent: "hm", Content: "I look", ToolCalls: []llms.ToolCall{call}}}
		if _, err := tracelangchaingo.Model(model).Call(ctx, "owls?"); err != nil { //nolint:staticcheck // programs still use it
			t.Fatal(err)
		}
		const want = `[{"content":[{"text":"hm","type":"reasoning"},{"text":"I look","type":"text"}],"role":"assistant",` +
			`"tool_calls":[{"arguments":{"q":"owls"},"id":"c1","name":"search"}]}]`
		if got := asJSON(t, rec.Span("chat").Output); got != want {
			t.Errorf("recorded %s, want %s", got, want)
		}
	})
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestHandlerByHand drives the handler as chains and agents of a program's own may.
func TestHandlerByHand(t *testing.T) {
	t.Run("an agent whose tools report themselves", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		h := tracelangchaingo.NewHandler()
		h.HandleChainStart(ctx, map[string]any{"input": "q"})
		h.HandleLLMStart(ctx, []string{"q"})
		h.HandleStreamingFunc(ctx, []byte("Acti"))
		h.HandleLLMGenerateContentEnd(ctx, &llms.ContentResponse{})
		h.HandleText(ctx, "text")
		h.HandleAgentAction(ctx, schema.AgentAction{Tool: "search", ToolInput: "owls\nObservation:"})
		h.HandleToolStart(ctx, "owls")
		h.HandleToolEnd(ctx, "found")
		h.HandleAgentAction(ctx, schema.AgentAction{Tool: "search", ToolInput: "mice"})
		h.HandleToolStart(ctx, "mice")
		h.HandleToolError(ctx, errors.New("no index"))
		h.HandleAgentFinish(ctx, schema.AgentFinish{})
		h.HandleChainEnd(ctx, map[string]any{"output": "a"})
		wantTree(t, rec, "agent executor\n  llm chat\n  tool search\n  tool search ✗ no index\n")
		if tool := rec.Span("search"); tool.Input != "owls" || tool.Output != "found" {
			t.Errorf("the tool has input %v and output %v", tool.Input, tool.Output)
		}
	})
	t.Run("tools without an agent", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		h := tracelangchaingo.NewHandler()
		h.HandleChainStart(ctx, nil)
		h.HandleToolStart(ctx, "never ends")
		h.HandleToolStart(ctx, "6*7")
		h.HandleToolEnd(ctx, "42")
		h.HandleToolStart(ctx, "never ends either")
		h.HandleChainError(ctx, errors.New("enough"))
		wantTree(t, rec, "span chain ✗ enough\n  tool tool\n  tool tool\n  tool tool ✗ enough\n") //nolint:dupword // kind and name
	})
	t.Run("a model called outside any run is left to the wire and to Model", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		h := tracelangchaingo.NewHandler()
		h.HandleLLMGenerateContentStart(ctx, nil)
		h.HandleLLMGenerateContentEnd(ctx, nil)
		_ = traceroot.Run(ctx, "request", func(ctx context.Context) error {
			h.HandleLLMGenerateContentStart(ctx, nil)
			h.HandleLLMGenerateContentEnd(ctx, nil)
			return nil
		})
		wantTree(t, rec, "span request\n  llm chat\n")
	})
}
