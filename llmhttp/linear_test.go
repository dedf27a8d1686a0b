package llmhttp_test

import (
	"strings"
	"testing"
)

// TestReadingTakesMemoryInProportion wants what is made of many parts to be joined at once: joined one by one, four times as
// many of them take sixteen times the memory.
func TestReadingTakesMemoryInProportion(t *testing.T) { // alone: it counts what is allocated
	const anthropicURL, cohereURL = "https://api.anthropic.com/v1/messages", "https://api.cohere.com/v1/chat"
	const bedrockURL = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse"
	const geminiURL = "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent"
	const many = 4000
	list := func(item string, n int) string { return strings.TrimSuffix(strings.Repeat(item+",", n), ",") }
	word := strings.Repeat("word ", 10)
	for name, of := range map[string]func(n int) exchange{
		"texts of Converse": func(n int) exchange {
			return exchange{url: bedrockURL, answer: `{"output":{"message":{"content":[` + list(`{"text":"`+word+`"}`, n) + `]}}}`}
		},
		"a document of Converse": func(n int) exchange {
			return exchange{url: bedrockURL, request: `{"messages":[{"role":"user","content":[{"document":{"source":{"content":[` +
				list(`{"text":"`+word+`"}`, n) + `]}}}]}]}`}
		},
		"a document of Anthropic": func(n int) exchange {
			return exchange{url: anthropicURL, request: `{"messages":[{"role":"user","content":[{"type":"document","source":{"type":"content","content":[` +
				list(`{"type":"text","text":"`+word+`"}`, n) + `]}}]}]}`}
		},
		"texts of Gemini": func(n int) exchange {
			return exchange{url: geminiURL, answer: `{"candidates":[{"content":{"parts":[` + list(`{"text":"`+word+`"}`, n) + `]}}]}`}
		},
		"thoughts of Gemini": func(n int) exchange {
			return exchange{url: geminiURL, answer: `{"candidates":[{"content":{"parts":[` + list(`{"thought":true,"text":"`+word+`"}`, n) + `]}}]}`}
		},
		"a thought of Mistral": func(n int) exchange {
			return exchange{answer: `{"choices":[{"message":{"content":[{"type":"thinking","thinking":[` + list(`{"text":"`+word+`"}`, n) + `]}]}}]}`}
		},
		"a summary of OpenAI": func(n int) exchange {
			return exchange{url: responsesURL, answer: `{"output":[{"type":"reasoning","summary":[` + list(`{"text":"`+word+`"}`, n) + `]}]}`}
		},
		"a stream of texts": func(n int) exchange {
			return exchange{request: `{"stream":true}`, answer: strings.Repeat(sse(delta(0, `"content":"`+word+`"`)), n)}
		},
		"a stream of lists": func(n int) exchange {
			return exchange{request: `{"stream":true}`, answer: strings.Repeat(sse(delta(0, `"content":[{"type":"text","text":"`+word+`"}]`)), n)}
		},
		"a stream of arguments": func(n int) exchange {
			return exchange{request: `{"stream":true}`, answer: strings.Repeat(sse(delta(0, `"tool_calls":[{"index":0,"function":{"arguments":"`+word+`"}}]`)), n)}
		},
		"a stream of lines": func(n int) exchange {
			return exchange{url: cohereURL, request: `{"stream":true}`, answer: strings.Repeat(`{"event_type":"text-generation","text":"`+word+`"}`+"\n", n)}
		},
	} {
		allocated := func(n int) uint64 {
			e := of(n)
			return heapGrowth(func() { e.read(t) })
		}
		allocated(1) // what is made once
		if few, lots := allocated(many), allocated(4*many); lots > 6*few {
			t.Errorf("%s: %d of them take %d KiB, but four times as many %d KiB", name, many, few>>10, lots>>10)
		}
	}
}
