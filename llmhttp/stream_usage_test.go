package llmhttp_test

import (
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

func TestAskForUsage(t *testing.T) {
	t.Parallel()
	const wish = `"stream_options":{"include_usage":true},`
	for name, c := range map[string]struct{ url, body, want string }{
		"a stream":               {chatURL, ` {"stream":true,"model":"m"}`, ` {` + wish + `"stream":true,"model":"m"}`},
		"no stream":              {chatURL, `{"model":"m"}`, ""},
		"asked already":          {chatURL, `{"stream":true,"stream_options":{"include_usage":true}}`, ""},
		"declined":               {chatURL, `{"stream":true,"stream_options":null}`, ""},
		"Mistral":                {"https://api.mistral.ai/v1/chat/completions", `{"stream":true}`, ""},
		"embeddings":             {embeddingsURL, `{"stream":true}`, ""},
		"no JSON":                {chatURL, `{"stream":true`, ""},
		"a body of another kind": {chatURL, `[{"stream":true}]`, ""},
	} {
		may := exchange{url: c.url, request: c.body}.ask(t).MayAskForUsage()
		if may != (c.want != "") {
			t.Errorf("%s: got %v", name, may)
		}
		if got := llmhttp.AskForUsage([]byte(c.body)); may && string(got) != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestUsageFilter(t *testing.T) {
	t.Parallel()
	text, usage := sse(delta(0, `"content":"a"`)), sse(`{"choices":[],"usage":{"prompt_tokens":1}}`)
	for name, c := range map[string]struct{ in, want string }{
		"usage alone goes":     {text + usage + sse("[DONE]"), text + sse("[DONE]")},
		"CRLF":                 {strings.ReplaceAll(text+usage+text, "\n", "\r\n"), strings.ReplaceAll(text+text, "\n", "\r\n")},
		"usage of none stays":  {sse(`{"choices":[],"usage":null}`), sse(`{"choices":[],"usage":null}`)},
		"with choices stays":   {sse(`{"choices":[{}],"usage":{"a":1}}`), sse(`{"choices":[{}],"usage":{"a":1}}`)},
		"with an error stays":  {sse(`{"choices":[],"usage":{"a":1},"error":{"a":1}}`), sse(`{"choices":[],"usage":{"a":1},"error":{"a":1}}`)},
		"no JSON, no newline":  {"data: hello\n\ndata: cut", "data: hello\n\ndata: cut"},
		"comments stay":        {": wait\n\n" + text, ": wait\n\n" + text},
		"larger than any":      {text + "data: " + strings.Repeat(" ", 2*mib) + usage[6:] + text, text + "data: " + strings.Repeat(" ", 2*mib) + usage[6:] + text},
		"unterminated at last": {text + strings.TrimRight(usage, "\n"), text},
		"nothing":              {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sizes := []int{len(c.in) + 1, 100_000}
			if len(c.in) < mib {
				sizes = append(sizes, 1, 7)
			}
			for _, size := range sizes {
				f := llmhttp.NewUsageFilter()
				var got []byte
				for chunk := range chunks([]byte(c.in), size) {
					got = f.Append(got, chunk)
				}
				if got = f.AppendRest(got); string(got) != c.want {
					t.Errorf("read %d bytes at a time: got %.300q, want %.300q", size, got, c.want)
				}
			}
		})
	}
	t.Run("comments are not held", func(t *testing.T) {
		t.Parallel()
		if got := llmhttp.NewUsageFilter().Append(nil, []byte(": wait\n\ndata: {")); string(got) != ": wait\n\n" {
			t.Errorf("got %q", got)
		}
	})
}
