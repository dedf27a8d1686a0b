package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/openai/openai-go/v3/option"

	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestAgentIsTracedEndToEnd(t *testing.T) {
	t.Parallel()
	model := httptest.NewServer(http.HandlerFunc(scriptedModel))
	t.Cleanup(model.Close)
	ctx, recorder := traceroottest.New(t)

	var out strings.Builder
	agent := newAgent("gpt-4.1-mini", option.WithBaseURL(model.URL), option.WithAPIKey("key"))
	answer, err := agent.answer(ctx, ticket{customer: "ada", conversation: "chat-1", question: "Where is order 60418?"}, &out)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Delivered to your neighbour at number 14; 7 in stock."; answer != want || out.String() != want {
		t.Errorf("the answer is %q and %q was streamed, want both to be %q", answer, out.String(), want)
	}

	root, tool := recorder.Span("support-agent"), recorder.Span("check_stock")
	var attempts []string
	for _, span := range recorder.Spans() {
		if span.UserID != "ada" || span.SessionID != "chat-1" {
			t.Errorf("span %s has the user %q and the session %q", span.Name, span.UserID, span.SessionID)
		}
		switch span.Name {
		case "support-agent":
		case "ask stock service":
			attempts = append(attempts, span.Err)
			if span.ParentID != tool.SpanID {
				t.Errorf("an attempt is not below its tool:\n%s", recorder.Tree())
			}
		default:
			if span.ParentID != root.SpanID {
				t.Errorf("span %s is not below the agent:\n%s", span.Name, recorder.Tree())
			}
		}
	}
	if len(attempts) != 2 || attempts[0] != "stock service: 503 Service Unavailable" || attempts[1] != "" || tool.Err != "" {
		t.Errorf("the attempts ended with %q and the tool with %q, want a first failure only", attempts, tool.Err)
	}
	if call := recorder.Span("chat gpt-4.1-mini"); call.Type != "llm" || call.Usage.InputTokens != 612 || call.Usage.OutputTokens != 48 {
		t.Errorf("the first model call is %+v, want type llm and the usage of the stream", call)
	}
}

func TestAgentReportsWhatTheModelAnswers(t *testing.T) {
	t.Parallel()
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":{"message":"Incorrect API key provided","type":"invalid_request_error"}}`)
	}))
	t.Cleanup(model.Close)
	ctx, recorder := traceroottest.New(t)
	_, err := newAgent("gpt-4.1-mini", option.WithBaseURL(model.URL), option.WithAPIKey("key")).answer(ctx, ticket{}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "401 Unauthorized") {
		t.Fatalf("got the error %v, want the provider's", err)
	}
	if got := recorder.Span("support-agent").Err; got != err.Error() {
		t.Errorf("the agent's span has the error %q, want %q", got, err)
	}
	if got, want := recorder.Span("chat gpt-4.1-mini").Err, "invalid_request_error: Incorrect API key provided"; got != want {
		t.Errorf("the model call has the error %q, want the provider's reason %q", got, want)
	}
}

func TestRunAsksForAModel(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "")
	t.Setenv("OPENAI_BASE_URL", "")
	err := run(t.Context(), nil, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "set OPENAI_API_KEY") {
		t.Errorf("got the error %v, want what to set", err)
	}
}
