package llmhttp_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// chatLine is a line of a stream of Ollama's that brings something.
func chatLine(message string) string {
	return `{"model":"m2","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant",` + message + `},"done":false}`
}

const chatDone = `{"model":"m2","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":5,"eval_count":2}`

func TestOllamaStreams(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		url      string
		lines    []string
		messages string
		first    int // event with the first output
	}{
		"text": {ollamaChatURL, []string{chatLine(`"content":""`), chatLine(`"content":"Hé"`), chatLine(`"content":"y"`)}, `[{"role":"assistant","content":"Héy"}]`, 1},
		"thinking": {
			ollamaChatURL,
			[]string{chatLine(`"content":"","thinking":"H"`), chatLine(`"content":"","thinking":"m"`), chatLine(`"content":"Yes"`)},
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"},{"type":"text","text":"Yes"}]}]`, 0,
		},
		"tool calls": {
			ollamaChatURL,
			[]string{
				chatLine(`"content":"","tool_calls":[{"id":"a","function":{"index":0,"name":"f","arguments":{"x":1.0}}}]`),
				chatLine(`"content":"","tool_calls":[{"function":{"index":1,"name":"g","arguments":{}}},{"function":{"name":"h","arguments":"{\"y\":2}"}}]`),
			},
			`[{"role":"assistant","content":[],"tool_calls":[{"id":"a","name":"f","arguments":{"x":1.0}},{"name":"g","arguments":{}},{"name":"h","arguments":{"y":2}}]}]`, 0,
		},
		"generated": {
			ollamaGenerateURL,
			[]string{`{"model":"m2","thinking":"Hm","response":"","done":false}`, `{"model":"m2","response":"Y","done":false}`, `{"model":"m2","response":"es","done":false}`},
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"},{"type":"text","text":"Yes"}]}]`, 0,
		},
		"lines that say nothing": {
			ollamaChatURL,
			[]string{`null`, `[]`, `"x"`, `7`, `{"message":[]}`, chatLine(`"content":7,"thinking":{},"tool_calls":{"a":1}`)},
			`[{"role":"assistant","content":[]}]`, -1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: c.url, request: `{"model":"m"}`, answer: lines(append(c.lines, chatDone)...), size: 5}.read(t)
			if got := messages(r.Messages); got != c.messages {
				t.Errorf("got  %s\nwant %s", got, c.messages)
			}
			if r.Stream.FirstOutput != c.first || r.Stream.Events != len(c.lines)+1 || !r.Complete {
				t.Errorf("got %+v, complete %v, want first output in event %d of %d", r.Stream, r.Complete, c.first, len(c.lines)+1)
			}
			if c.first >= 0 && r.Stream.FirstOutputOffset != int64(len(lines(c.lines[:c.first+1]...))) {
				t.Errorf("first output ends at %d", r.Stream.FirstOutputOffset)
			}
			if want := (llmhttp.Usage{Input: llmhttp.Tokens(5), Output: llmhttp.Tokens(2)}); r.Usage != want || r.Model != "m2" || r.FinishReasons[0] != "stop" {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestOllamaStreamEnds(t *testing.T) {
	t.Parallel()
	text, fault := chatLine(`"content":"a"`), `{"error":"unexpected EOF"}`
	const said = `[{"role":"assistant","content":"a"}]`
	for name, c := range map[string]struct {
		answer, messages string
		cut              bool
		complete, failed bool
	}{
		"done":                     {lines(text, chatDone), said, false, true, false},
		"done without a newline":   {lines(text) + chatDone, said, false, true, false},
		"done only":                {lines(chatDone), `[{"role":"assistant","content":[]}]`, false, true, false},
		"not done":                 {lines(text), said, false, false, false},
		"cut after done":           {lines(text, chatDone), said, true, false, false},
		"cut inside a line":        {lines(text) + `{"model":"m2","mess`, said, true, false, false},
		"an error":                 {lines(text, fault), said, false, false, true},
		"an error, then done":      {lines(text, fault, chatDone), said, false, false, true},
		"an error at once":         {lines(fault), `[]`, false, false, true},
		"a line that is no JSON":   {lines(text, "<html>", chatDone), said, false, false, false},
		"another program's answer": {"<html>\n</html>\n", `[]`, false, false, false},
		"nothing came":             {"", `[]`, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: ollamaChatURL, request: `{"model":"m"}`, answer: c.answer, cut: c.cut}.read(t)
			if got := messages(r.Messages); got != c.messages || r.Complete != c.complete || len(r.FinishReasons) != len(r.Messages) {
				t.Errorf("got %s, complete %v, want %s, %v", got, r.Complete, c.messages, c.complete)
			}
			if want := (llmhttp.Error{Status: 200, Message: "unexpected EOF"}); (r.Error != nil) != c.failed || c.failed && *r.Error != want {
				t.Errorf("got error %+v", r.Error)
			}
		})
	}
}

