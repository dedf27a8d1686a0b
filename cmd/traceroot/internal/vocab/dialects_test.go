package vocab_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// told is what a dialect's span says, as far as a case cares: fields that a case leaves empty are not compared.
type told struct {
	kind          store.Kind
	name, model   string
	in, out       string // bodies, one a line
	input, output string
	call          store.Call
	parameters    string
	tools         string
}

// attributes reads a JSON object as a sender's attributes.
func attributes(t *testing.T, object string) vocab.Attributes {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(object))
	d.UseNumber()
	var members map[string]any
	if err := d.Decode(&members); err != nil {
		t.Fatalf("%s: %v", object, err)
	}
	return native(members).(map[string]any) //nolint:errcheck // a map gives a map
}

// native turns JSON's numbers into those of attributes.
func native(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, err := v.Float64()
		if err != nil {
			return nil // too large: no attribute has such a number
		}
		return f
	case []any:
		for i := range v {
			v[i] = native(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = native(v[key])
		}
	}
	return v
}

func TestDialects(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, a string
		want    told
	}{
		{
			"traceroot: the messages of the wire are taken as they are",
			`{"traceroot.span.type":"llm","traceroot.sdk.name":"traceroot-go","gen_ai.provider.name":"openai","gen_ai.operation.name":"chat",
			"traceroot.span.input":"[{\"role\":\"user\",\"content\":\"h\\u0069\"},{\"role\":\"tool\",\"content\":[],\"tool_call_id\":\"c\"}]",
			"traceroot.span.output":"[{\"role\":\"assistant\",\"content\":\"yes\"}]","traceroot.llm.request_id":"req-1","traceroot.llm.complete":false,
			"traceroot.llm.model_parameters":"{\"temperature\":0}","traceroot.llm.tools":"[{\"name\":\"f\"}]",
			"http.response.status_code":200,"http.request.resend_count":2,"gen_ai.response.finish_reasons":["stop"]}`,
			told{
				kind: store.KindLLM, in: `{"role":"user","content":"h\u0069"}` + "\n" + `{"role":"tool","content":[],"tool_call_id":"c"}`,
				out: `{"role":"assistant","content":"yes"}`, parameters: `{"temperature":0}`, tools: `[{"name":"f"}]`,
				call: store.Call{
					Provider: "openai", Operation: "chat", RequestID: "req-1", HTTPStatus: 200, Resend: 2, Incomplete: true, FinishReasons: []string{"stop"},
				},
			},
		},
		{
			"traceroot: messages that a program sets are read as anyone's",
			`{"traceroot.span.type":"llm","traceroot.sdk.name":"traceroot-go","traceroot.span.input":"{\"messages\": [{\"content\": \"hi\", \"role\": \"user\"}]}","traceroot.span.output":"yes"}`,
			told{in: `{"role":"user","content":"hi"}`, out: `{"role":"assistant","content":"yes"}`, output: "yes"},
		},
		{
			"gen_ai: current conventions, instructions and parts",
			`{"gen_ai.operation.name":"chat","gen_ai.provider.name":"aws.bedrock","gen_ai.response.model":"m-1",
			"gen_ai.system_instructions":"[{\"type\":\"text\",\"content\":\"Be brief.\"}]",
			"gen_ai.input.messages":"[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"look\"},{\"type\":\"uri\",\"modality\":\"image\",\"uri\":\"https://x/y.png\",\"mime_type\":\"image/png\"},{\"type\":\"blob\",\"modality\":\"audio\",\"content\":\"AAAA\",\"mime_type\":\"audio/wav\"}]},{\"role\":\"assistant\",\"parts\":[{\"type\":\"reasoning\",\"content\":\"hm\"},{\"type\":\"tool_call\",\"id\":\"c1\",\"name\":\"f\",\"arguments\":{\"a\": 1.50}}]},{\"role\":\"tool\",\"parts\":[{\"type\":\"tool_call_response\",\"id\":\"c1\",\"response\":{\"ok\": true}}]}]",
			"gen_ai.output.messages":"[{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\"done\"}],\"finish_reason\":\"stop\"}]",
			"gen_ai.request.max_tokens":9,"gen_ai.request.stop_sequences":["x"],
			"gen_ai.tool.definitions":"[{\"type\":\"function\",\"name\":\"f\",\"parameters\":{\"type\": \"object\"}}]"}`,
			told{
				kind: store.KindLLM, model: "m-1",
				in: strings.Join([]string{
					`{"role":"system","content":"Be brief."}`,
					`{"role":"user","content":[{"type":"text","text":"look"},{"type":"image","source":"url","url":"https://x/y.png","media_type":"image/png"},{"type":"audio","source":"inline","base64_len":4,"media_type":"audio/wav","data":"data:audio/wav;base64,AAAA"}]}`,
					`{"role":"assistant","content":[{"type":"reasoning","text":"hm"}],"tool_calls":[{"id":"c1","name":"f","arguments":{"a":1.50}}]}`,
					`{"role":"tool","content":"{\"ok\":true}","tool_call_id":"c1"}`,
				}, "\n"),
				out: `{"role":"assistant","content":"done"}`, parameters: `{"max_tokens":9,"stop":["x"]}`, tools: `[{"name":"f","parameters":{"type":"object"}}]`,
				call: store.Call{Provider: "aws.bedrock", Operation: "chat", ResponseModel: "m-1", FinishReasons: []string{"stop"}},
			},
		},
		{
			"gen_ai: a tool that a model asked for",
			`{"gen_ai.operation.name":"execute_tool","gen_ai.tool.name":"search","gen_ai.tool.call.id":"c1","gen_ai.tool.call.arguments":"{}","gen_ai.tool.call.result":"none"}`,
			told{kind: store.KindTool, name: "search", input: "{}", output: "none", call: store.Call{Operation: "execute_tool", ToolCallID: "c1"}},
		},
		{
			"gen_ai: one attribute a member, as OpenLLMetry wrote them",
			`{"gen_ai.system":"OpenAI","llm.request.type":"chat","gen_ai.prompt.0.role":"system","gen_ai.prompt.0.content":"Be brief.","gen_ai.prompt.10.role":"tool","gen_ai.prompt.10.content":"21","gen_ai.prompt.10.tool_call_id":"c1",
			"gen_ai.prompt.2.role":"user","gen_ai.prompt.2.content":"[{\"type\":\"text\",\"text\":\"look\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}}]",
			"gen_ai.completion.0.role":"assistant","gen_ai.completion.0.finish_reason":"tool_calls","gen_ai.completion.0.tool_calls.0.id":"c2","gen_ai.completion.0.tool_calls.0.name":"f","gen_ai.completion.0.tool_calls.0.arguments":"{\"a\":1}",
			"llm.request.functions.0.name":"f","llm.request.functions.0.description":"Does it.","llm.request.functions.0.parameters":"{\"type\":\"object\"}"}`,
			told{
				kind: store.KindLLM,
				in: strings.Join([]string{
					`{"role":"system","content":"Be brief."}`,
					`{"role":"user","content":[{"type":"text","text":"look"},{"type":"image","source":"inline","base64_len":4,"media_type":"image/png","data":"data:image/png;base64,AAAA"}]}`,
					`{"role":"tool","content":"21","tool_call_id":"c1"}`,
				}, "\n"),
				out:    `{"role":"assistant","content":[],"tool_calls":[{"id":"c2","name":"f","arguments":{"a":1}}]}`,
				output: `[{"role":"assistant","content":[],"tool_calls":[{"id":"c2","name":"f","arguments":{"a":1}}]}]`,
				tools:  `[{"name":"f","description":"Does it.","parameters":{"type":"object"}}]`,
				call:   store.Call{Provider: "OpenAI", Operation: "chat", FinishReasons: []string{"tool_calls"}},
			},
		},
		{
			"traceloop: a tool's entity",
			`{"traceloop.span.kind":"tool","traceloop.entity.name":"search","traceloop.entity.input":"{\"args\":[1]}","traceloop.entity.output":"\"x\""}`,
			told{kind: store.KindTool, name: "search", input: `{"args":[1]}`, output: `"x"`},
		},
		{"traceloop: an agent", `{"traceloop.span.kind":"agent"}`, told{kind: store.KindAgent}},
		{
			"openinference: flat messages with a call",
			`{"openinference.span.kind":"LLM","llm.provider":"openai","llm.model_name":"gpt","llm.invocation_parameters":"{\"model\":\"gpt\",\"temperature\":0.1,\"stream\":true}",
			"llm.input_messages.0.message.role":"user","llm.input_messages.0.message.contents.0.message_content.type":"text","llm.input_messages.0.message.contents.0.message_content.text":"look",
			"llm.input_messages.0.message.contents.1.message_content.type":"image","llm.input_messages.0.message.contents.1.message_content.image.image.url":"https://x/y.png",
			"llm.output_messages.0.message.role":"assistant","llm.output_messages.0.message.tool_calls.0.tool_call.id":"c1",
			"llm.output_messages.0.message.tool_calls.0.tool_call.function.name":"f","llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments":"{\"a\": 1}",
			"llm.tools.0.tool.json_schema":"{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}}"}`,
			told{
				kind: store.KindLLM, model: "gpt", parameters: `{"temperature":0.1}`, tools: `[{"name":"f","parameters":{"type":"object"}}]`,
				in:    `{"role":"user","content":[{"type":"text","text":"look"},{"type":"image","source":"url","url":"https://x/y.png"}]}`,
				input: `[{"role":"user","content":[{"type":"text","text":"look"},{"type":"image","source":"url","url":"https://x/y.png"}]}]`,
				out:   `{"role":"assistant","content":[],"tool_calls":[{"id":"c1","name":"f","arguments":{"a":1}}]}`,
				call:  store.Call{Provider: "openai", Operation: "chat"},
			},
		},
		{
			"openinference: documents that a retriever found",
			`{"openinference.span.kind":"RETRIEVER","input.value":"q","retrieval.documents.1.document.content":"b","retrieval.documents.0.document.content":"a","retrieval.documents.0.document.score":0.5}`,
			told{kind: store.KindSpan, input: "q", output: `[{"content":"a","score":0.5},{"content":"b"}]`},
		},
		{
			"openinference: embeddings",
			`{"openinference.span.kind":"EMBEDDING","embedding.model_name":"e","embedding.embeddings.0.embedding.text":"a","llm.token_count.prompt":3}`,
			told{model: "e", in: `{"role":"user","content":"a"}`, call: store.Call{Operation: "embeddings"}},
		},
		{
			"ai sdk: a step of a loop, version 4",
			`{"operation.name":"ai.generateText.doGenerate helper","ai.operationId":"ai.generateText.doGenerate","ai.model.id":"gpt","ai.model.provider":"openai.chat",
			"ai.prompt.messages":"[{\"role\":\"assistant\",\"content\":[{\"type\":\"tool-call\",\"toolCallId\":\"c1\",\"toolName\":\"f\",\"args\":{\"a\":1}}]},{\"role\":\"tool\",\"content\":[{\"type\":\"tool-result\",\"toolCallId\":\"c1\",\"toolName\":\"f\",\"result\":{\"b\":2}},{\"type\":\"tool-result\",\"toolCallId\":\"c2\",\"toolName\":\"g\",\"output\":{\"type\":\"error-text\",\"value\":\"no\"}}]}]",
			"ai.prompt.tools":["{\"type\":\"function\",\"name\":\"f\",\"inputSchema\":{\"type\":\"object\"}}"],
			"ai.response.text":"so","ai.response.reasoning":"hm","ai.response.finishReason":"stop","ai.settings.maxOutputTokens":7}`,
			told{
				kind: store.KindLLM, model: "gpt", parameters: `{"max_tokens":7}`, tools: `[{"name":"f","parameters":{"type":"object"}}]`,
				in: strings.Join([]string{
					`{"role":"assistant","content":[],"tool_calls":[{"id":"c1","name":"f","arguments":{"a":1}}]}`,
					`{"role":"tool","content":"{\"b\":2}","tool_call_id":"c1","name":"f"}`,
					`{"role":"tool","content":"no","tool_call_id":"c2","name":"g","is_error":true}`,
				}, "\n"),
				out:  `{"role":"assistant","content":[{"type":"reasoning","text":"hm"},{"type":"text","text":"so"}]}`,
				call: store.Call{Provider: "openai.chat", Operation: "chat", FinishReasons: []string{"stop"}},
			},
		},
		{
			"ai sdk: a tool",
			`{"operation.name":"ai.toolCall","ai.operationId":"ai.toolCall","ai.toolCall.id":"c1","ai.toolCall.name":"search","ai.toolCall.args":"{}","ai.toolCall.result":"1"}`,
			told{kind: store.KindTool, name: "search", input: "{}", output: "1", call: store.Call{ToolCallID: "c1"}},
		},
		{
			"logfire: events of Pydantic AI as one list",
			`{"gen_ai.operation.name":"chat","events":"[{\"event.name\":\"gen_ai.system.message\",\"content\":\"Be brief.\",\"role\":\"system\"},{\"event.name\":\"gen_ai.user.message\",\"content\":\"hi\"},{\"event.name\":\"gen_ai.tool.message\",\"id\":\"c1\",\"name\":\"f\",\"content\":\"21\"},{\"event.name\":\"gen_ai.choice\",\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"yes\"}}]",
			"model_request_parameters":"{\"function_tools\":[{\"name\":\"f\",\"parameters_json_schema\":{\"type\":\"object\"}}]}"}`,
			told{
				in:  `{"role":"system","content":"Be brief."}` + "\n" + `{"role":"user","content":"hi"}` + "\n" + `{"role":"tool","content":"21","tool_call_id":"c1","name":"f"}`,
				out: `{"role":"assistant","content":"yes"}`, tools: `[{"name":"f","parameters":{"type":"object"}}]`,
			},
		},
		{
			"logfire: a request that it saw a client make",
			`{"gen_ai.system":"openai","request_data":"{\"model\":\"gpt\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}","response_data":"{\"message\":{\"role\":\"assistant\",\"content\":\"yes\"},\"usage\":{}}"}`,
			told{in: `{"role":"user","content":"hi"}`, out: `{"role":"assistant","content":"yes"}`},
		},
		{
			"logfire: an agent's conversation, older",
			`{"gen_ai.operation.name":"invoke_agent","all_messages_events":"[{\"event.name\":\"gen_ai.user.message\",\"content\":\"hi\"},{\"event.name\":\"gen_ai.assistant.message\",\"content\":\"yes\"}]"}`,
			told{kind: store.KindAgent, input: `[{"role":"user","content":"hi"}]`, output: `[{"role":"assistant","content":"yes"}]`},
		},
		{
			"openai responses: items of a conversation",
			`{"openinference.span.kind":"LLM","input.value":"{\"model\":\"gpt\",\"instructions\":\"Be brief.\",\"input\":[{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"hi\"}]},{\"type\":\"function_call\",\"call_id\":\"c1\",\"name\":\"f\",\"arguments\":\"{}\"},{\"type\":\"function_call_output\",\"call_id\":\"c1\",\"output\":\"21\"}]}"}`,
			told{in: strings.Join([]string{
				`{"role":"system","content":"Be brief."}`,
				`{"role":"user","content":"hi"}`,
				`{"role":"assistant","content":[],"tool_calls":[{"id":"c1","name":"f","arguments":{}}]}`,
				`{"role":"tool","content":"21","tool_call_id":"c1"}`,
			}, "\n")},
		},
		{"plain: nothing known", `{"http.request.method":"GET","http.response.status_code":200}`, told{kind: store.KindSpan, name: "span a1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			compare(t, read(attributes(t, tt.a)), tt.want)
		})
	}
}

