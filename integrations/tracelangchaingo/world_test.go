package tracelangchaingo_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tmc/langchaingo/llms"
	"github.com/tmc/langchaingo/llms/openai"
	"github.com/tmc/langchaingo/schema"
	"github.com/tmc/langchaingo/vectorstores"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	for _, cleanup := range t.cleanups {
		cleanup()
	}
	if left := leakedGoroutines(); code == 0 && left != "" {
		fmt.Fprintf(os.Stderr, "goroutines are left:\n%s\n", left)
		code = 1
	}
	os.Exit(code) //nolint:forbidigo // this is the test binary's main
}

// leakedGoroutines is the stacks of goroutines that do not end by themselves.
func leakedGoroutines() string {
	http.DefaultTransport.(*http.Transport).CloseIdleConnections() //nolint:errcheck // the tests do not replace it
	var stacks string
	for range 100 {
		buf := make([]byte, 1<<20)
		stacks = string(buf[:runtime.Stack(buf, true)])
		if !strings.Contains(stacks, "traceroot-go/internal") && !strings.Contains(stacks, "net/http.(*persistConn)") {
			return ""
		}
		<-time.After(10 * time.Millisecond)
	}
	return stacks
}

// chatServer speaks OpenAI's chat completions. It asks for the tool "search" until it is shown what that found, and then
// answers with it.
func chatServer(tb testing.TB) *httptest.Server {
	tb.Helper()
	server := httptest.NewServer(http.HandlerFunc(serveChat))
	tb.Cleanup(server.Close)
	return server
}

type chatRequest struct {
	Stream   bool
	Tools    []any
	Messages []struct {
		Role    string
		Content any
	}
}

func serveChat(w http.ResponseWriter, r *http.Request) {
	var req chatRequest
	if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	last := req.Messages[len(req.Messages)-1]
	prompt := fmt.Sprint(last.Content)
	_, steps, _ := strings.Cut(prompt, "Begin!")
	_, observed, seen := strings.Cut(steps, "\nObservation: ")
	answer := map[string]any{"role": "assistant", "content": "You said: " + prompt}
	switch {
	case strings.Contains(prompt, "break down"):
		http.Error(w, `{"error":{"message":"overloaded","type":"server_error"}}`, http.StatusServiceUnavailable)
		return
	case last.Role == "tool":
		answer["content"] = "found " + prompt
	case len(req.Tools) > 0:
		answer["content"] = ""
		answer["tool_calls"] = []any{map[string]any{
			"id": "call_1", "type": "function",
			"function": map[string]any{"name": "search", "arguments": `{"__arg1":"` + prompt + `"}`},
		}}
	case seen:
		answer["content"] = "Final Answer: " + strings.TrimSuffix(strings.TrimSpace(observed), "\nThought:")
	case strings.Contains(prompt, "Action Input:"):
		answer["content"] = "Action: search\nAction Input: " + question(steps)
	}
	if req.Stream {
		chunk, _ := json.Marshal(map[string]any{"model": "gpt-4o", "choices": []any{map[string]any{"delta": answer, "finish_reason": "stop"}}})
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = fmt.Fprintf(w, "data: %s\n\ndata: [DONE]\n\n", chunk)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"model": "gpt-4o", "choices": []any{map[string]any{"message": answer, "finish_reason": "stop"}},
		"usage": map[string]any{"prompt_tokens": 8, "completion_tokens": 2, "total_tokens": 10},
	})
}

// question is what an agent is asked.
func question(steps string) string {
	_, after, _ := strings.Cut(steps, "\nQuestion: ")
	line, _, _ := strings.Cut(after, "\n")
	return line
}

func newOpenAI(tb testing.TB, url string, client *http.Client, opts ...openai.Option) *openai.LLM {
	tb.Helper()
	model, err := openai.New(append([]openai.Option{
		openai.WithToken("key"), openai.WithBaseURL(url), openai.WithModel("gpt-4o"), openai.WithHTTPClient(client),
	}, opts...)...)
	if err != nil {
		tb.Fatal(err)
	}
	return model
}

// search is a tool without callbacks.
type search struct{ fail error }

func (search) Name() string        { return "search" }
func (search) Description() string { return "Finds things." }
func (s search) Call(_ context.Context, input string) (string, error) {
	return "results for " + input, s.fail
}

// store is a vector store that finds one document.
type store struct {
	vectorstores.VectorStore

	fail error
}

func (s store) SimilaritySearch(_ context.Context, query string, _ int, _ ...vectorstores.Option) ([]schema.Document, error) {
	return []schema.Document{{PageContent: "about " + query, Score: 0.5}}, s.fail
}

// quiet is a model that reaches no wire.
type quiet struct{ fail error }

func (q quiet) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, q, prompt, options...)
}

func (q quiet) GenerateContent(context.Context, []llms.MessageContent, ...llms.CallOption) (*llms.ContentResponse, error) {
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{
		Content: "Hello!", GenerationInfo: map[string]any{"PromptTokens": 8, "CompletionTokens": 2},
	}}}, q.fail
}

// field is one member of an input or output, nil when that is no object.
func field(v any, name string) any {
	object, _ := v.(map[string]any)
	return object[name]
}

func wantTree(t *testing.T, rec *traceroottest.Recorder, want string) {
	t.Helper()
	if got := rec.Tree(); got != want {
		t.Errorf("recorded\n%s\nwant\n%s", got, want)
	}
}

// wantOneTrace fails the test unless all spans are of one trace with one root.
func wantOneTrace(t *testing.T, spans []traceroottest.Span) {
	t.Helper()
	roots := 0
	for _, s := range spans {
		if s.ParentID == "" {
			roots++
		}
		if s.TraceID != spans[0].TraceID {
			t.Errorf("%s is of trace %s, %s of %s", s.Name, s.TraceID, spans[0].Name, spans[0].TraceID)
		}
	}
	if roots != 1 {
		t.Errorf("%d roots, want 1", roots)
	}
}

func ofKind(spans []traceroottest.Span, kind traceroot.SpanKind) []traceroottest.Span {
	var some []traceroottest.Span
	for _, s := range spans {
		if s.Type == kind {
			some = append(some, s)
		}
	}
	return some
}

// bodies answers every request with one body.
func bodies(tb testing.TB, body string) *httptest.Server {
	tb.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}))
	tb.Cleanup(server.Close)
	return server
}
