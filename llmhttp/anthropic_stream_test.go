package llmhttp_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// Events of a message.
const (
	messageStart = `{"type":"message_start","message":{"id":"i1","model":"m1","role":"assistant","content":[],"usage":{"input_tokens":3}}}`
	messageEnd   = `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}`
	messageStop  = `{"type":"message_stop"}`
	ping         = `{"type":"ping"}`
)

func blockStart(index int, block string) string {
	return fmt.Sprintf(`{"type":"content_block_start","index":%d,"content_block":%s}`, index, block)
}

func blockDelta(index int, delta string) string {
	return fmt.Sprintf(`{"type":"content_block_delta","index":%d,"delta":%s}`, index, delta)
}

func textDelta(index int, text string) string {
	return blockDelta(index, `{"type":"text_delta","text":"`+text+`"}`)
}

func inputDelta(index int, quoted string) string {
	return blockDelta(index, `{"type":"input_json_delta","partial_json":"`+quoted+`"}`)
}

func TestAnthropicStreams(t *testing.T) {
	t.Parallel()
	const text, thinking = `{"type":"text","text":""}`, `{"type":"thinking","thinking":"","signature":""}`
	for name, c := range map[string]struct {
		events   []string // after messageStart
		messages string
		first    int
	}{
		"text": {
			[]string{blockStart(0, text), ping, textDelta(0, ""), textDelta(0, "He"), textDelta(0, "llo"), `{"type":"content_block_stop","index":0}`},
			`[{"role":"assistant","content":"Hello"}]`, 4,
		},
		"one part a block": {
			[]string{blockStart(0, text), textDelta(0, "a"), blockDelta(0, `{"type":"citations_delta","citation":{}}`), blockStart(1, text), textDelta(1, "b")},
			`[{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]`, 2,
		},
		"blocks out of order": {
			[]string{blockStart(1, text), textDelta(1, "b"), blockStart(0, text), textDelta(0, "a"), textDelta(1, "B")},
			`[{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"bB"}]}]`, 2,
		},
		"thoughts": {
			[]string{
				blockStart(0, thinking), blockDelta(0, `{"type":"thinking_delta","thinking":"H"}`), blockDelta(0, `{"type":"thinking_delta","thinking":"m"}`),
				blockDelta(0, `{"type":"signature_delta","signature":"x"}`), blockStart(1, text), textDelta(1, "Yes"),
			},
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"},{"type":"text","text":"Yes"}]}]`, 2,
		},
		"thoughts that are not shown": {
			[]string{blockStart(0, thinking), blockDelta(0, `{"type":"signature_delta","signature":"x"}`), blockStart(1, `{"type":"redacted_thinking","data":"x"}`)},
			`[{"role":"assistant","content":[{"type":"reasoning","redacted":true}]}]`, 3,
		},
		"calls": {
			[]string{
				blockStart(0, `{"type":"tool_use","id":"a","name":"f","input":{}}`), inputDelta(0, ""), inputDelta(0, `{\"x\":`), inputDelta(0, `1.0}`),
				blockStart(1, `{"type":"tool_use","id":"b","name":"g","input":{}}`),
				blockStart(2, `{"type":"tool_use","id":"c","name":"h","input":{"y":2}}`),
			},
			`[{"role":"assistant","content":[],"tool_calls":[{"id":"a","name":"f","arguments":{"x":1.0}},` +
				`{"id":"b","name":"g","arguments":{}},{"id":"c","name":"h","arguments":{"y":2}}]}]`, 1,
		},
		"pieces replace the input": {
			[]string{blockStart(0, `{"type":"tool_use","id":"a","name":"f","input":{"y":2}}`), inputDelta(0, `{\"x\":1}`)},
			`[{"role":"assistant","content":[],"tool_calls":[{"id":"a","name":"f","arguments":{"x":1}}]}]`, 1,
		},
		"arguments cut short": {
			[]string{blockStart(0, `{"type":"tool_use","id":"a","name":"f","input":{}}`), inputDelta(0, `{\"x\":`)},
			`[{"role":"assistant","content":[],"tool_calls":[{"id":"a","name":"f","arguments":"{\"x\":"}]}]`, 1,
		},
		"tools of the provider": {
			[]string{
				blockStart(0, `{"type":"server_tool_use","id":"s","name":"web_search","input":{}}`), inputDelta(0, `{\"query\":\"q\"}`),
				blockStart(1, `{"type":"web_search_tool_result","tool_use_id":"s","content":[{"type":"web_search_result"}]}`),
				blockStart(2, `{"type":"mcp_tool_use","id":"p","name":"f","server_name":"s","input":{}}`),
				blockStart(3, `{"type":"mcp_tool_result","tool_use_id":"p","content":[]}`),
			},
			`[{"role":"assistant","content":[{"type":"server_tool_call","name":"web_search","id":"s","arguments":{"query":"q"}},` +
				`{"type":"server_tool_result","name":"web_search_tool_result","id":"s"},{"type":"server_tool_call","name":"f","id":"p","arguments":{}},` +
				`{"type":"server_tool_result","name":"mcp_tool_result","id":"p"}]}]`, 1,
		},
		"compaction": {
			[]string{blockStart(0, `{"type":"compaction","content":null}`), blockDelta(0, `{"type":"compaction_delta","content":"c"}`), textDelta(1, "a")},
			`[{"role":"assistant","content":[{"type":"compaction"},{"type":"text","text":"a"}]}]`, 3,
		},
		"a block that begins with its text": {
			[]string{blockStart(0, `{"type":"text","text":"a"}`), textDelta(0, "b")},
			`[{"role":"assistant","content":"ab"}]`, 1,
		},
		"blocks without a beginning": {
			[]string{textDelta(0, "a"), blockDelta(1, `{"type":"thinking_delta","thinking":"t"}`), inputDelta(2, "{}")},
			`[{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"reasoning","text":"t"}]}]`, 1,
		},
		"a thought in a text": {
			[]string{blockStart(0, text), blockDelta(0, `{"type":"thinking_delta","thinking":"t"}`), textDelta(0, "a")},
			`[{"role":"assistant","content":"a"}]`, 3,
		},
		"events that say nothing": {
			[]string{
				`null`, `[]`, `not JSON`, `{}`, `{"type":7}`, `{"type":"unheard"}`, blockStart(0, `7`), blockStart(-1, `{"type":"text","text":{}}`),
				blockDelta(5, `null`), `{"type":"content_block_delta"}`, blockDelta(6, `{"type":"text_delta","text":7}`),
				`{"type":"message_delta","delta":{"stop_reason":7},"usage":[]}`, `{"type":"message_start"}`,
			},
			`[{"role":"assistant","content":[{"type":"unknown"}]}]`, -1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events := slices.Concat([]string{messageStart}, c.events, []string{messageEnd, messageStop})
			_, r := exchange{url: anthropicURL, request: `{"stream":true}`, answer: sse(events...), size: 5}.read(t)
			if got := messages(r.Messages); got != c.messages {
				t.Errorf("got  %s\nwant %s", got, c.messages)
			}
			if r.ID != "i1" || r.Model != "m1" || !slices.Equal(r.FinishReasons, []string{"end_turn"}) || !r.Complete {
				t.Errorf("got %+v", r)
			}
			if r.Stream.FirstOutput != c.first || r.Stream.Events != len(events) {
				t.Errorf("got %+v, want first output in event %d of %d", r.Stream, c.first, len(events))
			}
			if want := int64(len(sse(events[:c.first+1]...))); r.Stream.FirstOutputOffset != want {
				t.Errorf("first output ends at %d, want %d", r.Stream.FirstOutputOffset, want)
			}
		})
	}
}