func compare(t *testing.T, s store.Span, want told) {
	t.Helper()
	call := store.Call{}
	if s.Call != nil {
		call = *s.Call
	}
	for _, field := range []struct{ name, got, want string }{
		{"kind", string(s.Kind), string(want.kind)},
		{"name", s.Name, want.name},
		{"model", s.Model, want.model},
		{"in", lines(call.In), want.in},
		{"out", lines(call.Out), want.out},
		{"input", deref(s.Input), want.input},
		{"output", deref(s.Output), want.output},
		{"parameters", s.Payload.Parameters, want.parameters},
		{"tools", s.Payload.Tools, want.tools},
	} {
		if field.want != "" && field.got != field.want {
			t.Errorf("%s:\n got %s\nwant %s", field.name, field.got, field.want)
		}
	}
	call.In, call.Out = nil, nil
	if diff := cmp.Diff(want.call, call); diff != "" && !cmp.Equal(want.call, store.Call{}) {
		t.Errorf("call (-want +got):\n%s", diff)
	}
}

func lines(messages []store.Message) string {
	var bodies []string
	for _, m := range messages {
		bodies = append(bodies, m.Body)
	}
	return strings.Join(bodies, "\n")
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func TestEvents(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		events []vocab.Event
		want   told
	}{
		{
			"one event a message",
			[]vocab.Event{
				{Name: "gen_ai.system.message", Attributes: vocab.Attributes{"content": "Be brief."}},
				{Name: "gen_ai.user.message", Attributes: vocab.Attributes{"gen_ai.event.content": `{"role":"user","content":"hi"}`}},
				{Name: "gen_ai.assistant.message", Attributes: vocab.Attributes{"tool_calls": `[{"id":"c1","function":{"name":"f","arguments":"{}"}}]`}},
				{Name: "gen_ai.tool.message", Attributes: vocab.Attributes{"id": "c1", "content": "21"}},
				{Name: "gen_ai.choice", Attributes: vocab.Attributes{"index": int64(0), "finish_reason": "stop", "message": map[string]any{"content": "yes"}}},
				{Name: "unrelated", Attributes: vocab.Attributes{"content": "no"}},
			},
			told{
				in: strings.Join([]string{
					`{"role":"system","content":"Be brief."}`,
					`{"role":"user","content":"hi"}`,
					`{"role":"assistant","content":[],"tool_calls":[{"id":"c1","name":"f","arguments":{}}]}`,
					`{"role":"tool","content":"21","tool_call_id":"c1"}`,
				}, "\n"),
				out:  `{"role":"assistant","content":"yes"}`,
				call: store.Call{Operation: "chat", FinishReasons: []string{"stop"}},
			},
		},
		{
			"all messages in one event",
			[]vocab.Event{{Name: "gen_ai.client.inference.operation.details", Attributes: vocab.Attributes{
				"gen_ai.system_instructions": `[{"type":"text","content":"Be brief."}]`,
				"gen_ai.input.messages":      []any{map[string]any{"role": "user", "parts": []any{map[string]any{"type": "text", "content": "hi"}}}},
				"gen_ai.output.messages":     `[{"role":"assistant","parts":[{"type":"text","content":"yes"}],"finish_reason":"stop"}]`,
			}}},
			told{
				in:  `{"role":"system","content":"Be brief."}` + "\n" + `{"role":"user","content":"hi"}`,
				out: `{"role":"assistant","content":"yes"}`, call: store.Call{Operation: "chat", FinishReasons: []string{"stop"}},
			},
		},
		{
			"prompt and completion",
			[]vocab.Event{
				{Name: "gen_ai.content.prompt", Attributes: vocab.Attributes{"gen_ai.prompt": `[{"role":"user","content":"hi"}]`}},
				{Name: "gen_ai.content.completion", Attributes: vocab.Attributes{"gen_ai.completion": "yes"}},
			},
			told{in: `{"role":"user","content":"hi"}`, out: `{"role":"assistant","content":"yes"}`},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			raw := rawSpan("a1", "", vocab.Attributes{"gen_ai.operation.name": "chat"})
			raw.Events = tt.events
			compare(t, vocab.Read([]vocab.RawSpan{raw}).Spans[0], tt.want)
		})
	}
}