func TestOllamaTellsTheFirstOutputAndTheEnd(t *testing.T) {
	t.Parallel()
	p := exchange{url: ollamaChatURL, request: `{"model":"m"}`}.ask(t).Parser(http.StatusOK, nil)
	for i, step := range []struct {
		line             string
		output, terminal bool
	}{
		{"\n" + lines(chatLine(`"content":""`)), false, false},
		{chatLine(`"content":"a"`), false, false},
		{"\n", true, false},
		{lines(chatDone), true, true},
	} {
		_, _ = p.Write([]byte(step.line))
		if p.HasOutput() != step.output || p.Terminal() != step.terminal {
			t.Errorf("after line %d: output %v, terminal %v", i, p.HasOutput(), p.Terminal())
		}
	}
}

func TestOllamaKeepsLongAnswersWithinLimits(t *testing.T) {
	t.Parallel()
	const limit, long = 1000, 100_000
	text := strings.Repeat("z", long)
	call := `"tool_calls":[{"function":{"name":"f","arguments":{"text":"` + text + `"}}}]`
	const inCall = limit - len(`{"text":"`)
	for name, c := range map[string]struct {
		request, answer string
		kept, dropped   int
	}{
		"whole text":       {`{"stream":false}`, lines(chatLine(`"content":"` + text + `"`)), limit, long - limit},
		"streamed text":    {`{}`, lines(chatLine(`"content":"`+text[:long/2]+`"`), chatLine(`"content":"`+text[:long/2]+`"`)), limit, long - limit},
		"streamed thought": {`{}`, lines(chatLine(`"thinking":"` + text + `"`)), limit, long - limit},
		"whole call":       {`{"stream":false}`, lines(chatLine(call)), inCall, long - inCall + len(`"}`)},
		"streamed call":    {`{}`, lines(chatLine(call)), inCall, long - inCall + len(`"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: ollamaChatURL, request: c.request, answer: c.answer, limits: llmhttp.Limits{Text: limit}}.read(t)
			kept := strings.Count(messages(r.Messages), "z")
			if left := llmhttp.Dropped(r.Messages); kept != c.kept || left != c.dropped {
				t.Errorf("%d bytes kept and %d dropped, want %d and %d", kept, left, c.kept, c.dropped)
			}
		})
	}
	q := exchange{url: ollamaChatURL, limits: llmhttp.Limits{Text: limit}, request: fmt.Sprintf(`{"messages":[{"content":%q},{%s}]}`, text, call)}.ask(t)
	if got := llmhttp.Dropped(q.Messages); got != 2*(long-limit) {
		t.Errorf("%d bytes of a request dropped, want %d", got, 2*(long-limit))
	}
}

func TestOllamaBoundsWhatAStreamKeeps(t *testing.T) {
	t.Parallel()
	call := chatLine(`"tool_calls":[{"id":"` + strings.Repeat("i", 20_000) + `","function":{"name":"f","arguments":{"a":"` + strings.Repeat("x", 20_000) + `"}}}]`)
	_, r := exchange{url: ollamaChatURL, request: `{}`, answer: strings.Repeat(call+"\n", 1200) + lines(chatDone)}.read(t)
	if got := len(messages(r.Messages)); got > 17*mib || len(r.Messages[0].ToolCalls) > 1024 || !r.Complete {
		t.Errorf("%d MiB and %d calls are kept, complete %v", got/mib, len(r.Messages[0].ToolCalls), r.Complete)
	}
}
