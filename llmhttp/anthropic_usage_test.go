package llmhttp_test

import (
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

func TestAnthropicUsage(t *testing.T) {
	t.Parallel()
	n := llmhttp.Tokens
	for name, c := range map[string]struct {
		usage string
		want  llmhttp.Usage
	}{
		"plain":       {`{"input_tokens":3,"output_tokens":4}`, llmhttp.Usage{Input: n(3), Output: n(4)}},
		"reported 0s": {`{"input_tokens":0,"output_tokens":0}`, llmhttp.Usage{Input: n(0), Output: n(0)}},
		"the cache is part of the input": {
			`{"input_tokens":3,"cache_read_input_tokens":10,"cache_creation_input_tokens":20,"output_tokens":4,` +
				`"cache_creation":{"ephemeral_5m_input_tokens":5,"ephemeral_1h_input_tokens":15}}`,
			llmhttp.Usage{Input: n(33), Output: n(4), CacheRead: n(10), CacheWrite: n(20), CacheWrite1h: n(15)},
		},
		"no word of the cache": {
			`{"input_tokens":3,"cache_read_input_tokens":null,"cache_creation":null,"output_tokens":4}`,
			llmhttp.Usage{Input: n(3), Output: n(4)},
		},
		"the cache alone": {
			`{"cache_read_input_tokens":10}`, llmhttp.Usage{CacheRead: n(10)},
		},
		"thinking": {
			`{"output_tokens":9,"output_tokens_details":{"thinking_tokens":5}}`, llmhttp.Usage{Output: n(9), Reasoning: n(5)},
		},
		"compaction is added, an advisor is not": {
			`{"input_tokens":3,"output_tokens":4,"cache_read_input_tokens":0,"iterations":[` +
				`{"type":"compaction","input_tokens":100,"output_tokens":10,"cache_read_input_tokens":50,"cache_creation_input_tokens":0},` +
				`{"type":"message","input_tokens":3,"output_tokens":4},{"type":"advisor_message","input_tokens":500,"output_tokens":500},` +
				`{"type":"compaction","input_tokens":1,"output_tokens":1,"cache_creation_input_tokens":7,` +
				`"cache_creation":{"ephemeral_1h_input_tokens":6}}]}`,
			llmhttp.Usage{Input: n(161), Output: n(15), CacheRead: n(50), CacheWrite: n(7), CacheWrite1h: n(6)},
		},
		"members of other types": {
			`{"input_tokens":"3","output_tokens":{},"cache_read_input_tokens":true,"cache_creation":[],"iterations":{"a":1},"output_tokens_details":7}`,
			llmhttp.Usage{},
		},
		"iterations of other types": {`{"input_tokens":3,"iterations":[7,null,{"type":"compaction","input_tokens":"9"}]}`, llmhttp.Usage{Input: n(3)}},
		"none":                      {`null`, llmhttp.Usage{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: anthropicURL, answer: `{"content":[],"usage":` + c.usage + `}`}.read(t)
			if r.Usage != c.want {
				t.Errorf("got %+v, want %+v", r.Usage, c.want)
			}
			_, r = exchange{url: anthropicURL, request: `{"stream":true}`, answer: sse(
				`{"type":"message_start","message":{"usage":`+c.usage+`}}`, messageStop)}.read(t)
			if r.Usage != c.want {
				t.Errorf("in a stream: got %+v, want %+v", r.Usage, c.want)
			}
		})
	}
}

func TestAnthropicStreamOverridesUsageKeyByKey(t *testing.T) {
	t.Parallel()
	n := llmhttp.Tokens
	first := `{"type":"message_start","message":{"usage":{"input_tokens":20,"cache_read_input_tokens":5,"output_tokens":1,` +
		`"iterations":[{"type":"compaction","input_tokens":1000}]}}}`
	for name, c := range map[string]struct {
		deltas []string
		want   llmhttp.Usage
	}{
		"cut before its end": {nil, llmhttp.Usage{Input: n(1025), CacheRead: n(5), Output: n(1)}},
		"output alone":       {[]string{`{"output_tokens":9}`}, llmhttp.Usage{Input: n(1025), CacheRead: n(5), Output: n(9)}},
		"all of it": {
			[]string{`{"input_tokens":90,"cache_read_input_tokens":0,"output_tokens":9,"iterations":[]}`},
			llmhttp.Usage{Input: n(90), CacheRead: n(0), Output: n(9)},
		},
		"twice":        {[]string{`{"output_tokens":9}`, `{"output_tokens":11}`}, llmhttp.Usage{Input: n(1025), CacheRead: n(5), Output: n(11)}},
		"null is none": {[]string{`{"input_tokens":null,"iterations":null}`}, llmhttp.Usage{Input: n(1025), CacheRead: n(5), Output: n(1)}},
	} {
		events := []string{first}
		for _, u := range c.deltas {
			events = append(events, `{"type":"message_delta","delta":{},"usage":`+u+`}`)
		}
		_, r := exchange{url: anthropicURL, request: `{"stream":true}`, answer: sse(events...)}.read(t)
		if r.Usage != c.want {
			t.Errorf("%s: got %+v, want %+v", name, r.Usage, c.want)
		}
	}
}
