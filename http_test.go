package traceroot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/llmhttp"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

const (
	chatPath       = "/v1/chat/completions"
	embeddingsPath = "/v1/embeddings"

	chatRequest = `{"model":"gpt-4o","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"What is 1+2?"},
		{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"add","arguments":"{\"a\":1,\"b\":2}"}}]},
		{"role":"tool","tool_call_id":"c1","content":"3"},{"role":"user","content":[{"type":"text","text":"And this?"},{"type":"image_url","image_url":{"url":"https://e.com/i.png"}}]}],
		"temperature":0.20,"max_completion_tokens":64,"stop":"END","tools":[{"type":"function","function":{"name":"add","description":"Adds.","parameters":{"type":"object"}}}]}`
	chatAnswer = `{"id":"chatcmpl-1","model":"gpt-4o-2024-08-06","choices":[
		{"index":1,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"c2","type":"function","function":{"name":"add","arguments":"{\"a\":3}"}}]},"finish_reason":"tool_calls"},
		{"index":0,"message":{"role":"assistant","content":"3."},"finish_reason":"stop"}],
		"usage":{"prompt_tokens":20,"completion_tokens":7,"total_tokens":27,"prompt_tokens_details":{"cached_tokens":8,"cache_write_tokens":4},
			"completion_tokens_details":{"reasoning_tokens":0}}}`

	streamRequest = `{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hi"}]}`
)

// streamEvents are the events of an answer: a greeting in two pieces, the usage, the end.
var streamEvents = []string{
	`data: {"id":"chatcmpl-1","model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}` + "\n\n",
	`data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"Hel"}}]}` + "\n\n",
	`data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"lo"}}]}` + "\n\n",
	`data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n",
	`data: {"id":"chatcmpl-1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}` + "\n\n",
	"data: [DONE]\n\n",
}

// answers is a server that gives every request the same answer.
func answers(t *testing.T, status int, contentType, body string) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("X-Request-Id", "req_1")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func answersJSON(t *testing.T, body string) string {
	t.Helper()
	return answers(t, http.StatusOK, "application/json", body)
}

func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.URL
}

// newRequest is a request for a model; its body can be had twice, as that of most clients.
func newRequest(ctx context.Context, t *testing.T, url, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer sk-secret")
	return req
}

// ask sends a request and reads the whole answer.
func ask(ctx context.Context, t *testing.T, client *http.Client, url, body string) string {
	t.Helper()
	return readAnswer(t, client, newRequest(ctx, t, url, body))
}

func readAnswer(t *testing.T, client *http.Client, req *http.Request) string {
	t.Helper()
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		t.Errorf("read the answer: %v", err)
	}
	return string(got)
}

// onlySpan is the one span that was recorded.
func onlySpan(t *testing.T, rec *traceroottest.Recorder) traceroottest.Span {
	t.Helper()
	spans := rec.Spans()
	if len(spans) != 1 {
		t.Fatalf("%d spans, want 1:\n%s", len(spans), rec.Tree())
	}
	return spans[0]
}

// sameJSON compares an attribute, or a decoded value, with JSON.
func sameJSON(t *testing.T, what string, got any, want string) {
	t.Helper()
	if text, ok := got.(string); ok {
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Errorf("%s: %q is no JSON: %v", what, text, err)
			return
		}
	}
	var wanted any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, wanted) {
		have, _ := json.Marshal(got)
		t.Errorf("%s\n got %s\nwant %s", what, have, want)
	}
}

// wantAttributes compares attributes as OpenTelemetry prints them; "" stands for one that must not be there.
func wantAttributes(t *testing.T, s traceroottest.Span, want map[string]string) {
	t.Helper()
	for key, text := range want {
		v, ok := s.Attributes[key]
		if ok != (text != "") || ok && v.String() != text {
			t.Errorf("%s = %q, want %q", key, v.String(), text)
		}
	}
}

