package llmhttp_test

import (
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const (
	cohereEmbedURL    = "https://api.cohere.com/v2/embed"
	cohereRerankURL   = "https://api.cohere.com/v2/rerank"
	cohereGenerateURL = "https://api.cohere.com/v1/generate"
)

func TestCohereEmbedInputs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"texts":  {`"texts":["a","b"]`, `[{"role":"user","content":"a"},{"role":"user","content":"b"}]`},
		"images": {`"images":["data:image/png;base64,QUJD"]`, `[{"role":"user","content":[{"type":"image","source":"inline","base64_len":4,"media_type":"image/png"}]}]`},
		"mixed inputs": {
			`"inputs":[{"content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"https://e.com/i"}}]},{"content":[]}]`,
			`[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image","source":"url","url":"https://e.com/i"}]},{"role":"user","content":[]}]`,
		},
		"nothing": {`"texts":null,"inputs":7,"images":"x"`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := exchange{url: cohereEmbedURL, request: `{"model":"embed-test","output_dimension":8,"temperature":1,` + c.sent + `}`}.ask(t)
			if got := messages(q.Messages); got != c.want || q.Operation != "embeddings" || parametersText(t, q) != `{"dimensions":8}` {
				t.Errorf("got  %s in %+v\nwant %s", got, q, c.want)
			}
		})
	}
}

func TestCohereEmbedAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		vectors string
		want    llmhttp.Embeddings
	}{
		"a list":      {`[[0.1,0.2,0.3],[1,2,3]]`, llmhttp.Embeddings{Count: 2, Dimensions: 3}},
		"floats":      {`{"int8":[[1,2]],"float":[[0.1,0.2],[0.3,0.4]]}`, llmhttp.Embeddings{Count: 2, Dimensions: 2}},
		"small":       {`{"binary":[[1]],"int8":[[1,2,3,4,5,6,7,8]],"float":[]}`, llmhttp.Embeddings{Count: 1, Dimensions: 8}},
		"base64":      {`{"base64":["AACAPwAAAEA="]}`, llmhttp.Embeddings{Count: 1, Dimensions: 2}},
		"packed":      {`{"ubinary":[[1,2],[3,4]]}`, llmhttp.Embeddings{Count: 2, Dimensions: 16}},
		"none":        {`{}`, llmhttp.Embeddings{}},
		"of no type":  {`7`, llmhttp.Embeddings{}},
		"of no shape": {`{"float":{"a":1}}`, llmhttp.Embeddings{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: cohereEmbedURL, request: `{"texts":["a"]}`, answer: `{"id":"r1","embeddings":` + c.vectors + `,"meta":{"billed_units":{"input_tokens":4,"output_tokens":1}}}`}.read(t)
			if r.Embeddings == nil || *r.Embeddings != c.want || r.ID != "r1" || !r.Complete {
				t.Errorf("got %+v of %+v, want %+v", r.Embeddings, r, c.want)
			}
			if want := (llmhttp.Usage{Input: llmhttp.Tokens(4)}); r.Usage != want {
				t.Errorf("got %+v, want %+v", r.Usage, want)
			}
		})
	}
}

func TestCohereReranks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		request, answer, messages string
		want                      llmhttp.Rerank
	}{
		"texts":    {`{"query":"q","documents":["a","b","c"],"top_n":2}`, `{"id":"r1","results":[{"index":1,"relevance_score":0.9},{"index":0}]}`, `[{"role":"user","content":"q"}]`, llmhttp.Rerank{Documents: 3, Results: 2}},
		"objects":  {`{"query":"q","documents":[{"text":"a"}],"top_n":2}`, `{"id":"r1","results":[]}`, `[{"role":"user","content":"q"}]`, llmhttp.Rerank{Documents: 1}},
		"no lists": {`{"query":7,"documents":{},"top_n":2}`, `{"id":"r1","results":"x"}`, `[{"role":"user","content":[]}]`, llmhttp.Rerank{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, r := exchange{url: cohereRerankURL, request: c.request, answer: c.answer}.read(t)
			if got := messages(q.Messages); got != c.messages || q.Operation != "rerank" || parametersText(t, q) != `{"top_n":2}` {
				t.Errorf("got %s in %+v", got, q)
			}
			if *r.Rerank != c.want || r.ID != "r1" || r.Messages != nil || !r.Complete {
				t.Errorf("got %+v of %+v, want %+v", r.Rerank, r, c.want)
			}
		})
	}
}