// What our SDK sends is in our form already: reading it as anyone's messages must give the same bytes, or one conversation
// would be stored twice.
func TestOwnFormIsReadAsItIs(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"role":"user","content":"é \"quoted\" <b>\n\u0001"}`,
		`{"role":"developer","content":[]}`,
		`{"role":"user","content":[{"type":"text","text":"a"},{"type":"image","source":"inline","base64_len":12,"media_type":"image/png"},{"type":"file","source":"text","text":"x","name":"n"}]}`,
		`{"role":"assistant","content":[{"type":"reasoning","redacted":true},{"type":"reasoning","text":"hm"},{"type":"refusal","text":"no"}],"tool_calls":[{"id":"c","name":"f","arguments":{"n":1.50}},{"name":"g","arguments":"cut {"}]}`,
		`{"role":"tool","content":"21","tool_call_id":"c","name":"f","is_error":true}`,
		`{"role":"tool","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"tool_call_id":"c"}`,
		`{"role":"assistant","content":[{"type":"audio","ref":"r","transcript":"t"},{"type":"server_tool_call","name":"s","id":"i","arguments":{}},{"type":"tokens","count":3},{"type":"compaction"}]}`,
	} {
		got := read(vocab.Attributes{"traceroot.span.type": "llm", "traceroot.span.input": "[" + body + "]"})
		if got.Call == nil || lines(got.Call.In) != body {
			t.Errorf("%s\nis read as\n%+v", body, got.Call)
		}
	}
}