func TestModelCallIsASpan(t *testing.T) {
	t.Parallel()
	hooks := map[string]func(opts ...traceroot.SpanOption) *http.Client{
		"Transport": func(opts ...traceroot.SpanOption) *http.Client {
			return &http.Client{Transport: traceroot.Transport(nil, opts...)}
		},
		"HTTPClient": func(opts ...traceroot.SpanOption) *http.Client { return traceroot.HTTPClient(nil, opts...) },
		"Middleware": func(opts ...traceroot.SpanOption) *http.Client {
			middleware := traceroot.Middleware(opts...)
			return &http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
				return middleware(req, http.DefaultTransport.RoundTrip)
			})}
		},
		"Doer": func(opts ...traceroot.SpanOption) *http.Client {
			return &http.Client{Transport: through(doer(http.DefaultTransport.RoundTrip), opts...)}
		},
	}
	for name, hook := range hooks {
		t.Run("integrations-01 through "+name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			ask(ctx, t, hook(), answersJSON(t, chatAnswer)+chatPath, chatRequest)
			s := onlySpan(t, rec)
			if s.Name != "chat gpt-4o" || s.Type != traceroot.KindLLM || s.Err != "" {
				t.Errorf("got %s %q, error %q", s.Type, s.Name, s.Err)
			}
			if !strings.HasSuffix(s.File, "http_test.go") || s.Line == 0 {
				t.Errorf("source is %s:%d, want the line that made the call", s.File, s.Line)
			}
		})
		t.Run(name+" takes span options", func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			client := hook(traceroot.Name("ask"), traceroot.Tags("v2"), traceroot.UserID("u1"), traceroot.Metadata(map[string]any{"k": 1}))
			ask(ctx, t, client, answersJSON(t, chatAnswer)+chatPath, chatRequest)
			s := onlySpan(t, rec)
			if s.Name != "ask" || s.UserID != "u1" || !reflect.DeepEqual(s.Tags, []string{"v2"}) || s.Metadata["k"] != 1.0 {
				t.Errorf("got %+v", s)
			}
		})
	}
	t.Run("integrations-01 without a model the operation is the name", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		ask(ctx, t, traceroot.HTTPClient(nil), answersJSON(t, chatAnswer)+chatPath, `{}`)
		if s := onlySpan(t, rec); s.Name != "chat" || s.Model != "gpt-4o-2024-08-06" {
			t.Errorf("span %q of model %q", s.Name, s.Model)
		}
	})
	t.Run("it is a child of the span that the call is made in", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		url := answersJSON(t, chatAnswer) + chatPath
		_ = traceroot.Run(ctx, "agent", func(ctx context.Context) error {
			ask(ctx, t, traceroot.HTTPClient(nil), url, chatRequest)
			return nil
		})
		if parent, child := rec.Span("agent"), rec.Span("chat gpt-4o"); child.ParentID != parent.SpanID {
			t.Errorf("tree:\n%s", rec.Tree())
		}
	})
}

