package traceeino_test

import (
	"encoding/json"
	"testing"

	"github.com/cloudwego/eino/callbacks"
	"github.com/cloudwego/eino/components"
	"github.com/cloudwego/eino/components/document"
	"github.com/cloudwego/eino/components/embedding"
	"github.com/cloudwego/eino/components/indexer"
	"github.com/cloudwego/eino/components/model"
	"github.com/cloudwego/eino/components/prompt"
	"github.com/cloudwego/eino/components/retriever"
	"github.com/cloudwego/eino/components/tool"
	"github.com/cloudwego/eino/schema"

	"github.com/traceroot-ai/traceroot-go/integrations/traceeino"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// TestValues hands values to the handler as input and as output, which are shown alike.
func TestValues(t *testing.T) {
	t.Parallel()
	link, data := "https://example.org/a.png", "aGVsbG8="
	found := (&schema.Document{ID: "1", Content: "rain", MetaData: map[string]any{"lang": "no"}}).
		WithScore(0.5).WithDenseVector([]float64{1, 2, 3})
	const shownFound = `[{"id":"1","content":"rain","score":0.5,"metadata":{"lang":"no"}}]`
	for _, test := range []struct {
		name  string
		value any
		want  string // JSON
	}{
		{"a text", "rain", `"rain"`},
		{"a struct", city{"Oslo"}, `{"name":"Oslo"}`},
		{"nothing", nil, `null`},
		{"a nil pointer", (*model.CallbackInput)(nil), `null`},
		{"messages within a map", map[string]any{"history": []*schema.Message{schema.UserMessage("hi"), nil}}, `{"history":[{"role":"user","content":"hi"}]}`},

		{"a message to a model", &model.CallbackInput{Messages: []*schema.Message{schema.SystemMessage("be brief")}}, `[{"role":"system","content":"be brief"}]`},
		{"no message of a model", &model.CallbackOutput{}, `[]`},
		{
			"a result of a tool", schema.ToolMessage("rain", "call_1", schema.WithToolName("weather")),
			`[{"role":"tool","content":"rain","tool_call_id":"call_1","name":"weather"}]`,
		},
		{
			"reasoning", &schema.Message{Role: schema.Assistant, Content: "rain", ReasoningContent: "clouds"},
			`[{"role":"assistant","content":[{"type":"reasoning","text":"clouds"},{"type":"text","text":"rain"}]}]`,
		},
		{
			"arguments that are no JSON", schema.AssistantMessage("", []schema.ToolCall{{ID: "1", Function: schema.FunctionCall{Name: "weather", Arguments: `{"na`}}}),
			`[{"role":"assistant","tool_calls":[{"id":"1","name":"weather","arguments":"{\"na"}]}]`,
		},
		{
			"no arguments", schema.AssistantMessage("", []schema.ToolCall{{ID: "1", Function: schema.FunctionCall{Name: "weather"}}}),
			`[{"role":"assistant","tool_calls":[{"id":"1","name":"weather","arguments":{}}]}]`,
		},
		{
			"media from a user", &schema.Message{Role: schema.User, UserInputMultiContent: []schema.MessageInputPart{
				{Type: schema.ChatMessagePartTypeText, Text: "see"},
				{Type: schema.ChatMessagePartTypeImageURL, Image: &schema.MessageInputImage{MessagePartCommon: schema.MessagePartCommon{URL: &link}}},
				{Type: schema.ChatMessagePartTypeAudioURL, Audio: &schema.MessageInputAudio{MessagePartCommon: schema.MessagePartCommon{Base64Data: &data, MIMEType: "audio/wav"}}},
			}},
			`[{"role":"user","content":[{"type":"text","text":"see"},
				{"type":"image","source":"url","url":"https://example.org/a.png"},
				{"type":"audio","source":"inline","base64_len":8,"media_type":"audio/wav"}]}]`,
		},
		{
			"media from a model", &schema.Message{Role: schema.Assistant, AssistantGenMultiContent: []schema.MessageOutputPart{
				{Type: schema.ChatMessagePartTypeImageURL, Image: &schema.MessageOutputImage{MessagePartCommon: schema.MessagePartCommon{Base64Data: &data}}},
				{Type: schema.ChatMessagePartTypeVideoURL},
			}},
			`[{"role":"assistant","content":[{"type":"image","source":"inline","base64_len":8},{"type":"video"}]}]`,
		},
		{
			"media in the old form", &schema.Message{Role: schema.User, MultiContent: []schema.ChatMessagePart{ //nolint:staticcheck // deprecated, and still in use
				{Type: schema.ChatMessagePartTypeImageURL, ImageURL: &schema.ChatMessageImageURL{URL: "data:image/png;base64,aGVsbG8="}}, //nolint:staticcheck // deprecated, and still in use
			}},
			`[{"role":"user","content":[{"type":"image","source":"inline","base64_len":8}]}]`,
		},

		{"variables of a prompt", &prompt.CallbackInput{Variables: map[string]any{"city": "Oslo"}}, `{"city":"Oslo"}`},
		{"messages of a prompt", &prompt.CallbackOutput{Result: []*schema.Message{schema.UserMessage("hi")}}, `[{"role":"user","content":"hi"}]`},
		{"arguments of a tool", &tool.CallbackInput{ArgumentsInJSON: `{"name":"Oslo"}`}, `{"name":"Oslo"}`},
		{"a text of a tool", &tool.CallbackOutput{Response: "rain"}, `"rain"`},
		{
			"parts of a tool", &tool.CallbackOutput{ToolOutput: &schema.ToolResult{Parts: []schema.ToolOutputPart{
				{Type: schema.ToolPartTypeText, Text: "see"},
				{Type: schema.ToolPartTypeImage, Image: &schema.ToolOutputImage{MessagePartCommon: schema.MessagePartCommon{URL: &link}}},
			}}},
			`[{"type":"text","text":"see"},{"type":"image","source":"url","url":"https://example.org/a.png"}]`,
		},
		{"a query", &retriever.CallbackInput{Query: "weather", TopK: 3}, `"weather"`},
		{"documents found", &retriever.CallbackOutput{Docs: []*schema.Document{found, nil}}, shownFound},
		{"documents to index", &indexer.CallbackInput{Docs: []*schema.Document{found}}, shownFound},
		{"documents indexed", &indexer.CallbackOutput{IDs: []string{"1"}}, `["1"]`},
		{"a source", &document.LoaderCallbackInput{Source: document.Source{URI: "file:///a"}}, `{"URI":"file:///a"}`},
		{"documents loaded", &document.LoaderCallbackOutput{Docs: []*schema.Document{found}}, shownFound},
		{"documents to transform", &document.TransformerCallbackInput{Input: []*schema.Document{found}}, shownFound},
		{"documents transformed", &document.TransformerCallbackOutput{Output: []*schema.Document{found}}, shownFound},
		{"documents alone", []*schema.Document{found}, shownFound},
		{"texts to embed", &embedding.CallbackInput{Texts: []string{"rain"}}, `["rain"]`},
		{"vectors", [][]float64{{1, 2}, {3, 4}}, `{"count":2,"dimensions":2}`},
		{"no vectors", [][]float64{}, `{"count":0}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			handler := traceeino.NewHandler()
			info := &callbacks.RunInfo{Name: "x"}
			handler.OnEnd(handler.OnStart(ctx, info, test.value), info, test.value)
			span := rec.Span("x")
			expectJSON(t, span.Input, test.want)
			expectJSON(t, span.Output, test.want)
		})
	}
}

// expectJSON compares a decoded value with JSON text, whatever the order of members.
func expectJSON(t *testing.T, got any, want string) {
	t.Helper()
	var decoded any
	if err := json.Unmarshal([]byte(want), &decoded); err != nil {
		t.Fatal(err)
	}
	is, _ := json.Marshal(got)
	should, _ := json.Marshal(decoded)
	if string(is) != string(should) {
		t.Errorf("got  %s\nwant %s", is, should)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		info callbacks.RunInfo
		want string
	}{
		{callbacks.RunInfo{Name: "search", Type: "ES8", Component: components.ComponentOfRetriever}, "search"},
		{callbacks.RunInfo{Type: "OpenAI", Component: components.ComponentOfChatModel}, "OpenAIChatModel"},
		{callbacks.RunInfo{Component: components.ComponentOfTool}, "Tool"},
		{callbacks.RunInfo{}, "eino"},
	} {
		ctx, rec := traceroottest.New(t)
		handler := traceeino.NewHandler()
		handler.OnEnd(handler.OnStart(ctx, &test.info, nil), &test.info, nil)
		rec.Span(test.want)
	}
}
