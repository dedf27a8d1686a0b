package llmhttp_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// liveStreams are streams as providers send them, event by event.
var liveStreams = map[string]struct {
	url   string
	head  []string
	event func(i int) string
	tail  []string
}{
	"OpenAI chat": {
		url:  chatURL,
		head: []string{"data: " + chatChunk(`{"role":"assistant","content":"","refusal":null}`, "") + "\n\n"},
		event: func(i int) string {
			return "data: " + chatChunk(fmt.Sprintf(`{"content":" word%d"}`, i), strings.Repeat("x", i%7)) + "\n\n"
		},
		tail: []string{
			`data: {"id":"chatcmpl-C8","object":"chat.completion.chunk","created":1756900000,"model":"gpt-4o-2024-08-06",` +
				`"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n",
			`data: {"id":"chatcmpl-C8","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":200,"total_tokens":220}}` + "\n\n",
			"data: [DONE]\n\n",
		},
	},
	"OpenAI responses": {
		url: responsesURL,
		head: []string{
			sse(created),
			sse(added(0, `{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]}`)),
		},
		event: func(i int) string {
			return fmt.Sprintf("event: response.output_text.delta\ndata: "+`{"type":"response.output_text.delta","sequence_number":%d,`+
				`"item_id":"msg_1","output_index":0,"content_index":0,"delta":" word%d","logprobs":[],"obfuscation":"%s"}`+"\n\n",
				i+4, i, strings.Repeat("y", i%5))
		},
		tail: []string{sse(completed)},
	},
	"Anthropic": {
		url: "https://api.anthropic.com/v1/messages",
		head: []string{
			"event: message_start\ndata: " + `{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant",` +
				`"model":"claude","content":[],"usage":{"input_tokens":9,"output_tokens":1}}}` + "\n\n",
			"event: content_block_start\ndata: " + `{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}` + "\n\n",
			"event: ping\ndata: " + `{"type": "ping"}` + "\n\n",
		},
		event: func(i int) string {
			return "event: content_block_delta\ndata: " + fmt.Sprintf(
				`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" word%d\n"}}`, i) + "\n\n"
		},
		tail: []string{
			"event: content_block_stop\ndata: " + `{"type":"content_block_stop","index":0}` + "\n\n",
			"event: message_delta\ndata: " + `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":200}}` + "\n\n",
			"event: message_stop\ndata: " + `{"type":"message_stop"}` + "\n\n",
		},
	},
	"Gemini": {
		url: "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
		event: func(i int) string {
			return "data: " + fmt.Sprintf(`{"candidates": [{"content": {"parts": [{"text": " word%d"}],"role": "model"},"index": 0}],`+
				`"usageMetadata": {"promptTokenCount": 7,"candidatesTokenCount": %d,"totalTokenCount": %d},"modelVersion": "gemini-2.5-flash",`+
				`"responseId": "abc"}`, i, 3*i+1, 3*i+8) + "\r\n\r\n"
		},
		tail: []string{`data: {"candidates": [{"content": {"parts": [{"text": ""}],"role": "model"},"finishReason": "STOP","index": 0}]}` + "\r\n\r\n"},
	},
	"Ollama": {
		url: "http://localhost:11434/api/chat",
		event: func(i int) string {
			return fmt.Sprintf(`{"model":"llama3.2","created_at":"2025-09-01T10:00:%02d.%06dZ","message":{"role":"assistant","content":" word%d"},"done":false}`+"\n",
				i%60, i*7919%1000000, i)
		},
		tail: []string{`{"model":"llama3.2","created_at":"2025-09-01T10:01:00.5Z","message":{"role":"assistant","content":""},"done":true,` +
			`"done_reason":"stop","prompt_eval_count":26,"eval_count":200}` + "\n"},
	},
}

func chatChunk(delta, obfuscation string) string {
	return `{"id":"chatcmpl-C8tnS2fVQ0Yd4mXkJrZb","object":"chat.completion.chunk","created":1756900000,` +
		`"model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_cbf1785567",` +
		`"choices":[{"index":0,"delta":` + delta + `,"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"` + obfuscation + `"}`
}

// BenchmarkStream is the cost of one event that brings a piece of text, among as many as an answer has, each read apart.
func BenchmarkStream(b *testing.B) {
	const events = 200
	for name, s := range liveStreams {
		var reads [][]byte
		for _, event := range s.head {
			reads = append(reads, []byte(event))
		}
		for i := range events {
			reads = append(reads, []byte(s.event(i)))
		}
		for _, event := range s.tail {
			reads = append(reads, []byte(event))
		}
		b.Run(name, func(b *testing.B) {
			q := exchange{url: s.url, request: `{"model":"m","stream":true}`}.ask(b)
			b.ReportAllocs()
			for b.Loop() {
				p := q.Parser(http.StatusOK, nil)
				for _, read := range reads {
					_, _ = p.Write(read)
				}
				if r := p.Finish(false); !r.Complete || len(r.Messages) == 0 {
					b.Fatalf("got %+v", r)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(reads)), "ns/event")
		})
	}
}