// through is what [traceroot.Doer] makes of d, as a transport.
func through(d interface {
	Do(*http.Request) (*http.Response, error)
}, opts ...traceroot.SpanOption,
) http.RoundTripper {
	return roundTripper(traceroot.Doer(d, opts...).Do)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

type doer func(*http.Request) (*http.Response, error)

func (f doer) Do(req *http.Request) (*http.Response, error) { return f(req) }

func TestModelSpanFacts(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	url := answersJSON(t, chatAnswer)
	ask(ctx, t, traceroot.HTTPClient(nil), url+chatPath+"?key=secret", chatRequest)
	s := onlySpan(t, rec)
	port := url[strings.LastIndexByte(url, ':')+1:]

	t.Run("integrations-02 names of model, operation and provider", func(t *testing.T) {
		wantAttributes(t, s, map[string]string{
			"gen_ai.provider.name": "openai_compatible", "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o",
			"gen_ai.response.model": "gpt-4o-2024-08-06", "gen_ai.response.id": "chatcmpl-1", "traceroot.llm.model": "gpt-4o",
			"traceroot.llm.streaming": "false", "traceroot.llm.complete": "", "traceroot.llm.time_to_first_token_ms": "",
			"server.address": "127.0.0.1", "server.port": port, "url.path": chatPath, "http.response.status_code": "200",
			"traceroot.llm.request_id": "req_1", "http.request.resend_count": "", "error.type": "",
		})
	})
	t.Run("integrations-03 input messages", func(t *testing.T) {
		sameJSON(t, "input", s.Input, `[{"role":"system","content":"Be brief."},{"role":"user","content":"What is 1+2?"},
			{"role":"assistant","content":[],"tool_calls":[{"id":"c1","name":"add","arguments":{"a":1,"b":2}}]},
			{"role":"tool","content":"3","tool_call_id":"c1"},
			{"role":"user","content":[{"type":"text","text":"And this?"},{"type":"image","source":"url","url":"https://e.com/i.png"}]}]`)
		sameJSON(t, "tools", s.Attributes["traceroot.llm.tools"].AsString(), `[{"name":"add","description":"Adds.","parameters":{"type":"object"}}]`)
	})
	t.Run("integrations-04 output messages", func(t *testing.T) {
		sameJSON(t, "output", s.Output, `[{"role":"assistant","content":"3."},
			{"role":"assistant","content":[],"tool_calls":[{"id":"c2","name":"add","arguments":{"a":3}}]}]`)
		wantAttributes(t, s, map[string]string{"gen_ai.response.finish_reasons": `["stop","tool_calls"]`})
	})
	t.Run("integrations-05 usage in both forms", func(t *testing.T) {
		sameJSON(t, "usage", s.Attributes["traceroot.llm.usage"].AsString(),
			`{"input_tokens":20,"output_tokens":7,"cache_read_tokens":8,"cache_write_tokens":4,"reasoning_tokens":0}`)
		wantAttributes(t, s, map[string]string{
			"gen_ai.usage.input_tokens": "20", "gen_ai.usage.output_tokens": "7", "gen_ai.usage.cache_read.input_tokens": "8",
			"gen_ai.usage.cache_creation.input_tokens": "4", "gen_ai.usage.reasoning_tokens": "0",
			"gen_ai.usage.cache_creation.ephemeral_1h_input_tokens": "",
		})
	})
	t.Run("integrations-06 model parameters", func(t *testing.T) {
		if got, want := s.Attributes["traceroot.llm.model_parameters"].AsString(), `{"max_tokens":64,"stop":["END"],"temperature":0.20}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("integrations-14 no query, no key", func(t *testing.T) {
		for key, v := range s.Attributes {
			if strings.Contains(v.String(), "secret") {
				t.Errorf("%s is %s", key, v.String())
			}
		}
	})
	t.Run("llm-07 the model goes with the usage", func(t *testing.T) {
		if s.Model == "" || s.Usage.InputTokens == 0 {
			t.Errorf("model %q with %+v", s.Model, s.Usage)
		}
	})
}

func TestModelSpanWithoutUsage(t *testing.T) {
	t.Parallel()
	for name, usage := range map[string]string{"not reported": `null`, "no sense": `{"prompt_tokens":-1,"completion_tokens":1000000001}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			ask(ctx, t, traceroot.HTTPClient(nil), answersJSON(t, `{"choices":[],"usage":`+usage+`}`)+chatPath, chatRequest)
			wantAttributes(t, onlySpan(t, rec), map[string]string{
				"traceroot.llm.usage": "", "gen_ai.usage.input_tokens": "", "gen_ai.usage.output_tokens": "",
				"gen_ai.response.finish_reasons": "", "traceroot.span.output": "",
			})
		})
	}
	t.Run("a reported 0 is sent", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		ask(ctx, t, traceroot.HTTPClient(nil), answersJSON(t, `{"usage":{"prompt_tokens":0,"completion_tokens":0}}`)+chatPath, chatRequest)
		wantAttributes(t, onlySpan(t, rec), map[string]string{
			"traceroot.llm.usage": `{"input_tokens":0,"output_tokens":0}`, "gen_ai.usage.input_tokens": "0",
		})
	})
}

func TestModelSpanOfEmbeddings(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	answer := `{"model":"text-embedding-3-small","data":[{"embedding":[0.123456,2,3]},{"embedding":[4,5,6]}],"usage":{"prompt_tokens":5,"total_tokens":5}}`
	ask(ctx, t, traceroot.HTTPClient(nil), answersJSON(t, answer)+embeddingsPath, `{"model":"text-embedding-3-small","input":["a","b"]}`)
	s := onlySpan(t, rec)
	t.Run("llm-08 operation, model and input tokens", func(t *testing.T) {
		wantAttributes(t, s, map[string]string{
			"gen_ai.operation.name": "embeddings", "gen_ai.request.model": "text-embedding-3-small", "gen_ai.usage.input_tokens": "5",
			"gen_ai.usage.output_tokens": "", "traceroot.span.type": "llm", "traceroot.llm.usage": `{"input_tokens":5}`,
		})
	})
	t.Run("integrations-20 number and dimensions, no vector", func(t *testing.T) {
		sameJSON(t, "output", s.Output, `{"count":2,"dimensions":3}`)
		for key, v := range s.Attributes {
			if strings.Contains(v.String(), "0.123") {
				t.Errorf("%s holds a vector: %s", key, v.String())
			}
		}
	})
}

