package llmhttp_test

import (
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

func TestEmbeddingsInputs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"a text":         {`"a"`, `[{"role":"user","content":"a"}]`},
		"texts":          {`["a","b"]`, `[{"role":"user","content":"a"},{"role":"user","content":"b"}]`},
		"an empty text":  {`""`, `[{"role":"user","content":[]}]`},
		"tokens":         {`[1,2,3]`, `[{"role":"user","content":[{"type":"tokens","count":3}]}]`},
		"lists of them":  {`[[1,2],[3]]`, `[{"role":"user","content":[{"type":"tokens","count":2}]},{"role":"user","content":[{"type":"tokens","count":1}]}]`},
		"parts":          {`[{"type":"image_url","image_url":"https://e.com/i"}]`, `[{"role":"user","content":[{"type":"image","source":"url","url":"https://e.com/i"}]}]`},
		"an empty list":  {`[]`, `[]`},
		"nothing":        {`null`, `[]`},
		"something else": {`{"a":1}`, `[{"role":"user","content":[{"type":"unknown"}]}]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, _ := exchange{url: embeddingsURL, request: `{"model":"ada","dimensions":8,"input":` + c.sent + `}`}.read(t)
			if got := messages(q.Messages); got != c.want || q.Operation != "embeddings" || string(q.Parameters["dimensions"]) != "8" {
				t.Errorf("got  %s in %+v\nwant %s", got, q, c.want)
			}
		})
	}
}

func TestEmbeddingsAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data string
		want llmhttp.Embeddings
	}{
		"numbers":      {`[{"embedding":[0.1,0.2,0.3]},{"embedding":[1,2,3]}]`, llmhttp.Embeddings{Count: 2, Dimensions: 3}},
		"base64":       {`[{"embedding":"AACAPwAAAEAAAEBA"}]`, llmhttp.Embeddings{Count: 1, Dimensions: 3}},
		"base64, = ":   {`[{"embedding":"AACAPw=="}]`, llmhttp.Embeddings{Count: 1, Dimensions: 1}},
		"base64, no =": {`[{"embedding":"AACAPw"}]`, llmhttp.Embeddings{Count: 1, Dimensions: 1}},
		"none":         {`[]`, llmhttp.Embeddings{}},
		"no list":      {`{"embedding":[1]}`, llmhttp.Embeddings{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{
				url:    embeddingsURL,
				answer: `{"model":"ada-002","data":` + c.data + `,"usage":{"prompt_tokens":4,"completion_tokens":0,"total_tokens":4}}`,
			}.read(t)
			usage := llmhttp.Usage{Input: llmhttp.Tokens(4), Total: llmhttp.Tokens(4)}
			if *r.Embeddings != c.want || r.Usage != usage || r.Model != "ada-002" || !r.Complete || len(r.Messages) != 0 {
				t.Errorf("got %+v of %+v, want %+v", r.Embeddings, r, c.want)
			}
		})
	}
}
