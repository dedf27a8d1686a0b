package llmhttp_test

import (
	"reflect"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const (
	predictURL      = "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/publishers/google/models/predict-test:predict"
	localPredictURL = "http://127.0.0.1:8501/v1/models/predict-test:predict"
)

func TestPredictRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"texts to embed": {`{"instances":[{"content":"a","task_type":"RETRIEVAL_QUERY"},{"content":"b"}],"parameters":{"outputDimensionality":8}}`, `[{"role":"user","content":"a"},{"role":"user","content":"b"}]`},
		"a prompt":       {`{"instances":[{"prompt":"A red ball"}],"parameters":{"sampleCount":2}}`, `[{"role":"user","content":"A red ball"}]`},
		"an empty text":  {`{"instances":[{"content":""}]}`, `[{"role":"user","content":[]}]`},
		"mistyped":       {`{"instances":[7,"x",null,{"content":7,"prompt":"p"},{"content":{}}]}`, `[{"role":"user","content":"p"}]`},
		"no list":        {`{"instances":{"content":"a"}}`, `[]`},
		"no JSON":        {`{`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, _ := exchange{url: predictURL, request: c.sent}.read(t)
			if got := messages(q.Messages); got != c.want || q.Model != "predict-test" || len(q.Parameters) != 0 || !q.IsModelCall() {
				t.Errorf("got  %s in %+v\nwant %s", got, q, c.want)
			}
		})
	}
}

func TestPredictOnUnknownHostsAsksForProof(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"instances":[{"content":"a"}]}`:                                   true,
		`{"instances":[{"prompt":"a"}],"parameters":{}}`:                    true,
		`{"instances":[{"text":"a"}]}`:                                      true,
		`{"instances":[{"image":{"bytesBase64Encoded":"AA"}}]}`:             true,
		`{"instances":[{"video":{"gcsUri":"gs://b/v"}}]}`:                   true,
		`{"instances":[1.0,2.0,5.0]}`:                                       false,
		`{"instances":[[1,2],[3,4]]}`:                                       false,
		`{"instances":["a"]}`:                                               false,
		`{"instances":[{"b64":"AA"}]}`:                                      false,
		`{"instances":[{"image":{"b64":"AA"}}]}`:                            false,
		`{"instances":[{"tag":"a","signal":[1]}],"signature_name":"serve"}`: false,
		`{"inputs":{"content":"a"}}`:                                        false,
		`{"instances":{"content":"a"}}`:                                     false,
		`{}`:                                                                false,
		`{`:                                                                 false,
		``:                                                                  false,
	} {
		q, _ := exchange{url: localPredictURL, request: body}.read(t)
		if q.IsModelCall() != want || q.Provider != "vertex_ai" || q.System != "gcp.vertex_ai" {
			t.Errorf("%s is taken for a model call: %v (%+v)", body, q.IsModelCall(), q)
		}
	}
}

func TestPredictAnswers(t *testing.T) {
	t.Parallel()
	tokens := llmhttp.Usage{Input: llmhttp.Tokens(7)}
	image := llmhttp.Part{Type: llmhttp.PartImage, Source: llmhttp.SourceInline, Base64Len: 4, MediaType: "image/png"}
	for name, c := range map[string]struct {
		answer string
		want   llmhttp.Response
	}{
		"vectors": {
			`{"predictions":[{"embeddings":{"values":[0.1,0.2,0.3],"statistics":{"token_count":3,"truncated":false}}},{"embeddings":{"values":[1,2,3],"statistics":{"token_count":4.0}}}]}`,
			llmhttp.Response{Operation: "embeddings", Embeddings: &llmhttp.Embeddings{Count: 2, Dimensions: 3}, Usage: tokens},
		},
		"vectors, one without a count": {
			`{"predictions":[{"embeddings":{"values":[0.1],"statistics":{"token_count":3}}},{"embeddings":{"values":[1]}}]}`,
			llmhttp.Response{Operation: "embeddings", Embeddings: &llmhttp.Embeddings{Count: 2, Dimensions: 1}},
		},
		"images": {
			`{"predictions":[{"mimeType":"image/png","bytesBase64Encoded":"AAAA"},{"raiFilteredReason":"no"}]}`,
			llmhttp.Response{Operation: "image_generation", Messages: []llmhttp.Message{{Role: "assistant", Content: []llmhttp.Part{image}}, {Role: "assistant"}}},
		},
		"images, the first filtered": {
			`{"predictions":[{"raiFilteredReason":"no"},{"mimeType":"image/png","bytesBase64Encoded":"AAAA"}]}`,
			llmhttp.Response{Operation: "image_generation", Messages: []llmhttp.Message{{Role: "assistant"}, {Role: "assistant", Content: []llmhttp.Part{image}}}},
		},
		"something else": {`{"predictions":[{"textEmbedding":[1,2]}]}`, llmhttp.Response{}},
		"mistyped":       {`{"predictions":[7,{"bytesBase64Encoded":7}]}`, llmhttp.Response{}},
		"nothing":        {`{"predictions":[]}`, llmhttp.Response{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: predictURL, request: `{"instances":[{"content":"a"}]}`, answer: c.answer}.read(t)
			if c.want.Complete = true; !reflect.DeepEqual(*r, c.want) {
				t.Errorf("got  %+v\nwant %+v", *r, c.want)
			}
		})
	}
	q, r := exchange{url: predictURL, status: 404, answer: `{"error":{"code":404,"message":"No model","status":"NOT_FOUND"}}`}.read(t)
	if q.Operation != "predict" || r.Operation != "" || r.Error.Error() != "NOT_FOUND: No model" {
		t.Errorf("got %+v for %+v", r, q)
	}
}
