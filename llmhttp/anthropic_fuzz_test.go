package llmhttp_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// FuzzAnthropic wants no panic, messages that are JSON, and the same reading wherever the network cuts the answer.
func FuzzAnthropic(f *testing.F) {
	request := `{"model":"m","max_tokens":1,"stream":true,"system":"s","tools":[{"name":"f"}],"messages":[{"role":"user","content":[
		{"type":"tool_result","tool_use_id":"c","content":[{"type":"image","source":{"type":"base64","data":"QQ=="}}]}]}]}`
	for _, answer := range []string{
		sse(messageStart, ping, textDelta(0, "é"), messageEnd, messageStop),
		sse(messageStart, blockStart(-1, `{"type":"tool_use","input":{"x":"\ud800"}}`), inputDelta(-1, `{\"`), `{"type":"error","error":7}`),
		`{"content":[{"type":"server_tool_use","input":[]},{"type":"redacted_thinking"},{"type":"x_tool_result"}],"usage":{"input_tokens":1e99}}`,
		`{"type":"error","error":{"type":{},"message":[]}}`,
	} {
		f.Add(request, answer, 200, 7)
		f.Add(request, answer, 529, 3)
	}
	f.Fuzz(func(t *testing.T, request, answer string, status, size int) {
		for _, url := range []string{anthropicURL, anthropicCountURL, claudeOnVertex + "m:streamRawPredict"} {
			e := exchange{url: url, request: request, answer: answer, status: status, limits: llmhttp.Limits{Text: 300}}
			q, whole := e.read(t)
			for _, list := range [][]llmhttp.Message{q.Messages, whole.Messages} {
				if text := messages(list); !json.Valid([]byte(text)) {
					t.Fatalf("%s is no JSON", text)
				}
			}
			e.size = max(size, 1)
			if _, cut := e.read(t); !reflect.DeepEqual(cut, whole) {
				t.Fatalf("read %d bytes at a time: %+v\nwhole: %+v", e.size, cut, whole)
			}
		}
	})
}
