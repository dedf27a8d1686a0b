package llmhttp_test

import (
	"slices"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const moderationsURL = "https://api.openai.com/v1/moderations"

func TestModerationInputs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"a text":          {`"a"`, `[{"role":"user","content":"a"}]`},
		"texts":           {`["a","b"]`, `[{"role":"user","content":"a"},{"role":"user","content":"b"}]`},
		"parts":           {`[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"https://e.com/i"}}]`, `[{"role":"user","content":"a"},{"role":"user","content":[{"type":"image","source":"url","url":"https://e.com/i"}]}]`},
		"a conversation":  {`[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]`, `[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]`},
		"conversations":   {`[[{"role":"user","content":"a"}],[{"role":"user","content":"b"}]]`, `[{"role":"user","content":"a"},{"role":"user","content":"b"}]`},
		"a mistyped text": {`7`, `[{"role":"user","content":[]}]`},
		"nothing":         {`[]`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, _ := exchange{url: moderationsURL, request: `{"model":"m","input":` + c.sent + `}`}.read(t)
			if got := messages(q.Messages); got != c.want || q.Operation != "moderation" || q.Model != "m" {
				t.Errorf("got %s in %+v, want %s", got, q, c.want)
			}
		})
	}
	for body, want := range map[string]bool{`{"input":"a"}`: true, `{"input":["a"]}`: true, `{"input":{}}`: false, `{"post":7}`: false, ``: false} {
		if q := (exchange{url: "http://127.0.0.1/api/moderations", request: body}).ask(t); q.IsModelCall() != want {
			t.Errorf("%s: got %v", body, q.IsModelCall())
		}
	}
}

func TestModerationAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		results string
		want    []bool
	}{
		"flags":               {`[{"flagged":true},{"flagged":false}]`, []bool{true, false}},
		"categories alone":    {`[{"categories":{"hate":false,"law":true}},{"categories":{"hate":false}}]`, []bool{true, false}},
		"neither":             {`[{},null,{"categories":[true]}]`, []bool{false, false, false}},
		"no result":           {`[]`, []bool{}},
		"something else":      {`7`, []bool{}},
		"what is no truth":    {`[{"flagged":"yes"}]`, []bool{true}},
		"a flag that is null": {`[{"flagged":null,"categories":{"hate":true}}]`, []bool{true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: moderationsURL, answer: `{"id":"modr","model":"m1","results":` + c.results + `,"usage":{"prompt_tokens":2}}`}.read(t)
			if r.Moderation == nil || r.Moderation.Flagged == nil || !slices.Equal(r.Moderation.Flagged, c.want) {
				t.Errorf("got %+v, want %v", r.Moderation, c.want)
			}
			if r.ID != "modr" || r.Model != "m1" || !r.Complete || len(r.Messages) != 0 || r.Usage.Input != llmhttp.Tokens(2) {
				t.Errorf("got %+v", r)
			}
		})
	}
}
