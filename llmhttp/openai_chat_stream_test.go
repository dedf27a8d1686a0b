package llmhttp_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// sse writes events of JSON, or of the mark of the end.
func sse(data ...string) string {
	var b strings.Builder
	for _, d := range data {
		b.WriteString("data: " + d + "\n\n")
	}
	return b.String()
}

// delta is a chunk of one choice.
func delta(index int, members string) string {
	return fmt.Sprintf(`{"id":"r1","model":"m1","choices":[{"index":%d,"delta":{%s}}]}`, index, members)
}

// stop is the chunk that ends the first choice.
const stop = `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`

func TestChatStreams(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		events   []string
		messages string
		first    int
	}{
		"text": {
			[]string{delta(0, `"role":"assistant","content":""`), delta(0, `"content":"He"`), delta(0, `"content":"llo"`)},
			`[{"role":"assistant","content":"Hello"}]`, 1,
		},
		"reasoning first": {
			[]string{delta(0, `"reasoning_content":"H"`), delta(0, `"reasoning":"m"`), delta(0, `"content":"Yes"`)},
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"},{"type":"text","text":"Yes"}]}]`, 0,
		},
		"parallel tool calls in pieces": {
			[]string{
				delta(0, `"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]`),
				delta(0, `"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}}]`),
				delta(0, `"tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}]`),
				delta(0, `"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]`),
			},
			`[{"role":"assistant","content":[],"tool_calls":[{"id":"a","name":"f","arguments":{"x":1}},{"id":"b","name":"g","arguments":{}}]}]`, 0,
		},
		"calls without an index, arguments as they are": {
			[]string{delta(0, `"tool_calls":[{"id":"a","function":{"name":"f","arguments":{"x":1}}},{"id":"b","function":{"name":"g"}}]`)},
			`[{"role":"assistant","content":[],"tool_calls":[{"id":"a","name":"f","arguments":{"x":1}},{"id":"b","name":"g","arguments":{}}]}]`, 0,
		},
		"a function call of 2023": {
			[]string{delta(0, `"function_call":{"name":"f","arguments":""}`), delta(0, `"function_call":{"arguments":"{\"x\":1}"}`)},
			`[{"role":"assistant","content":[],"tool_calls":[{"name":"f","arguments":{"x":1}}]}]`, 0,
		},
		"several choices in turn": {
			[]string{delta(1, `"content":"b"`), delta(0, `"content":"a"`), delta(1, `"content":"B"`)},
			`[{"role":"assistant","content":"a"},{"role":"assistant","content":"bB"}]`, 0,
		},
		"lists of parts": {
			[]string{
				delta(0, `"content":[{"type":"thinking","thinking":[{"type":"text","text":"H"}]}]`),
				delta(0, `"content":[{"type":"thinking","thinking":[{"type":"text","text":"m"}]},{"type":"text","text":"Ye"}]`),
				delta(0, `"content":[{"type":"text","text":"s"},{"type":"reference"}]`),
			},
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"},{"type":"text","text":"Yes"},{"type":"reference"}]}]`, 0,
		},
		"audio, image and refusal": {
			[]string{
				delta(0, `"audio":{"id":"au"}`), delta(0, `"audio":{"data":"AA"}`), delta(0, `"audio":{"transcript":"Oh"}`),
				delta(0, `"images":[{"image_url":{"url":"https://e.com/i"}}]`), delta(0, `"refusal":"No"`),
			},
			`[{"role":"assistant","content":[{"type":"refusal","text":"No"},{"type":"audio","ref":"au","transcript":"Oh"},` +
				`{"type":"image","source":"url","url":"https://e.com/i"}]}]`, 1,
		},
		"delta and the whole message": {
			[]string{
				`{"choices":[{"index":0,"delta":{"content":"a"},"message":{"role":"assistant","content":"a"}}]}`,
				`{"choices":[{"index":0,"delta":{"content":"b"},"message":{"role":"assistant","content":"ab"}}]}`,
			},
			`[{"role":"assistant","content":"ab"}]`, 0,
		},
		"a first chunk without choices": {
			[]string{`{"id":"","model":"","choices":[],"prompt_filter_results":[]}`, delta(0, `"content":"x"`)},
			`[{"role":"assistant","content":"x"}]`, 1,
		},
		"chunks that say nothing": {
			[]string{`null`, `[]`, `"x"`, `{"choices":7}`, `{"choices":[null]}`, `not JSON`, delta(0, `"content":7,"tool_calls":{}`)},
			`[{"role":"assistant","content":[]}]`, -1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events := append(slices.Clone(c.events), "[DONE]")
			_, r := exchange{request: `{"stream":true}`, answer: sse(events...), size: 5}.read(t)
			if got := messages(r.Messages); got != c.messages {
				t.Errorf("got  %s\nwant %s", got, c.messages)
			}
			if r.Stream.FirstOutput != c.first || r.Stream.Events != len(events) || !r.Complete {
				t.Errorf("got %+v, complete %v, want first output in event %d of %d", r.Stream, r.Complete, c.first, len(events))
			}
			if want := int64(len(sse(events[:c.first+1]...))); r.Stream.FirstOutputOffset != want {
				t.Errorf("first output ends at %d, want %d", r.Stream.FirstOutputOffset, want)
			}
		})
	}
}

