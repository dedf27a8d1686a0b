package llmhttp_test

import (
	"reflect"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const (
	geminiEmbedURL = "https://generativelanguage.googleapis.com/v1beta/models/embed-test:batchEmbedContents"
	geminiCountURL = "https://generativelanguage.googleapis.com/v1beta/models/gemini-test:countTokens"
)

func TestGeminiEmbedRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want, dimensions string }{
		"one":        {`{"content":{"parts":[{"text":"a"}]},"outputDimensionality":8}`, `[{"role":"user","content":"a"}]`, "8"},
		"snake case": {`{"content":{"parts":{"text":"a"}},"output_dimensionality":8}`, `[{"role":"user","content":"a"}]`, "8"},
		"Vertex AI":  {`{"content":{"parts":[{"fileData":{"mimeType":"image/png","fileUri":"gs://b/i"}}]},"embedContentConfig":{"outputDimensionality":8}}`, `[{"role":"user","content":[{"type":"image","source":"url","url":"gs://b/i","media_type":"image/png"}]}]`, "8"},
		"a batch": {
			`{"requests":[{"model":"models/embed-test","content":{"parts":[{"text":"a"}]},"outputDimensionality":8},{"content":{"parts":[{"text":"b"},{"text":"c"}]}}]}`,
			`[{"role":"user","content":"a"},{"role":"user","content":[{"type":"text","text":"b"},{"type":"text","text":"c"}]}]`, "8",
		},
		"a text, and a list": {`{"requests":[{"content":"a"},{"content":["b",{"parts":[]}]}]}`, `[{"role":"user","content":"a"},{"role":"user","content":"b"},{"role":"user","content":[]}]`, ""},
		"mistyped":           {`{"requests":[null,7,{"content":7}],"content":"x"}`, `[]`, ""},
		"an empty batch":     {`{"requests":[]}`, `[]`, ""},
		"no JSON":            {`{`, `[]`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, _ := exchange{url: geminiEmbedURL, request: c.sent}.read(t)
			if got := messages(q.Messages); got != c.want || string(q.Parameters["dimensions"]) != c.dimensions || q.Model != "embed-test" {
				t.Errorf("got  %s in %+v\nwant %s", got, q, c.want)
			}
		})
	}
}

func TestGeminiEmbedAnswers(t *testing.T) {
	t.Parallel()
	input := llmhttp.Usage{Input: llmhttp.Tokens(4), Total: llmhttp.Tokens(4)}
	for name, c := range map[string]struct {
		answer string
		want   llmhttp.Embeddings
		usage  llmhttp.Usage
	}{
		"one":        {`{"embedding":{"values":[0.1,0.2,0.3]},"usageMetadata":{"promptTokenCount":4,"totalTokenCount":4}}`, llmhttp.Embeddings{Count: 1, Dimensions: 3}, input},
		"a batch":    {`{"embeddings":[{"values":[0.1,0.2]},{"values":[1,2]},{}]}`, llmhttp.Embeddings{Count: 3, Dimensions: 2}, llmhttp.Usage{}},
		"none":       {`{"embeddings":[]}`, llmhttp.Embeddings{}, llmhttp.Usage{}},
		"mistyped":   {`{"embeddings":7,"embedding":"x","usageMetadata":"x"}`, llmhttp.Embeddings{Count: 1}, llmhttp.Usage{}},
		"no vectors": {`{}`, llmhttp.Embeddings{}, llmhttp.Usage{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: geminiEmbedURL, answer: c.answer}.read(t)
			if want := (&llmhttp.Response{Embeddings: &c.want, Usage: c.usage, Complete: true}); !reflect.DeepEqual(r, want) {
				t.Errorf("got %+v of %+v, want %+v", r.Embeddings, r, c.want)
			}
		})
	}
}

func TestGeminiCountsTokens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"contents":        {`{"contents":[{"parts":[{"text":"Hi"}]}]}`, `[{"role":"user","content":"Hi"}]`},
		"a whole request": {`{"generateContentRequest":{"model":"models/x","systemInstruction":"Be brief.","contents":[{"parts":[{"text":"Hi"}]}]}}`, `[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}]`},
		"snake case":      {`{"generate_content_request":{"contents":"Hi"}}`, `[{"role":"user","content":"Hi"}]`},
		"instances":       {`{"instances":[{"content":"Hi"}]}`, `[{"role":"user","content":"Hi"}]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, r := exchange{url: geminiCountURL, request: c.sent, answer: `{"totalTokens":7,"cachedContentTokenCount":2,"totalBillableCharacters":25}`}.read(t)
			if got := messages(q.Messages); got != c.want || q.Model != "gemini-test" || q.Operation != "count_tokens" {
				t.Errorf("got  %s in %+v\nwant %s", got, q, c.want)
			}
			if want := (llmhttp.Usage{Input: llmhttp.Tokens(7), CacheRead: llmhttp.Tokens(2)}); r.Usage != want || !r.Complete {
				t.Errorf("got %+v", r)
			}
		})
	}
}