func TestAnthropicStreamEnds(t *testing.T) {
	t.Parallel()
	text := sse(messageStart, textDelta(0, "a"))
	const fault = `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`
	overloaded := &llmhttp.Error{Status: 200, Type: "overloaded_error", Message: "Overloaded"}
	for name, c := range map[string]struct {
		answer   string
		cut      bool
		complete bool
		fault    *llmhttp.Error
	}{
		"its end":                        {text + sse(messageEnd, messageStop), false, true, nil},
		"an end without a reason":        {text + sse(messageStop), false, true, nil},
		"an end that lacks a blank line": {strings.TrimRight(text+sse(messageStop), "\n"), false, true, nil},
		"a reason, no end":               {text + sse(messageEnd), false, false, nil},
		"nothing more":                   {text, false, false, nil},
		"cut after its end":              {text + sse(messageEnd, messageStop), true, false, nil},
		"cut inside an event":            {text + `data: {"type":"message_s`, true, false, nil},
		"an error":                       {text + "event: error\n" + sse(fault), false, false, overloaded},
		"an error by its data alone":     {text + sse(fault), false, false, overloaded},
		"an error, then its end":         {text + sse(fault, messageStop), false, false, overloaded},
		"an error of a gateway": {
			text + sse(`{"error":{"type":"overloaded_error","message":"Overloaded"}}`), false, false, overloaded,
		},
		"an error without its wrapping": {
			text + "event: error\n" + sse(`{"type":"overloaded_error","message":"Overloaded"}`), false, false, overloaded,
		},
		"an error that is no JSON": {text + "event: error\n" + sse("oh"), false, false, &llmhttp.Error{Status: 200}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: anthropicURL, request: `{"stream":true}`, answer: c.answer, cut: c.cut}.read(t)
			if r.Complete != c.complete {
				t.Errorf("complete %v, want %v", r.Complete, c.complete)
			}
			if (r.Error == nil) != (c.fault == nil) || c.fault != nil && *r.Error != *c.fault {
				t.Errorf("got %+v, want %+v", r.Error, c.fault)
			}
			if got := messages(r.Messages); got != `[{"role":"assistant","content":"a"}]` {
				t.Errorf("what had arrived is lost: %s", got)
			}
		})
	}
}

