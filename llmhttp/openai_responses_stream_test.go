package llmhttp_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const (
	created   = `{"type":"response.created","response":{"id":"r1","model":"m1","status":"in_progress","output":[],"usage":null}}`
	completed = `{"type":"response.completed","response":{"id":"r1","model":"m1","status":"completed","output":[],"usage":{"input_tokens":3,"output_tokens":4}}}`
)

// added and done are an item as it begins and when it is done.
func added(index int, item string) string {
	return fmt.Sprintf(`{"type":"response.output_item.added","output_index":%d,"item":%s}`, index, item)
}

func done(index int, item string) string {
	return fmt.Sprintf(`{"type":"response.output_item.done","output_index":%d,"item":%s}`, index, item)
}

// arrives is a piece of an item: members such as the delta go behind what all of them have.
func arrives(kind string, index int, members string) string {
	return fmt.Sprintf(`{"type":"response.%s","output_index":%d,%s}`, kind, index, members)
}

// Each stream ends with a terminal event that leaves the output out, so that what came before it counts.
func TestResponsesStreams(t *testing.T) {
	t.Parallel()
	const message = `{"type":"message","role":"assistant","content":[]}`
	for name, c := range map[string]struct {
		events   []string
		messages string
		first    int
	}{
		"text": {
			[]string{created, added(0, message), arrives("output_text.delta", 0, `"content_index":0,"delta":""`), arrives("output_text.delta", 0, `"content_index":0,"delta":"He"`), arrives("output_text.delta", 0, `"content_index":0,"delta":"llo"`)},
			`[{"role":"assistant","content":"Hello"}]`, 3,
		},
		"parts out of order": {
			[]string{arrives("output_text.delta", 1, `"content_index":1,"delta":"c"`), arrives("refusal.delta", 1, `"content_index":2,"delta":"d"`), arrives("output_text.delta", 1, `"content_index":0,"delta":"b"`), arrives("output_text.delta", 0, `"delta":"a"`)},
			`[{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"},{"type":"text","text":"c"},{"type":"refusal","text":"d"}]}]`, 0,
		},
		"summaries": {
			[]string{arrives("reasoning_summary_text.delta", 0, `"summary_index":1,"delta":"Then."`), arrives("reasoning_summary_text.delta", 0, `"summary_index":0,"delta":"Fir"`), arrives("reasoning_summary_text.delta", 0, `"summary_index":0,"delta":"st."`)},
			`[{"role":"assistant","content":[{"type":"reasoning","text":"First.\nThen."}]}]`, 0,
		},
		"reasoning counts more than its summary": {
			[]string{arrives("reasoning_summary_text.delta", 0, `"summary_index":0,"delta":"Short."`), arrives("reasoning_text.delta", 0, `"content_index":0,"delta":"Long."`)},
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Long."}]}]`, 0,
		},
		"a call cut short": {
			[]string{added(0, `{"type":"function_call","call_id":"c1","name":"f","arguments":""}`), arrives("function_call_arguments.delta", 0, `"delta":"{\"a\":"`)},
			`[{"role":"assistant","content":[],"tool_calls":[{"id":"c1","name":"f","arguments":"{\"a\":"}]}]`, 1,
		},
		"a call whose beginning is lost": {
			[]string{arrives("function_call_arguments.delta", 0, `"delta":"{\"a\":1}"`)},
			`[{"role":"assistant","content":[],"tool_calls":[{"name":"","arguments":{"a":1}}]}]`, 0,
		},
		"a custom tool": {
			[]string{added(0, `{"type":"custom_tool_call","call_id":"c1","name":"f","input":""}`), arrives("custom_tool_call_input.delta", 0, `"delta":"ls"`), arrives("custom_tool_call_input.delta", 0, `"delta":" -l"`)},
			`[{"role":"assistant","content":[],"tool_calls":[{"id":"c1","name":"f","arguments":"ls -l"}]}]`, 1,
		},
		"the whole piece where no delta came": {
			[]string{added(0, message), arrives("output_text.done", 0, `"content_index":0,"text":"Hi"`), added(1, `{"type":"function_call","call_id":"c","name":"f"}`), arrives("function_call_arguments.done", 1, `"arguments":"{}"`)},
			`[{"role":"assistant","content":"Hi","tool_calls":[{"id":"c","name":"f","arguments":{}}]}]`, 1,
		},
		"the whole piece after its deltas": {
			[]string{arrives("output_text.delta", 0, `"delta":"Hi"`), arrives("output_text.done", 0, `"text":"Hi"`)},
			`[{"role":"assistant","content":"Hi"}]`, 0,
		},
		"the whole item after its deltas": {
			[]string{added(0, message), arrives("output_text.delta", 0, `"delta":"Hi"`), done(0, `{"type":"message","content":[{"type":"output_text","text":"Hi"},{"type":"output_text","text":"!"}]}`)},
			`[{"role":"assistant","content":[{"type":"text","text":"Hi"},{"type":"text","text":"!"}]}]`, 1,
		},
		"whole items without deltas": {
			[]string{created, done(0, `{"type":"web_search_call","id":"ws"}`), done(1, `{"type":"message","content":[{"type":"output_text","text":"Hi"}]}`)},
			`[{"role":"assistant","content":[{"type":"server_tool_call","name":"web_search_call","id":"ws"},{"type":"text","text":"Hi"}]}]`, 2,
		},
		"an item that is done and says less": {
			[]string{arrives("reasoning_summary_text.delta", 0, `"delta":"Hm."`), done(0, `{"type":"reasoning","summary":[],"encrypted_content":"eA=="}`), arrives("output_text.delta", 1, `"delta":"Hi"`), done(1, `{"type":"message"}`)},
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm."},{"type":"text","text":"Hi"}]}]`, 0,
		},
		"items of the provider": {
			[]string{added(0, `{"type":"code_interpreter_call","id":"ci"}`), arrives("code_interpreter_call_code.delta", 0, `"delta":"1+1"`), added(1, `{"type":"mcp_call","id":"mc","name":"prune"}`), arrives("mcp_call_arguments.delta", 1, `"delta":"{}"`)},
			`[{"role":"assistant","content":[{"type":"server_tool_call","name":"code_interpreter_call","id":"ci"},{"type":"server_tool_call","name":"mcp_call:prune","id":"mc"}]}]`, 1,
		},
		"an image in the making": {
			[]string{added(0, `{"type":"image_generation_call","id":"ig"}`), arrives("image_generation_call.partial_image", 0, `"partial_image_b64":"AAAA"`)},
			`[{"role":"assistant","content":[{"type":"server_tool_call","name":"image_generation_call","id":"ig"}]}]`, 1,
		},
		"what a shell says is no model's": {
			[]string{added(0, `{"type":"shell_call_output","id":"so"}`), arrives("shell_call_output_content.delta", 0, `"delta":{"stdout":"x"}`)},
			`[{"role":"assistant","content":[{"type":"server_item","name":"shell_call_output","id":"so"}]}]`, -1,
		},
		"events that say nothing": {
			[]string{`null`, `[]`, `"x"`, `{}`, `not JSON`, `{"type":7}`, `{"type":"response.in_progress","response":[]}`, `{"type":"response.output_text.delta","output_index":"0","delta":7}`},
			`[{"role":"assistant","content":[]}]`, -1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events := append(slices.Clone(c.events), completed)
			_, r := exchange{url: responsesURL, request: `{"stream":true}`, answer: sse(events...), size: 5}.read(t)
			if got := messages(r.Messages); got != c.messages {
				t.Errorf("got  %s\nwant %s", got, c.messages)
			}
			if r.Stream.FirstOutput != c.first || r.Stream.Events != len(events) || !r.Complete {
				t.Errorf("got %+v, complete %v, want first output in event %d of %d", r.Stream, r.Complete, c.first, len(events))
			}
			want := llmhttp.Usage{Input: llmhttp.Tokens(3), Output: llmhttp.Tokens(4)}
			if r.Usage != want || r.ID != "r1" || r.Model != "m1" || !slices.Equal(r.FinishReasons, []string{"completed"}) {
				t.Errorf("got %+v", r)
			}
			if _, cut := (exchange{url: responsesURL, request: `{"stream":true}`, answer: sse(c.events...)}).read(t); messages(cut.Messages) != c.messages || cut.Complete {
				t.Errorf("without its end: got %s, complete %v", messages(cut.Messages), cut.Complete)
			}
		})
	}
}