func TestCohereCountsEveryDocument(t *testing.T) {
	t.Parallel()
	const many = 200_000
	documents := strings.TrimSuffix(strings.Repeat(`"d",`, many), ",")
	_, r := exchange{url: cohereRerankURL, request: `{"query":"q","documents":[` + documents + `]}`, answer: `{"results":[{}]}`}.read(t)
	if *r.Rerank != (llmhttp.Rerank{Documents: many, Results: 1}) {
		t.Errorf("got %+v", r.Rerank)
	}
}

func TestCohereGenerations(t *testing.T) {
	t.Parallel()
	const end = `{"is_finished":true,"event_type":"stream-end","finish_reason":"COMPLETE","response":{"id":"r1","generations":[{"text":"ab"}],"meta":{"billed_units":{"input_tokens":1,"output_tokens":2}}}}`
	piece := func(index, text string) string {
		return `{"is_finished":false,"event_type":"text-generation","index":` + index + `,"text":"` + text + `"}`
	}
	for name, c := range map[string]struct {
		request, answer, messages string
		reasons                   string
		complete                  bool
	}{
		"whole": {
			`{}`, `{"id":"r1","generations":[{"id":"g","text":"a","finish_reason":"COMPLETE"},{"text":"b","finish_reason":"MAX_TOKENS"}]}`,
			`[{"role":"assistant","content":"a"},{"role":"assistant","content":"b"}]`, "COMPLETE,MAX_TOKENS", true,
		},
		"no list":     {`{}`, `{"generations":{"text":"a"}}`, `[]`, "", true},
		"streamed":    {`{"stream":true}`, lines(piece("0", "a"), piece("0", "b"), end), `[{"role":"assistant","content":"ab"}]`, "COMPLETE", true},
		"cut":         {`{"stream":true}`, lines(piece("1", "c"), piece("0", "a"), piece("0", "b")), `[{"role":"assistant","content":"ab"},{"role":"assistant","content":"c"}]`, ",", false},
		"failed":      {`{"stream":true}`, lines(piece("0", "a"), `{"event_type":"stream-error","is_finished":true,"finish_reason":"ERROR","err":"overloaded"}`), `[{"role":"assistant","content":"a"}]`, "", false},
		"says little": {`{"stream":true}`, lines(`{"index":[],"text":7}`, `null`, end), `[{"role":"assistant","content":"ab"}]`, "COMPLETE", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: cohereGenerateURL, request: c.request, answer: c.answer, size: 6}.read(t)
			if got := messages(r.Messages); got != c.messages || strings.Join(r.FinishReasons, ",") != c.reasons || r.Complete != c.complete {
				t.Errorf("got %s, %v, complete %v\nwant %s, %s", got, r.FinishReasons, r.Complete, c.messages, c.reasons)
			}
			if failed := name == "failed"; (r.Error != nil) != failed || failed && *r.Error != (llmhttp.Error{Status: 200, Message: "overloaded"}) {
				t.Errorf("got error %+v", r.Error)
			}
		})
	}
	q := exchange{url: cohereGenerateURL, request: `{"prompt":"Hi","model":"command-test","max_tokens":3}`}.ask(t)
	if got := messages(q.Messages); got != `[{"role":"user","content":"Hi"}]` || q.Operation != "text_completion" || parametersText(t, q) != `{"max_tokens":3}` {
		t.Errorf("got %s in %+v", got, q)
	}
}