func TestChatStreamFacts(t *testing.T) {
	t.Parallel()
	_, r := exchange{request: `{"stream":true}`, answer: sse(
		delta(0, `"content":"a"`),
		`{"id":"r2","model":"m2","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"usage":{"prompt_tokens":1}}}`,
		`{"choices":[],"usage":{"prompt_tokens":2,"completion_tokens":3}}`, "[DONE]")}.read(t)
	if r.ID != "r1" || r.Model != "m1" {
		t.Errorf("got id %s and model %s, want the first ones", r.ID, r.Model)
	}
	if want := (llmhttp.Usage{Input: llmhttp.Tokens(2), Output: llmhttp.Tokens(3)}); r.Usage != want {
		t.Errorf("got %+v, want the last usage %+v", r.Usage, want)
	}
}

func TestChatStreamEnds(t *testing.T) {
	t.Parallel()
	text := delta(0, `"content":"a"`)
	fault := `{"error":{"message":"Oh","type":"server_error"}}`
	for name, c := range map[string]struct {
		answer   string
		cut      bool
		complete bool
		failed   bool
	}{
		"[DONE]":                         {sse(text, stop, "[DONE]"), false, true, false},
		"[DONE] without a reason":        {sse(text, "[DONE]"), false, true, false},
		"a reason, no [DONE]":            {sse(text, stop), false, true, false},
		"a reason for one of two":        {sse(text, delta(1, `"content":"b"`), stop), false, false, false},
		"neither":                        {sse(text), false, false, false},
		"cut after a reason":             {sse(text, stop), true, false, false},
		"cut inside an event":            {sse(text) + `data: {"choices":[{"ind`, true, false, false},
		"nothing came":                   {"", false, false, false},
		"an error":                       {sse(text, fault), false, false, true},
		"an error, then [DONE]":          {sse(text, fault, "[DONE]"), false, false, true},
		"an event that is called error":  {sse(text) + "event: error\n" + sse(`{"message":"Oh","type":"server_error"}`), false, false, true},
		"an error with the last choices": {sse(text, `{"error":{"message":"Oh","type":"server_error"},"choices":[{"index":0,"delta":{},"finish_reason":"error"}]}`), false, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{request: `{"stream":true}`, answer: c.answer, cut: c.cut}.read(t)
			if r.Complete != c.complete || (r.Error != nil) != c.failed {
				t.Errorf("complete %v, error %v, want %v and %v", r.Complete, r.Error, c.complete, c.failed)
			}
			if want := (&llmhttp.Error{Status: 200, Type: "server_error", Message: "Oh"}); c.failed && *r.Error != *want {
				t.Errorf("got %+v, want %+v", r.Error, want)
			}
			if c.answer != "" && !strings.HasPrefix(messages(r.Messages), `[{"role":"assistant","content":"a"}`) {
				t.Errorf("what had arrived is lost: %s", messages(r.Messages))
			}
		})
	}
}

func TestAnswersOfAnotherFormThanAskedFor(t *testing.T) {
	t.Parallel()
	const whole = ` {"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}`
	_, r := exchange{request: `{"stream":true}`, answer: whole}.read(t)
	if r.Stream != nil || messages(r.Messages) != `[{"role":"assistant","content":"a"}]` || !r.Complete {
		t.Errorf("a whole answer to a request for a stream: %+v", r)
	}
	header := http.Header{"Content-Type": {"text/event-stream; charset=utf-8"}}
	_, r = exchange{answer: sse(delta(0, `"content":"a"`), "[DONE]"), header: header}.read(t)
	if r.Stream == nil || messages(r.Messages) != `[{"role":"assistant","content":"a"}]` || !r.Complete {
		t.Errorf("a stream for a request of a whole answer: %+v", r)
	}
	for _, answer := range []string{"", "hello", `{"choices":[`, "[]", "[1,2"} {
		if _, r = (exchange{answer: answer}).read(t); r.Complete || r.Messages != nil {
			t.Errorf("answer %q: got %+v, want one that is not complete", answer, r)
		}
	}
}