func TestModelSpanCapture(t *testing.T) {
	t.Parallel()
	content := []string{"traceroot.span.input", "traceroot.span.output", "traceroot.llm.tools"}
	for name, c := range map[string]struct {
		client []traceroot.Option
		span   []traceroot.SpanOption
		absent []string
	}{
		"WithContent(false)":   {[]traceroot.Option{traceroot.WithContent(false)}, nil, content},
		"CaptureInput(false)":  {nil, []traceroot.SpanOption{traceroot.CaptureInput(false)}, []string{content[0], content[2]}},
		"CaptureOutput(false)": {nil, []traceroot.SpanOption{traceroot.CaptureOutput(false)}, content[1:2]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t, c.client...)
			ask(ctx, t, traceroot.HTTPClient(nil, c.span...), answersJSON(t, chatAnswer)+chatPath, chatRequest)
			s := onlySpan(t, rec)
			for _, key := range content {
				_, there := s.Attributes[key]
				if hidden := strings.Contains(fmt.Sprint(c.absent), key); there == hidden {
					t.Errorf("%s there: %v", key, there)
				}
			}
			if s.Usage.InputTokens != 20 || len(s.ModelParameters) == 0 {
				t.Errorf("usage and parameters are no content, but %+v and %v are left", s.Usage, s.ModelParameters)
			}
		})
	}
	t.Run("MapInput and MapOutput see messages", func(t *testing.T) {
		t.Parallel()
		count := func(v any) any {
			messages, ok := v.([]llmhttp.Message)
			if !ok {
				return fmt.Sprintf("a %T", v)
			}
			return len(messages)
		}
		ctx, rec := traceroottest.New(t)
		client := traceroot.HTTPClient(nil, traceroot.MapInput(count), traceroot.MapOutput(count))
		ask(ctx, t, client, answersJSON(t, chatAnswer)+chatPath, chatRequest)
		if s := onlySpan(t, rec); s.Input != 5.0 || s.Output != 2.0 {
			t.Errorf("input %v, output %v, want 5 and 2 messages", s.Input, s.Output)
		}
	})
	t.Run("Input replaces the messages", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		ask(ctx, t, traceroot.HTTPClient(nil, traceroot.Input("mine")), answersJSON(t, chatAnswer)+chatPath, chatRequest)
		if s := onlySpan(t, rec); s.Input != "mine" {
			t.Errorf("input %v", s.Input)
		}
	})
	t.Run("masks apply", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t, traceroot.WithMask(func(field, text string) string {
			if field == "input" || field == "output" {
				return "hidden"
			}
			return text
		}))
		ask(ctx, t, traceroot.HTTPClient(nil), answersJSON(t, chatAnswer)+chatPath, chatRequest)
		if s := onlySpan(t, rec); s.Input != "hidden" || s.Output != "hidden" {
			t.Errorf("input %v, output %v", s.Input, s.Output)
		}
	})
	t.Run("long messages are cut and marked", func(t *testing.T) {
		t.Parallel()
		const limit, long = 1000, 50_000
		ctx, rec := traceroottest.New(t, traceroot.WithLimits(traceroot.Limits{ValueBytes: limit}))
		text := strings.Repeat("x", long)
		request := `{"model":"m","messages":[{"role":"user","content":"` + text + `"}]}`
		answer := `{"choices":[{"message":{"role":"assistant","content":"` + text + `"}}],"usage":{"prompt_tokens":1}}`
		ask(ctx, t, traceroot.HTTPClient(nil), answersJSON(t, answer)+chatPath, request)
		s := onlySpan(t, rec)
		for _, key := range []string{"traceroot.span.input", "traceroot.span.output"} {
			if n := len(s.Attributes[key].AsString()); n > limit || n < limit/2 || !json.Valid([]byte(s.Attributes[key].AsString())) {
				t.Errorf("%s has %d bytes, want JSON of nearly %d", key, n, limit)
			}
		}
		sameJSON(t, "truncated_from", s.Attributes["traceroot.truncated_from"].AsString(),
			fmt.Sprintf(`{"input":%d,"output":%d}`, long+len(`[{"role":"user","content":""}]`), long+len(`[{"role":"assistant","content":""}]`)))
		if s.Usage.InputTokens != 1 {
			t.Errorf("usage behind the long text is lost: %+v", s.Usage)
		}
	})
}
