package llmhttp_test

import (
	"slices"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const imagesURL = "https://api.openai.com/v1/images/generations"

func TestImagesRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ url, body, want string }{
		"from a prompt": {imagesURL, `{"model":"m","prompt":"A pear"}`, `[{"role":"user","content":"A pear"}]`},
		"an edit": {
			"https://api.openai.com/v1/images/edits",
			`{"model":"m","prompt":"Greener","images":[{"image_url":"https://e.com/a"},{"file_id":"file-1"},{"image_url":"data:image/png;base64,AAAA"}]}`,
			`[{"role":"user","content":[{"type":"text","text":"Greener"},{"type":"image","source":"url","url":"https://e.com/a"},` +
				`{"type":"image","source":"ref","ref":"file-1"},{"type":"image","source":"inline","base64_len":4,"media_type":"image/png"}]}]`,
		},
		"no prompt": {imagesURL, `{"model":"m"}`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, _ := exchange{url: c.url, request: c.body}.read(t)
			if got := messages(q.Messages); got != c.want || q.Protocol != "openai_images" || q.Operation != "image_generation" {
				t.Errorf("got  %s in %+v\nwant %s", got, q, c.want)
			}
		})
	}
	if _, ok := match(t, "POST", "https://api.openai.com/v1/videos/edits", nil); ok {
		t.Error("not every edit is one of images")
	}
	for body, want := range map[string]bool{`{"prompt":"A pear"}`: true, `{"prompt":["A pear"]}`: false, `{"model":"m","size":"1"}`: false, ``: false} {
		if q := (exchange{url: "http://127.0.0.1/images/generations", request: body}).ask(t); q.IsModelCall() != want {
			t.Errorf("%s: got %v", body, q.IsModelCall())
		}
	}
}

func TestImagesAnswers(t *testing.T) {
	t.Parallel()
	_, r := exchange{url: imagesURL, answer: `{"created":1,"data":[{"url":"https://e.com/a"},{"b64_json":"AAAAAAAA"},{},null],
		"usage":{"input_tokens":5,"output_tokens":6,"total_tokens":11}}`}.read(t)
	const want = `[{"role":"assistant","content":[{"type":"image","source":"url","url":"https://e.com/a"}]},` +
		`{"role":"assistant","content":[{"type":"image","source":"inline","base64_len":8}]},` +
		`{"role":"assistant","content":[{"type":"image"}]},{"role":"assistant","content":[{"type":"image"}]}]`
	if got := messages(r.Messages); got != want || r.FinishReasons != nil || !r.Complete {
		t.Errorf("got  %s of %+v\nwant %s", got, r, want)
	}
	if usage := (llmhttp.Usage{Input: llmhttp.Tokens(5), Output: llmhttp.Tokens(6), Total: llmhttp.Tokens(11)}); r.Usage != usage {
		t.Errorf("got %+v", r.Usage)
	}
	_, r = exchange{url: imagesURL, answer: `{"error":{"code":"moderated","message":"No"}}`}.read(t)
	if r.Error == nil || r.Error.Message != "No" || r.Error.Status != 200 || !r.Complete {
		t.Errorf("got %+v", r)
	}
}

func TestImagesStreams(t *testing.T) {
	t.Parallel()
	const (
		begun = `{"type":"image_generation.partial_image","partial_image_index":0,"b64_json":"AA=="}`
		whole = `{"type":"image_generation.completed","b64_json":"AAAAAAAA","usage":{"input_tokens":5,"output_tokens":6}}`
		short = `{"role":"assistant","content":[{"type":"image","source":"inline","base64_len":4}]}`
		long  = `{"role":"assistant","content":[{"type":"image","source":"inline","base64_len":8}]}`
		fault = `{"type":"error","error":{"type":"image_generation_error","message":"No"}}`
	)
	for name, c := range map[string]struct {
		n        string
		events   []string
		messages string
		complete bool
	}{
		"whole":                 {"1", []string{begun, whole}, "[" + long + "]", true},
		"an edit":               {"1", []string{`{"type":"image_edit.completed","b64_json":"AAAAAAAA"}`}, "[" + long + "]", true},
		"two":                   {"2", []string{whole, begun, whole}, "[" + long + "," + long + "]", true},
		"one of two":            {"2", []string{whole, begun}, "[" + long + "," + short + "]", false},
		"cut in the making":     {"1", []string{begun, begun}, "[" + short + "]", false},
		"an error":              {"1", []string{begun, fault}, "[" + short + "]", false},
		"none":                  {"1", nil, "[]", false},
		"[DONE] alone":          {"1", []string{"[DONE]"}, "[]", false},
		"events of other kinds": {"null", []string{`{}`, `7`, `{"type":"keepalive"}`, whole, "[DONE]"}, "[" + long + "]", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: imagesURL, request: `{"prompt":"A pear","stream":true,"n":` + c.n + `}`, answer: sse(c.events...), size: 9}.read(t)
			if got := messages(r.Messages); got != c.messages || r.Complete != c.complete {
				t.Errorf("got %s, complete %v, want %s, %v", got, r.Complete, c.messages, c.complete)
			}
			if failed := slices.Contains(c.events, fault); failed != (r.Error != nil) {
				t.Errorf("got the error %+v", r.Error)
			}
			if usage := (llmhttp.Usage{Input: llmhttp.Tokens(5), Output: llmhttp.Tokens(6)}); slices.Contains(c.events, whole) && r.Usage != usage {
				t.Errorf("got %+v", r.Usage)
			}
		})
	}
}