func TestAnthropicStreamsThatNeverBegan(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"empty":    "",
		"a ping":   sse(ping),
		"an error": sse(`{"type":"error","error":{"type":"api_error","message":"Oh"}}`),
	} {
		_, r := exchange{url: claudeOnVertex + "m:streamRawPredict", answer: answer}.read(t)
		if r.Messages != nil || r.FinishReasons != nil || r.Complete || r.Stream == nil || r.Stream.FirstOutput != -1 {
			t.Errorf("%s: got %+v", name, r)
		}
	}
}

func TestAnthropicStreamTellsTheFirstOutputAndTheEnd(t *testing.T) {
	t.Parallel()
	p := exchange{url: anthropicURL, request: `{"stream":true}`}.ask(t).Parser(http.StatusOK, nil)
	for i, step := range []struct {
		event            string
		output, terminal bool
	}{
		{messageStart, false, false},
		{ping, false, false},
		{blockStart(0, `{"type":"tool_use","id":"a","name":"f","input":{}}`), true, false},
		{messageEnd, true, false},
		{messageStop, true, true},
	} {
		_, _ = p.Write([]byte(sse(step.event)))
		if p.HasOutput() != step.output || p.Terminal() != step.terminal {
			t.Errorf("after event %d: output %v, terminal %v, want %v and %v", i, p.HasOutput(), p.Terminal(), step.output, step.terminal)
		}
	}
}

func TestAnthropicStreamIsBounded(t *testing.T) {
	t.Parallel()
	t.Run("one text", func(t *testing.T) {
		t.Parallel()
		const limit, pieces = 1000, 30
		piece := strings.Repeat("x", 100)
		events := []string{messageStart, blockStart(1, `{"type":"tool_use","id":"a","name":"f","input":{"x":"`+strings.Repeat("x", 3000)+`"}}`)}
		for range pieces {
			events = append(events, textDelta(0, piece))
		}
		_, r := exchange{
			url: anthropicURL, request: `{"stream":true}`, limits: llmhttp.Limits{Text: limit}, answer: sse(append(events, messageEnd, messageStop)...),
		}.read(t)
		if got := len(r.Messages[0].Content[0].Text); got != limit {
			t.Errorf("%d bytes of text are kept, want %d", got, limit)
		}
		if want := pieces*len(piece) - limit + len(`{"x":""}`) + 3000 - limit; llmhttp.Dropped(r.Messages) != want {
			t.Errorf("%d bytes are said to be left out, want %d", llmhttp.Dropped(r.Messages), want)
		}
		if r.Usage.Output != llmhttp.Tokens(9) || !r.Complete {
			t.Errorf("what came after the text is lost: %+v", r)
		}
	})
	t.Run("all texts, names and blocks", func(t *testing.T) {
		t.Parallel()
		long := strings.Repeat("n", 64<<10)
		p := exchange{url: anthropicURL, request: `{"stream":true}`}.ask(t).Parser(http.StatusOK, nil)
		for i := range 2000 {
			_, _ = p.Write([]byte(sse(blockStart(i, `{"type":"tool_use","id":"`+long+`","name":"f","input":{}}`), textDelta(i, "a"))))
		}
		r := p.Finish(true)
		if got := len(messages(r.Messages)); got > 17*mib {
			t.Errorf("%d bytes are kept", got)
		}
		if got := len(r.Messages[0].ToolCalls); got < 1000 || got > 1100 {
			t.Errorf("%d blocks are kept", got)
		}
	})
}
