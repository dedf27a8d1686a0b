package llmhttp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

func TestFollow(t *testing.T) {
	t.Parallel()
	sse := func(events ...string) string { return "data: " + strings.Join(events, "\n\ndata: ") + "\n\n" }
	for name, c := range map[string]struct {
		exchange

		want []string
	}{
		"chat completions: the first choice, and neither thoughts nor calls": {exchange{answer: sse(
			`{"choices":[{"index":1,"delta":{"content":"No"}},{"index":0,"delta":{"reasoning_content":"Hm","content":"Yes"}}]}`,
			`{"choices":[{"index":0,"delta":{"content":", 日本","tool_calls":[{"index":0,"function":{"name":"f","arguments":"{}"}}]}}]}`,
			`{"choices":[{"index":1,"delta":{"content":"!"},"finish_reason":"stop"}]}`, `[DONE]`,
		)}, []string{"Yes", ", 日本"}},
		"messages: every block of text": {exchange{url: "https://api.anthropic.com/v1/messages", answer: sse(
			`{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}`,
			`{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}`,
			`{"type":"content_block_start","index":1,"content_block":{"type":"text","text":"A"}}`,
			`{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"b"}}`,
			`{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"c"}}`,
			`{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}`,
			`{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{}"}}`,
		)}, []string{"A", "b", "c"}},
		"responses": {exchange{url: "https://api.openai.com/v1/responses", answer: sse(
			`{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"Hm"}`,
			`{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"Hel"}`,
			`{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"lo"}`,
			`{"type":"response.output_text.done","output_index":1,"content_index":0,"text":"Hello"}`,
			`{"type":"response.function_call_arguments.delta","output_index":2,"delta":"{}"}`,
		)}, []string{"Hel", "lo"}},
		"Gemini: the first candidate": {exchange{
			url: "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
			answer: sse(
				`{"candidates":[{"index":1,"content":{"parts":[{"text":"No"}]}},{"index":0,"content":{"parts":[{"text":"Hm","thought":true},{"text":"Yes"}]}}]}`,
				`{"candidates":[{"index":0,"content":{"parts":[{"text":"!"}]},"finishReason":"STOP"}]}`,
			),
		}, []string{"Yes", "!"}},
		"Ollama": {exchange{
			url: "http://localhost:11434/api/chat", request: `{"model":"llama3.2","messages":[]}`,
			answer: `{"message":{"thinking":"Hm","content":""},"done":false}` + "\n" + `{"message":{"content":"Hi"},"done":true}` + "\n",
		}, []string{"Hi"}},
		"Cohere": {exchange{url: "https://api.cohere.com/v2/chat", answer: sse(
			`{"type":"content-delta","index":0,"delta":{"message":{"content":{"thinking":"Hm"}}}}`,
			`{"type":"content-delta","index":1,"delta":{"message":{"content":{"text":"Hi"}}}}`,
		)}, []string{"Hi"}},
		"as far as text is kept": {exchange{limits: llmhttp.Limits{Text: 4}, answer: sse(
			`{"choices":[{"index":0,"delta":{"content":"abc"}}]}`, `{"choices":[{"index":0,"delta":{"content":"def"}}]}`,
			`{"choices":[{"index":0,"delta":{"content":"g"}}]}`,
		)}, []string{"abc", "d"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.request == "" {
				c.request = `{"model":"m","stream":true,"messages":[]}`
			}
			var heard []string
			header := http.Header{"Content-Type": {"text/event-stream"}}
			if strings.HasPrefix(c.answer, "{") {
				header.Set("Content-Type", "application/x-ndjson")
			}
			parser := c.ask(t).Parser(http.StatusOK, header)
			parser.Follow(func(text string) { heard = append(heard, text) })
			for chunk := range chunks([]byte(c.answer), 7) {
				_, _ = parser.Write(chunk)
			}
			parser.Finish(false)
			if strings.Join(heard, "|") != strings.Join(c.want, "|") {
				t.Errorf("heard %q, want %q", heard, c.want)
			}
		})
	}
}
