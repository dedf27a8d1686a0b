package llmhttp_test

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// converseStart, converseDelta and the rest are events of a conversation.
func converseStart(index int, start string) string {
	return eventFrame("contentBlockStart", fmt.Sprintf(`{"contentBlockIndex":%d,"start":%s,"p":"abc"}`, index, start))
}

func converseDelta(index int, delta string) string {
	return eventFrame("contentBlockDelta", fmt.Sprintf(`{"contentBlockIndex":%d,"delta":%s,"p":"abc"}`, index, delta))
}

func converseStop(index int) string {
	return eventFrame("contentBlockStop", fmt.Sprintf(`{"contentBlockIndex":%d}`, index))
}

var (
	converseBegin    = eventFrame("messageStart", `{"role":"assistant"}`)
	converseEnd      = eventFrame("messageStop", `{"stopReason":"end_turn"}`)
	converseMetadata = eventFrame("metadata", `{"usage":{"inputTokens":7,"outputTokens":9},"metrics":{"latencyMs":1}}`)
)

func TestConverseStreams(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		events []string
		first  int
		want   string
	}{
		"text": {
			[]string{converseDelta(0, `{"text":""}`), converseDelta(0, `{"text":"Hé"}`), converseDelta(0, `{"text":"llo"}`), converseStop(0)},
			2, `[{"role":"assistant","content":"Héllo"}]`,
		},
		"a block for each piece": {
			[]string{converseDelta(0, `{"text":"H"}`), converseStop(0), converseDelta(1, `{"text":"i"}`), converseStop(1), converseDelta(2, `{"text":"!"}`)},
			1, `[{"role":"assistant","content":"Hi!"}]`,
		},
		"reasoning, then text": {
			[]string{
				converseDelta(0, `{"reasoningContent":{"text":"H"}}`), converseDelta(1, `{"reasoningContent":{"text":"m"}}`),
				converseDelta(1, `{"reasoningContent":{"signature":"s"}}`), converseDelta(2, `{"text":"Yes"}`), converseDelta(3, `{"reasoningContent":{"text":"Oh"}}`),
			},
			1, `[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"},{"type":"text","text":"Yes"},{"type":"reasoning","text":"Oh"}]}]`,
		},
		"redacted reasoning": {
			[]string{converseDelta(0, `{"reasoningContent":{"redactedContent":"AA=="}}`), converseDelta(1, `{"text":"Yes"}`)},
			2, `[{"role":"assistant","content":[{"type":"reasoning","redacted":true},{"type":"text","text":"Yes"}]}]`,
		},
		"calls between texts": {
			[]string{
				converseDelta(0, `{"text":"Let me "}`), converseStart(1, `{"toolUse":{"toolUseId":"t1","name":"add"}}`), converseDelta(1, `{"toolUse":{"input":""}}`),
				converseDelta(1, `{"toolUse":{"input":"{\"a\":"}}`), converseDelta(1, `{"toolUse":{"input":"1.0}"}}`), converseDelta(2, `{"text":"see"}`),
				converseStart(3, `{"toolUse":{"toolUseId":"t2","name":"now"}}`),
			},
			1, `[{"role":"assistant","content":"Let me see","tool_calls":[{"id":"t1","name":"add","arguments":{"a":1.0}},{"id":"t2","name":"now","arguments":{}}]}]`,
		},
		"a call's name is output": {
			[]string{converseStart(0, `{"toolUse":{"toolUseId":"t1","name":"add"}}`), converseDelta(0, `{"toolUse":{"input":{"a":1}}}`)},
			1, `[{"role":"assistant","content":[],"tool_calls":[{"id":"t1","name":"add","arguments":{"a":1}}]}]`,
		},
		"a call without its beginning": {
			[]string{converseDelta(0, `{"toolUse":{"input":"{\"a\""}}`)},
			1, `[{"role":"assistant","content":[],"tool_calls":[{"name":"","arguments":"{\"a\""}]}]`,
		},
		"the provider's own tools": {
			[]string{
				converseStart(0, `{"toolUse":{"toolUseId":"s","name":"run","type":"server_tool_use"}}`), converseDelta(0, `{"toolUse":{"input":"{\"x\":1}"}}`),
				converseStart(1, `{"toolResult":{"toolUseId":"s","type":"run_result"}}`), converseDelta(1, `{"toolResult":[{"json":{"out":"2"}}]}`),
				converseDelta(2, `{"toolResult":[{"text":"lost"}]}`), converseDelta(3, `{"text":"2"}`),
			},
			1, `[{"role":"assistant","content":[{"type":"server_tool_call","name":"run","id":"s","arguments":{"x":1}},` +
				`{"type":"server_tool_result","name":"run_result","id":"s"},{"type":"server_tool_result","name":"tool_result"},{"type":"text","text":"2"}]}]`,
		},
		"an image": {
			[]string{
				converseStart(0, `{"image":{"format":"png"}}`), converseDelta(0, `{"image":{"source":{"bytes":"AAAA"}}}`), converseDelta(0, `{"image":{"source":{"bytes":"BBBB"}}}`),
				converseDelta(1, `{"image":{"source":{}}}`),
			},
			2, `[{"role":"assistant","content":[{"type":"image","source":"inline","base64_len":8,"format":"png"},{"type":"image","source":"inline","base64_len":0}]}]`,
		},
		"citations say nothing": {
			[]string{converseDelta(0, `{"citation":{"title":"T"}}`), converseDelta(0, `{"text":"a"}`)},
			2, `[{"role":"assistant","content":"a"}]`,
		},
		"pieces out of order": {
			[]string{converseStart(1, `{"toolUse":{"toolUseId":"t","name":"f"}}`), converseDelta(0, `{"text":"a"}`)},
			1, `[{"role":"assistant","content":"a","tool_calls":[{"id":"t","name":"f","arguments":{}}]}]`,
		},
		"mistyped members": {
			[]string{
				converseStart(0, `7`), converseDelta(0, `"x"`), eventFrame("contentBlockDelta", `{"contentBlockIndex":"a","delta":{"text":{}}}`), eventFrame("contentBlockDelta", `[]`),
				eventFrame("contentBlockDelta", `no JSON`), eventFrame("somethingNew", `{}`), converseDelta(-1, `{"text":"a"}`), converseDelta(1<<40, `{"text":"b"}`),
			},
			7, `[{"role":"assistant","content":"ab"}]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events := slices.Concat([]string{converseBegin}, c.events, []string{converseEnd, converseMetadata})
			e := exchange{url: converseStreamURL, answer: strings.Join(events, "")}
			_, r := e.read(t)
			if got := messages(r.Messages); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			stream := llmhttp.Stream{
				Events: len(events), FirstOutput: c.first, FirstOutputOffset: int64(len(strings.Join(events[:c.first+1], ""))),
			}
			if *r.Stream != stream || !r.Complete || r.Error != nil || !slices.Equal(r.FinishReasons, []string{"end_turn"}) {
				t.Errorf("got %+v of %+v, want %+v", r, *r.Stream, stream)
			}
			if want := (llmhttp.Usage{Input: llmhttp.Tokens(7), Output: llmhttp.Tokens(9)}); r.Usage != want {
				t.Errorf("usage %+v", r.Usage)
			}
			for _, e.size = range []int{1, 7} {
				if _, cut := e.read(t); !reflect.DeepEqual(cut, r) {
					t.Errorf("read %d bytes at a time: %+v", e.size, cut)
				}
			}
		})
	}
}

func TestConverseStreamEnds(t *testing.T) {
	t.Parallel()
	text, done := converseBegin+converseDelta(0, `{"text":"a"}`), converseEnd
	failed := frame(textHeaders(map[string]string{":message-type": "error", ":error-code": "throttlingException", ":error-message": "Oh"}), "")
	for name, c := range map[string]struct {
		answer                string
		cut, complete, failed bool
		events                int
	}{
		"with its usage":              {text + done + converseMetadata, false, true, false, 4},
		"without":                     {text + done, false, true, false, 3},
		"before its end":              {text, false, false, false, 2},
		"without an end":              {text + converseMetadata, false, false, false, 3},
		"cut after its end":           {text + done, true, false, false, 3},
		"cut within a frame":          {text + done + converseMetadata[:30], false, false, false, 3},
		"a frame that is spoilt":      {text + done + spoilt(converseMetadata, 40), false, false, false, 3},
		"an exception":                {text + exceptionFrame("throttlingException", `{"message":"Oh"}`), false, false, true, 3},
		"an exception after its end":  {text + done + exceptionFrame("throttlingException", `{"message":"Oh"}`), false, false, true, 4},
		"an error of the service's":   {text + failed, false, false, true, 3},
		"an exception, then the rest": {text + exceptionFrame("throttlingException", `{"message":"Oh"}`) + done + converseMetadata, false, false, true, 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: converseStreamURL, answer: c.answer, cut: c.cut}.read(t)
			if r.Complete != c.complete || r.Stream.Events != c.events || (r.Error != nil) != c.failed {
				t.Errorf("complete %v, %d events, error %v", r.Complete, r.Stream.Events, r.Error)
			}
			if want := (llmhttp.Error{Status: 200, Type: "throttlingException", Message: "Oh"}); c.failed && *r.Error != want {
				t.Errorf("got %+v, want %+v", *r.Error, want)
			}
			if got := messages(r.Messages); got != `[{"role":"assistant","content":"a"}]` {
				t.Errorf("what had arrived is lost: %s", got)
			}
		})
	}
	_, r := exchange{url: converseStreamURL, answer: exceptionFrame("modelTimeoutException", `{}`)}.read(t)
	if r.Messages != nil || r.FinishReasons != nil || r.Complete || r.Stream.Events != 1 {
		t.Errorf("an exception before anything else: %+v", r)
	}
}

func TestConverseStreamIsOverWithItsUsage(t *testing.T) {
	t.Parallel()
	p := exchange{url: converseStreamURL}.ask(t).Parser(http.StatusOK, nil)
	for i, step := range []struct {
		event            string
		output, terminal bool
	}{
		{converseBegin, false, false},
		{converseDelta(0, `{"text":"a"}`), true, false},
		{converseEnd, true, false},
		{converseMetadata, true, true},
	} {
		_, _ = p.Write([]byte(step.event))
		if p.HasOutput() != step.output || p.Terminal() != step.terminal {
			t.Errorf("after event %d: output %v, terminal %v", i, p.HasOutput(), p.Terminal())
		}
	}
}

func TestConverseStreamIsBounded(t *testing.T) {
	t.Parallel()
	t.Run("texts", func(t *testing.T) {
		t.Parallel()
		const limit, pieces = 1000, 5000
		var b strings.Builder
		b.WriteString(converseBegin)
		for i := range pieces { // each in a block of its own
			b.WriteString(converseDelta(i, `{"text":"xx"}`))
		}
		b.WriteString(converseStart(pieces, `{"toolUse":{"toolUseId":"t","name":"f"}}`))
		b.WriteString(converseDelta(pieces, `{"toolUse":{"input":"`+strings.Repeat("y", pieces)+`"}}`))
		b.WriteString(converseEnd + converseMetadata)
		_, r := exchange{url: converseStreamURL, answer: b.String(), limits: llmhttp.Limits{Text: limit}}.read(t)
		got := messages(r.Messages)
		if strings.Count(got, "x") != limit || strings.Count(got, "y") != limit || llmhttp.Dropped(r.Messages) != 2*pieces-limit+pieces-limit {
			t.Errorf("%d bytes dropped of %.200s", llmhttp.Dropped(r.Messages), got)
		}
		if r.Usage.Output != llmhttp.Tokens(9) || !r.Complete {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("blocks", func(t *testing.T) {
		t.Parallel()
		var b strings.Builder
		for i := range 5000 {
			b.WriteString(converseStart(i, `{"toolUse":{"toolUseId":"t","name":"f"}}`))
		}
		_, r := exchange{url: converseStreamURL, answer: b.String()}.read(t)
		if n := len(r.Messages[0].ToolCalls); n > 1024 {
			t.Errorf("%d calls kept", n)
		}
	})
	t.Run("names", func(t *testing.T) {
		t.Parallel()
		long := strings.Repeat("n", 1<<19)
		var b strings.Builder
		for i := range 40 {
			b.WriteString(converseStart(i, `{"toolUse":{"toolUseId":"`+long+`","name":"`+long+`"}}`))
		}
		_, r := exchange{url: converseStreamURL, answer: b.String(), limits: llmhttp.Limits{Text: 1 << 20}}.read(t)
		if n := len(messages(r.Messages)); n > 18<<20 {
			t.Errorf("%d bytes of names kept", n)
		}
	})
}