func TestResponsesStreamTakesTheTerminalEventsWord(t *testing.T) {
	t.Parallel()
	_, r := exchange{url: responsesURL, request: `{"stream":true}`, answer: sse(
		arrives("output_text.delta", 0, `"delta":"draft"`),
		`{"type":"response.incomplete","response":{"id":"r","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[{"type":"message","content":[{"type":"output_text","text":"final"}]}]}}`,
		arrives("output_text.delta", 0, `"delta":"late"`), `{"type":"error","message":"late"}`, "[DONE]")}.read(t)
	if got := messages(r.Messages); got != `[{"role":"assistant","content":"final"}]` || !slices.Equal(r.FinishReasons, []string{"max_output_tokens"}) {
		t.Errorf("got %s, %q", got, r.FinishReasons)
	}
	if !r.Complete || r.Error != nil || r.Stream.Events != 5 {
		t.Errorf("got %+v", r)
	}
}

func TestResponsesStreamEnds(t *testing.T) {
	t.Parallel()
	text := arrives("output_text.delta", 0, `"delta":"a"`)
	fault := `{"type":"error","error":{"type":"server_error","code":"overloaded","message":"Oh"}}`
	failed := `{"type":"response.failed","response":{"status":"failed","error":{"code":"overloaded","message":"Oh"},"output":[]}}`
	whole := llmhttp.Error{Status: 200, Type: "server_error", Message: "Oh", Code: "overloaded"}
	half := llmhttp.Error{Status: 200, Type: "overloaded", Message: "Oh", Code: "overloaded"}
	for name, c := range map[string]struct {
		answer   string
		complete bool
		err      llmhttp.Error
		reason   string
	}{
		"completed":                {sse(text, completed), true, llmhttp.Error{}, "completed"},
		"completed, then [DONE]":   {sse(text, completed, "[DONE]"), true, llmhttp.Error{}, "completed"},
		"cancelled":                {sse(text, `{"type":"response.cancelled","response":{"status":"cancelled"}}`), true, llmhttp.Error{}, "cancelled"},
		"by the event's name":      {sse(text) + "event: response.completed\n" + sse(`{"response":{"status":"completed"}}`), true, llmhttp.Error{}, "completed"},
		"[DONE] alone":             {sse(text, "[DONE]"), false, llmhttp.Error{}, ""},
		"nothing":                  {sse(text), false, llmhttp.Error{}, ""},
		"failed":                   {sse(text, failed), true, half, "failed"},
		"an error, then failed":    {sse(text, fault, failed), true, whole, "failed"},
		"an error":                 {sse(text, fault), false, whole, ""},
		"an error, then completed": {sse(text, fault, completed), false, whole, "completed"},
		"an error without object":  {sse(text, `{"type":"error","code":"overloaded","message":"Oh","param":null}`), false, half, ""},
		"an error without type":    {sse(text, `{"error":{"code":"overloaded","message":"Oh"}}`), false, half, ""},
		"cut inside an event":      {sse(text) + `data: {"type":"response.completed","resp`, false, llmhttp.Error{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: responsesURL, request: `{"stream":true}`, answer: c.answer}.read(t)
			if r.Complete != c.complete || !slices.Equal(r.FinishReasons, []string{c.reason}) {
				t.Errorf("complete %v with reasons %q, want %v and %q", r.Complete, r.FinishReasons, c.complete, c.reason)
			}
			if (c.err == llmhttp.Error{}) != (r.Error == nil) || r.Error != nil && *r.Error != c.err {
				t.Errorf("got %+v, want %+v", r.Error, c.err)
			}
			if got := messages(r.Messages); got != `[{"role":"assistant","content":"a"}]` {
				t.Errorf("what had arrived is lost: %s", got)
			}
		})
	}
}

