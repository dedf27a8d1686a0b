package llmhttp_test

import (
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// addresses has a place for each protocol where it is spoken.
var addresses = map[string]string{
	"anthropic":            "https://api.anthropic.com/v1/messages",
	"anthropic_count":      "https://api.anthropic.com/v1/messages/count_tokens",
	"bedrock_count":        "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/count-tokens",
	"cohere_chat1":         "https://api.cohere.com/v1/chat",
	"cohere_chat2":         "https://api.cohere.com/v2/chat",
	"cohere_embed":         "https://api.cohere.com/v2/embed",
	"cohere_generate":      "https://api.cohere.com/v1/generate",
	"cohere_rerank":        "https://api.cohere.com/v2/rerank",
	"converse":             "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse",
	"converse_stream":      "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream",
	"gemini":               "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent",
	"gemini_count":         "https://generativelanguage.googleapis.com/v1beta/models/m:countTokens",
	"gemini_embed":         "https://generativelanguage.googleapis.com/v1beta/models/m:embedContent",
	"gemini_stream":        "https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent",
	"invoke":               "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke",
	"invoke_stream":        "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke-with-response-stream",
	"ollama_chat":          "http://localhost:11434/api/chat",
	"ollama_embed":         "http://localhost:11434/api/embed",
	"ollama_embeddings":    "http://localhost:11434/api/embeddings",
	"ollama_generate":      "http://localhost:11434/api/generate",
	"openai_chat":          chatURL,
	"openai_completion":    completionURL,
	"openai_embeddings":    embeddingsURL,
	"openai_images":        imagesURL,
	"openai_moderations":   moderationsURL,
	"openai_responses":     responsesURL,
	"openai_speech":        speechURL,
	"openai_transcription": transcriptionURL,
	"vertex_predict":       "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/m:predict",
}

// everyAddress has one of each protocol.
func everyAddress(f *testing.F) []string {
	f.Helper()
	var all []string
	for _, protocol := range llmhttp.Protocols() {
		address := addresses[protocol]
		if route, _ := match(f, http.MethodPost, address, nil); route.Protocol != protocol {
			f.Fatalf("%s is not spoken at %q", protocol, address)
		}
		all = append(all, address)
	}
	return all
}

// FuzzExchange wants no panic, messages that are JSON, and the same reading wherever the network cuts the answer.
func FuzzExchange(f *testing.F) {
	all := everyAddress(f)
	request := `{"model":"m","stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}],"input":["a"]}`
	for which := range all {
		for _, answer := range []string{
			sse(delta(0, `"content":"é"`), stop, `{"choices":[],"usage":{"prompt_tokens":1}}`, "[DONE]"),
			sse(delta(2, `"tool_calls":[{"index":-1,"function":{"arguments":"{"}}],"audio":{"id":"x"}`), `{"error":7}`),
			sse(created, added(0, `{"type":"reasoning"}`), arrives("output_text.delta", 1, `"delta":"é"`), done(-1, `{}`), completed),
			`{"choices":[{"index":1e99,"message":{"content":[{"type":"thinking","thinking":[]}]}}],"data":[{"embedding":"AA"}]}`,
			`[{"error":{"message":{}}}]`, "<html>",
		} {
			f.Add(which, "text/event-stream", request, answer, 200, 7)
		}
		f.Add(which, "application/json", request, "{\"text\":\"a\"}\n{\"message\":{\"content\":\"b\"},\"done\":true}\n", 200, 3)
	}
	f.Add(0, "text/plain", request, "<html>", 500, 1)
	f.Fuzz(func(t *testing.T, which int, contentType, request, answer string, status, size int) {
		e := exchange{
			url: all[max(which, 0)%len(all)], request: request, answer: answer, status: status,
			header: http.Header{"Content-Type": {contentType}}, limits: llmhttp.Limits{Text: 300},
		}
		_, whole := e.read(t)
		mustBeJSON(t, llmhttp.AppendMessages(nil, whole.Messages))
		e.size = max(size, 1)
		if _, cut := e.read(t); !reflect.DeepEqual(cut, whole) {
			t.Fatalf("read %d bytes at a time: %+v\nwhole: %+v", e.size, cut, whole)
		}
	})
}

// FuzzRequest wants no panic, JSON for spans, and the same reading of a body wherever it is cut, sent as JSON or as a form.
func FuzzRequest(f *testing.F) {
	all := everyAddress(f)
	for which := range all {
		f.Add(which, []byte(`{"input":{"invokeModel":{"body":"eyJtZXNzYWdlcyI6W3sicm9sZSI6InVzZXIiLCJjb250ZW50IjoiSGkifV19"}}}`), 1)
		f.Add(which, []byte(`{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"é"}]}],"tools":[{"type":"function","function":{}}],"stop":"x"}`), 3)
		f.Add(which, []byte(`{"input":[{"type":"reasoning","summary":[{"text":"a"}]},{"type":"function_call","arguments":"{"},7],"instructions":"b"}`), 1)
		f.Add(which, []byte("--b\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\nx\r\n--b--"), 2)
	}
	f.Fuzz(func(t *testing.T, which int, body []byte, size int) {
		limits := llmhttp.Limits{Text: 300}
		route := exchange{url: all[max(which, 0)%len(all)]}.ask(t).Route
		whole := route.Request(body, limits)
		cut, err := route.ReadRequest(&cutReader{body, max(size, 1)}, limits)
		if err != nil || !reflect.DeepEqual(cut, whole) {
			t.Fatalf("read %d bytes at a time: %+v (%v)\nwhole: %+v", size, cut, err, whole)
		}
		form, err := route.ReadForm(&cutReader{body, max(size, 1)}, "multipart/form-data; boundary=b", limits)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range []*llmhttp.Request{whole, form} {
			mustBeJSON(t, llmhttp.AppendMessages(nil, q.Messages))
			mustBeJSON(t, llmhttp.AppendTools(nil, q.Tools))
			for _, parameter := range q.Parameters {
				mustBeJSON(t, parameter)
			}
		}
	})
}

func mustBeJSON(tb testing.TB, text []byte) {
	tb.Helper()
	if !json.Valid(text) {
		tb.Fatalf("%s is no JSON", text)
	}
}

// A cutReader gives a body in reads of a size.
type cutReader struct {
	body []byte
	size int
}

func (r *cutReader) Read(p []byte) (int, error) {
	if len(r.body) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(r.size, len(p))], r.body)
	r.body = r.body[n:]
	return n, nil
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
