package llmhttp_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// FuzzExchange wants no panic, messages that are JSON, and the same reading wherever the network cuts the answer.
func FuzzExchange(f *testing.F) {
	request := `{"model":"m","stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}],"input":["a"]}`
	for _, answer := range []string{
		sse(delta(0, `"content":"é"`), stop, `{"choices":[],"usage":{"prompt_tokens":1}}`, "[DONE]"),
		sse(delta(2, `"tool_calls":[{"index":-1,"function":{"arguments":"{"}}],"audio":{"id":"x"}`), `{"error":7}`),
		`{"choices":[{"index":1e99,"message":{"content":[{"type":"thinking","thinking":[]}]}}],"data":[{"embedding":"AA"}]}`,
		`[{"error":{"message":{}}}]`, "<html>",
	} {
		for _, status := range []int{200, 500} {
			f.Add(request, answer, status, 7)
		}
	}
	f.Fuzz(func(t *testing.T, request, answer string, status, size int) {
		for _, url := range []string{chatURL, embeddingsURL} {
			e := exchange{url: url, request: request, answer: answer, status: status, limits: llmhttp.Limits{Text: 300}}
			q, whole := e.read(t)
			for _, list := range [][]llmhttp.Message{q.Messages, whole.Messages} {
				if text := messages(list); !json.Valid([]byte(text)) {
					t.Fatalf("%s is no JSON", text)
				}
			}
			if tools := llmhttp.AppendTools(nil, q.Tools); !json.Valid(tools) {
				t.Fatalf("%s is no JSON", tools)
			}
			e.size = max(size, 1)
			if _, cut := e.read(t); !reflect.DeepEqual(cut, whole) {
				t.Fatalf("read %d bytes at a time: %+v\nwhole: %+v", e.size, cut, whole)
			}
		}
	})
}

func TestParserTellsTheFirstOutputAndTheEnd(t *testing.T) {
	t.Parallel()
	p := exchange{request: `{"stream":true}`}.ask(t).Parser(http.StatusOK, nil)
	for i, step := range []struct {
		event            string
		output, terminal bool
	}{
		{": wait\n\n", false, false},
		{sse(delta(0, `"role":"assistant"`)), false, false},
		{sse(delta(0, `"content":"a"`)), true, false},
		{sse(stop), true, false},
		{sse("[DONE]"), true, true},
	} {
		_, _ = p.Write([]byte(step.event))
		if p.HasOutput() != step.output || p.Terminal() != step.terminal {
			t.Errorf("after event %d: output %v, terminal %v, want %v and %v", i, p.HasOutput(), p.Terminal(), step.output, step.terminal)
		}
	}
	r := p.Finish(false)
	_, _ = p.Write([]byte(sse(delta(0, `"content":"late"`))))
	if again := p.Finish(true); again != r || !r.Complete || messages(r.Messages) != `[{"role":"assistant","content":"a"}]` {
		t.Errorf("a parser that has finished has gone on: %+v", again)
	}
}

func TestParserOfAWholeAnswerEndsWithIt(t *testing.T) {
	t.Parallel()
	p := exchange{}.ask(t).Parser(http.StatusOK, nil)
	_, _ = p.Write([]byte(`{"choices":[]`))
	if p.Terminal() {
		t.Error("the answer is said to be over before its last byte")
	}
	_, _ = p.Write([]byte(`} `))
	if !p.Terminal() || p.HasOutput() {
		t.Errorf("terminal %v, output %v", p.Terminal(), p.HasOutput())
	}
}

func TestRouteOfNobodySaysNothing(t *testing.T) {
	t.Parallel()
	p := llmhttp.Route{}.Request([]byte(`{"model":"m"}`), llmhttp.Limits{}).Parser(http.StatusOK, nil)
	_, _ = p.Write([]byte(`{"id":"x"}`))
	if r := p.Finish(false); r.ID != "" || !r.Complete {
		t.Errorf("got %+v", r)
	}
}
