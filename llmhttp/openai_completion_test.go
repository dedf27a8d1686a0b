package llmhttp_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const completionURL = "https://api.openai.com/v1/completions"

func TestCompletionPrompts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"a text":  {`"Once"`, `[{"role":"user","content":"Once"}]`},
		"texts":   {`["Once","Twice"]`, `[{"role":"user","content":"Once"},{"role":"user","content":"Twice"}]`},
		"tokens":  {`[1,2,3]`, `[{"role":"user","content":[{"type":"tokens","count":3}]}]`},
		"nothing": {`null`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, _ := exchange{url: completionURL, request: `{"model":"m","max_tokens":5,"stop":"x","prompt":` + c.sent + `}`}.read(t)
			if got := messages(q.Messages); got != c.want || q.Protocol != "openai_completion" || q.Operation != "text_completion" {
				t.Errorf("got %s in %+v, want %s", got, q, c.want)
			}
			if string(q.Parameters["max_tokens"]) != "5" || string(q.Parameters["stop"]) != `["x"]` || q.Model != "m" {
				t.Errorf("got %+v", q)
			}
		})
	}
}

func TestCompletionPaths(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		completionURL: "openai_completion", chatURL: "openai_chat",
		"http://localhost/x/completions":                                   "openai_completion",
		"https://api.mistral.ai/v1/fim/completions":                        "openai_completion",
		"https://r.openai.azure.com/openai/deployments/old/completions":    "openai_completion",
		"https://api.openai.com/v1/other:completions":                      "",
		"https://r.openai.azure.com/openai/deployments/m/chat/completions": "openai_chat",
	} {
		if route, _ := match(t, "POST", address, nil); route.Protocol != want {
			t.Errorf("%s: got %q, want %q", address, route.Protocol, want)
		}
	}
	for body, want := range map[string]bool{
		`{"prompt":"Once"}`: true, `{"prompt":["Once"]}`: true, `{"prompt":[1]}`: true,
		`{"prompt":{"a":1}}`: false, `{"text":"Once"}`: false, ``: false,
	} {
		if q := (exchange{url: "http://127.0.0.1/completions", request: body}).ask(t); q.IsModelCall() != want || q.Provider != "openai_compatible" {
			t.Errorf("%s: got %v of %s, want %v", body, q.IsModelCall(), q.Provider, want)
		}
	}
}

func TestCompletionAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		choices, messages string
		reasons           []string
	}{
		"texts out of order": {
			`[{"index":1,"text":"b","finish_reason":"length"},{"index":0,"text":"a","finish_reason":null}]`,
			`[{"role":"assistant","content":"a"},{"role":"assistant","content":"b"}]`,
			[]string{"", "length"},
		},
		"an empty text":            {`[{"text":"","finish_reason":"stop"}]`, `[{"role":"assistant","content":[]}]`, []string{"stop"}},
		"Mistral's in the middle":  {`[{"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}]`, `[{"role":"assistant","content":"a"}]`, []string{"stop"}},
		"both, and text counts":    {`[{"text":"a","message":{"content":"aa"}}]`, `[{"role":"assistant","content":"a"}]`, []string{""}},
		"things that are no texts": {`[{"text":7},null]`, `[{"role":"assistant","content":[]},{"role":"assistant","content":[]}]`, []string{"", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: completionURL, answer: `{"id":"c","model":"m1","choices":` + c.choices + `,"usage":{"prompt_tokens":1,"completion_tokens":2}}`}.read(t)
			if got := messages(r.Messages); got != c.messages || !slices.Equal(r.FinishReasons, c.reasons) {
				t.Errorf("got  %s %q\nwant %s %q", got, r.FinishReasons, c.messages, c.reasons)
			}
			if want := (llmhttp.Usage{Input: llmhttp.Tokens(1), Output: llmhttp.Tokens(2)}); r.Usage != want || r.ID != "c" || r.Model != "m1" {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestCompletionStreams(t *testing.T) {
	t.Parallel()
	text := func(index int, s string) string {
		return fmt.Sprintf(`{"id":"c","choices":[{"index":%d,"text":%q,"delta":{"content":%q},"finish_reason":null}]}`, index, s, s)
	}
	answer := sse(text(0, ""), text(1, "b"), text(0, "a"), text(0, "A"), `{"choices":[{"index":0,"text":"","finish_reason":"stop"},{"index":1,"text":"","finish_reason":"length"}]}`,
		`{"choices":[],"usage":{"prompt_tokens":2}}`, "[DONE]")
	q, r := exchange{url: completionURL, request: `{"stream":true,"prompt":"x"}`, answer: answer}.read(t)
	if got := messages(r.Messages); got != `[{"role":"assistant","content":"aA"},{"role":"assistant","content":"b"}]` || !slices.Equal(r.FinishReasons, []string{"stop", "length"}) {
		t.Errorf("got %s, %q", got, r.FinishReasons)
	}
	if r.Stream.FirstOutput != 1 || !r.Complete || r.Usage.Input != llmhttp.Tokens(2) || !q.MayAskForUsage() {
		t.Errorf("got %+v of %+v", r.Stream, r)
	}
	_, r = exchange{url: completionURL, request: `{"stream":true,"prompt":"x"}`, answer: sse(text(0, "a")) + `data: {"choi`, cut: true}.read(t)
	if got := messages(r.Messages); got != `[{"role":"assistant","content":"a"}]` || r.Complete {
		t.Errorf("cut: got %s, complete %v", got, r.Complete)
	}
}