func TestResponsesStreamIsBounded(t *testing.T) {
	t.Parallel()
	const long = 100_000
	text := strings.Repeat("z", long)
	for name, c := range map[string]struct {
		times   int
		arrives func(i int) string
	}{
		"texts": {400, func(i int) string { return arrives("output_text.delta", i, `"delta":"`+text+`"`) }},
		"parts of one": {400, func(i int) string {
			return arrives("output_text.delta", 0, fmt.Sprintf(`"content_index":%d,"delta":"%s"`, i, text))
		}},
		"whole items": {400, func(i int) string {
			return done(i, `{"type":"message","content":[{"type":"output_text","text":"`+text+`"}]}`)
		}},
		"text and item": {200, func(i int) string {
			return arrives("output_text.delta", i, `"delta":"`+text+`"`) + "\n\ndata: " + done(i, `{"type":"message","content":[{"type":"output_text","text":"`+text+`"}]}`)
		}},
		"endless items": {40_000, func(i int) string { return added(i, `{"type":"message","content":[]}`) }},
		"endless parts": {200_000, func(i int) string {
			return arrives("output_text.delta", i%1000, fmt.Sprintf(`"content_index":%d,"delta":"x"`, i/1000))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := exchange{url: responsesURL, request: `{"stream":true}`}.ask(t).Parser(http.StatusOK, nil)
			for i := range c.times {
				_, _ = p.Write([]byte(sse(c.arrives(i))))
			}
			r := p.Finish(true)
			if got := len(messages(r.Messages)); len(r.Messages) != 1 || got > 17*mib {
				t.Errorf("%d bytes of messages kept", got)
			}
			kept := strings.Count(messages(r.Messages), "z")
			if name == "texts" && kept+llmhttp.Dropped(r.Messages) != c.times*long {
				t.Errorf("%d bytes kept and %d dropped of %d", kept, llmhttp.Dropped(r.Messages), c.times*long)
			}
		})
	}
}
