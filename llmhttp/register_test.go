package llmhttp_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// at matches the requests to a host.
func at(host string) func(*http.Request) (string, bool) {
	return func(r *http.Request) (string, bool) { return r.URL.Query().Get("model"), r.URL.Host == host }
}

func register(t *testing.T, d llmhttp.Dialect) {
	t.Helper()
	if err := llmhttp.Register(d); err != nil {
		t.Fatal(err)
	}
}

func TestRegisteredGatewayOfAKnownProtocol(t *testing.T) {
	t.Parallel()
	register(t, llmhttp.Dialect{Provider: "mine", System: "corp.mine", Speaks: "anthropic", Match: at("known.example")})
	e := exchange{
		url: "https://known.example/anything?model=claude", request: `{"messages":[{"role":"user","content":"Hi"}]}`,
		answer: `{"type":"message","role":"assistant","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn"}`,
	}
	q, r := e.read(t)
	if q.Provider != "mine" || q.System != "corp.mine" || q.Model != "claude" || !q.Registered() || !q.IsModelCall() {
		t.Errorf("the request is %+v", q)
	}
	if got := messages(r.Messages); got != `[{"role":"assistant","content":"Hello"}]` {
		t.Errorf("the answer is %s", got)
	}
}

func TestRegisteredFormat(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	register(t, llmhttp.Dialect{
		Provider: "own", Protocol: "own", Match: at("own.example"),
		Request: func(body json.RawMessage, to *llmhttp.Request) { to.Streaming = string(body) == `{"stream":true}` },
		Answer:  func(_ json.RawMessage, to *llmhttp.Response) { to.ID = "whole" },
		Event: func(e llmhttp.Event, to *llmhttp.Response) (output, last bool) {
			var piece struct {
				Word string
				Last bool
			}
			_ = json.Unmarshal(e.Data, &piece)
			text.WriteString(e.Name + piece.Word)
			to.Messages = []llmhttp.Message{llmhttp.TextMessage("assistant", text.String())}
			return piece.Word != "", piece.Last
		},
	})
	for name, c := range map[string]struct {
		answer, want string
		first        int
		complete     bool
	}{
		"lines of JSON": {`{"word":""}` + "\n" + `{"word":"a"}` + "\n" + `{"word":"b","last":true}` + "\n", "ab", 1, true},
		"server-sent events": {
			"event: x\ndata: {\"word\":\"a\"}\n\ndata: {\"last\":true}\n\n", "xa", 0, true,
		},
		"cut": {`{"word":"a"}` + "\n", "a", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			text.Reset()
			q, r := exchange{url: "https://own.example/", request: `{"stream":true}`, answer: c.answer}.read(t)
			if q.Operation != "chat" || q.Protocol != "own" || q.System != "own" {
				t.Errorf("the request is %+v", q)
			}
			if got := r.Messages[0].Content[0].Text; got != c.want || r.Stream.FirstOutput != c.first || r.Complete != c.complete {
				t.Errorf("the answer is %q, first output %d, complete %v", got, r.Stream.FirstOutput, r.Complete)
			}
		})
	}
	if _, r := (exchange{url: "https://own.example/", answer: `{}`}).read(t); r.ID != "whole" || !r.Complete {
		t.Errorf("the whole answer is %+v", r)
	}
}

func TestRegisterRefusesWhatCouldNotWork(t *testing.T) {
	t.Parallel()
	match := at("never.example")
	for want, d := range map[string]llmhttp.Dialect{
		"without Match":           {Provider: "p", Speaks: "openai_chat"},
		"no Provider":             {Match: match, Speaks: "openai_chat"},
		`no protocol is named "x`: {Match: match, Provider: "p", Speaks: "x"},
		"needs a Protocol":        {Match: match, Provider: "p", Protocol: "own"},
	} {
		if err := llmhttp.Register(d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}

func TestRegisteredFormatThatAssignsTheWholeResponse(t *testing.T) {
	t.Parallel()
	register(t, llmhttp.Dialect{
		Provider: "own", Protocol: "own", Match: at("assigns.example"),
		Request: func(_ json.RawMessage, to *llmhttp.Request) { *to = llmhttp.Request{Streaming: true, Model: "m"} },
		Answer:  func(json.RawMessage, *llmhttp.Response) {},
		Event: func(e llmhttp.Event, to *llmhttp.Response) (output, last bool) {
			*to = llmhttp.Response{ID: string(e.Data)}
			return true, string(e.Data) == "2"
		},
	})
	q, r := exchange{url: "https://assigns.example/", answer: "data: 1\n\ndata: 2\n\n"}.read(t)
	if r.ID != "2" || r.Stream == nil || r.Stream.Events != 2 || r.Stream.FirstOutput != 0 || !r.Complete {
		t.Errorf("the answer is %+v of %+v", r, r.Stream)
	}
	if q.Provider != "own" || q.Model != "m" || !q.Registered() {
		t.Errorf("the request is %+v", q)
	}
}
