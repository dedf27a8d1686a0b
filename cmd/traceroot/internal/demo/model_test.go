package demo_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sashabaranov/go-openai"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/demo"
)

func TestModelAnswersInOneBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		model, httpClient := startModel(t)
		client := newClient(model, httpClient)
		start := time.Now()

		request := question()
		plan, err := client.CreateChatCompletion(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := time.Since(start), 1020*time.Millisecond; got != want {
			t.Errorf("the plan came after %v, want %v", got, want)
		}
		if got, want := plan.Usage.TotalTokens, 612+48; got != want {
			t.Errorf("the plan took %d tokens, want %d", got, want)
		}
		calls := plan.Choices[0].Message.ToolCalls
		if got, want := describe(calls), `get_order({"order_id":"60418"}) check_stock({"article":"RD-7150"})`; got != want {
			t.Fatalf("the plan calls %s, want %s", got, want)
		}
		if got, want := plan.Choices[0].FinishReason, openai.FinishReasonToolCalls; got != want {
			t.Errorf("the plan ended by %q, want %q", got, want)
		}

		request.Messages = append(request.Messages, plan.Choices[0].Message,
			toolMessage(calls[0].ID, `{"order_id":"60418","delivered":"2026-05-02T09:05:00Z","received_by":"the porter","items":["1 tent"]}`),
			toolMessage(calls[1].ID, `{"article":"RD-7150","pieces":3,"warehouse":"Lyon","price":"EUR 99.00"}`))
		answer, err := client.CreateChatCompletion(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		for _, fact := range []string{"Saturday, 2 May at 09:05", "the porter", "1 tent", "3 in Lyon", "EUR 99.00"} {
			if text := answer.Choices[0].Message.Content; !strings.Contains(text, fact) {
				t.Errorf("the answer does not tell what the tools returned, %q: %s", fact, text)
			}
		}
		if got, want := answer.Usage.PromptTokensDetails.CachedTokens, 1024; got != want {
			t.Errorf("the answer has %d cached tokens, want %d", got, want)
		}
	})
}

func TestModelStreamsAtItsPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		model, httpClient := startModel(t)
		request := question()
		request.Stream = true
		request.StreamOptions = &openai.StreamOptions{IncludeUsage: true}

		start := time.Now()
		response := post(t, httpClient, model.URL+"/chat/completions", request)
		defer response.Body.Close()
		var (
			events    []openai.ChatCompletionStreamResponse
			arrived   []time.Duration
			arguments string
			done      bool
		)
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			data, isEvent := strings.CutPrefix(lines.Text(), "data: ")
			switch {
			case data == "[DONE]":
				done = true
			case isEvent:
				var event openai.ChatCompletionStreamResponse
				if err := json.Unmarshal([]byte(data), &event); err != nil {
					t.Fatalf("event %s: %v", data, err)
				}
				events, arrived = append(events, event), append(arrived, time.Since(start))
			}
		}

		if !done {
			t.Error("the stream ended without [DONE]")
		}
		if got, want := arrived[0], 310*time.Millisecond; got != want {
			t.Errorf("the first event came after %v, want %v", got, want)
		}
		if got, want := arrived[len(arrived)-1], 1020*time.Millisecond; got != want {
			t.Errorf("the last event came after %v, want %v", got, want)
		}
		if distinct := slices.Compact(slices.Clone(arrived)); len(distinct) < 10 {
			t.Errorf("the events came in %d lumps, want them spread over the time: %v", len(distinct), arrived)
		}
		for _, event := range events[:len(events)-1] {
			for _, call := range event.Choices[0].Delta.ToolCalls {
				if *call.Index == 1 {
					arguments += call.Function.Arguments
				}
			}
		}
		if want := `{"article":"RD-7150"}`; arguments != want {
			t.Errorf("the pieces of the second call's arguments make %s, want %s", arguments, want)
		}
		last := events[len(events)-1]
		if len(last.Choices) != 0 || last.Usage == nil || last.Usage.CompletionTokens != 48 {
			t.Errorf("the last event is %+v, want the usage and no choices", last)
		}
	})
}

func TestModelStreamsUsageOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		model, httpClient := startModel(t)
		stream, err := newClient(model, httpClient).CreateChatCompletionStream(t.Context(), question())
		if err != nil {
			t.Fatal(err)
		}
		defer stream.Close()
		for {
			event, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if event.Usage != nil || len(event.Choices) != 1 {
				t.Errorf("got the event %+v, want a choice and no usage", event)
			}
		}
	})
}

func TestModelRefusesWhatIsNotInTheScript(t *testing.T) {
	t.Parallel()
	const noCode = 0 // what the client makes of null
	asked := openai.ToolCall{ID: "call_1", Type: openai.ToolTypeFunction, Function: openai.FunctionCall{Name: "get_order"}}
	tests := map[string]struct {
		change  func(*openai.ChatCompletionRequest)
		status  int
		code    any
		message string
	}{
		"another model": {
			change: func(r *openai.ChatCompletionRequest) { r.Model = "gpt-2" },
			status: http.StatusNotFound, code: "model_not_found", message: "`gpt-2`",
		},
		"no question": {
			change: func(r *openai.ChatCompletionRequest) { r.Messages = nil },
			status: http.StatusBadRequest, code: noCode, message: "Where is order 60418?",
		},
		"another question": {
			change: func(r *openai.ChatCompletionRequest) { r.Messages[0].Content = "What is the meaning of life?" },
			status: http.StatusBadRequest, code: noCode, message: "Where is order 60418?",
		},
		"a tool is missing": {
			change: func(r *openai.ChatCompletionRequest) { r.Tools = r.Tools[:1] },
			status: http.StatusBadRequest, code: noCode, message: "'check_stock'",
		},
		"a call without result": {
			change: func(r *openai.ChatCompletionRequest) {
				r.Messages = append(r.Messages, assistantMessage(asked))
			},
			status: http.StatusBadRequest, code: noCode, message: "tool_call_id 'call_1'",
		},
		"a result without call": {
			change: func(r *openai.ChatCompletionRequest) {
				r.Messages = append(r.Messages, assistantMessage(asked), toolMessage("call_1", "{}"), toolMessage("call_2", "{}"))
			},
			status: http.StatusBadRequest, code: noCode, message: "messages[3]",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				model, httpClient := startModel(t)
				request := question()
				test.change(&request)
				_, err := newClient(model, httpClient).CreateChatCompletion(t.Context(), request)
				refused, ok := errors.AsType[*openai.APIError](err)
				if !ok {
					t.Fatalf("got the error %v, want one of the API", err)
				}
				if refused.HTTPStatusCode != test.status || refused.Code != test.code || refused.Type != "invalid_request_error" {
					t.Errorf("got status %d, code %v, type %q; want %d, %v, invalid_request_error",
						refused.HTTPStatusCode, refused.Code, refused.Type, test.status, test.code)
				}
				if !strings.Contains(refused.Message, test.message) {
					t.Errorf("got the message %q, want it to mention %s", refused.Message, test.message)
				}
			})
		})
	}
}

func TestModelRefusesBytesAndPathsThatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		path, body string
		status     int
	}{
		"no JSON":      {path: "/chat/completions", body: "order 60418?", status: http.StatusBadRequest},
		"endless":      {path: "/chat/completions", body: `{"model":"` + strings.Repeat("x", 2<<20), status: http.StatusBadRequest},
		"another path": {path: "/models", status: http.StatusNotFound},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				model, httpClient := startModel(t)
				response := post(t, httpClient, model.URL+test.path, json.RawMessage(test.body))
				defer response.Body.Close()
				var refused struct {
					Error struct{ Message, Type string }
				}
				if err := json.NewDecoder(response.Body).Decode(&refused); err != nil {
					t.Fatalf("the refusal is no JSON: %v", err)
				}
				if response.StatusCode != test.status || refused.Error.Message == "" || refused.Error.Type != "invalid_request_error" {
					t.Errorf("got status %d and %+v, want %d with a message", response.StatusCode, refused, test.status)
				}
			})
		})
	}
}

func TestModelStopsWhenItsCallerGoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		model, httpClient := startModel(t)
		ctx, hangUp := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer hangUp()
		start := time.Now()
		_, err := newClient(model, httpClient).CreateChatCompletion(ctx, question())
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got the error %v, want that of the context", err)
		}
		if err := model.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if got := time.Since(start); got >= time.Second {
			t.Errorf("Shutdown returned after %v: the answer was written to the end, for nobody", got)
		}
	})
}

func TestShutdownLetsAnswersEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		model, httpClient := startModel(t)
		answered := make(chan error, 1)
		go func() {
			_, err := newClient(model, httpClient).CreateChatCompletion(t.Context(), question())
			answered <- err
		}()
		synctest.Wait()
		if err := model.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-answered; err != nil {
			t.Errorf("the answer being written was lost: %v", err)
		}
	})
}

func TestShutdownBreaksAnswersOffAtItsDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		model, httpClient := startModel(t)
		answered := make(chan error, 1)
		go func() {
			_, err := newClient(model, httpClient).CreateChatCompletion(t.Context(), question())
			answered <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := model.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown returned %v, want the error of its context", err)
		}
		if err := <-answered; err == nil {
			t.Error("the answer came to its end, want it broken off")
		}
	})
}

func newClient(model *demo.ModelServer, httpClient *http.Client) *openai.Client {
	config := openai.DefaultConfig("key")
	config.BaseURL, config.HTTPClient = model.URL, httpClient
	return openai.NewClientWithConfig(config)
}

func question() openai.ChatCompletionRequest {
	return openai.ChatCompletionRequest{
		Model: demo.Model,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleUser, Content: demo.Example().Question},
		},
		Tools: []openai.Tool{
			{Type: openai.ToolTypeFunction, Function: &openai.FunctionDefinition{Name: "get_order"}},
			{Type: openai.ToolTypeFunction, Function: &openai.FunctionDefinition{Name: "check_stock"}},
		},
	}
}

func assistantMessage(calls ...openai.ToolCall) openai.ChatCompletionMessage {
	return openai.ChatCompletionMessage{Role: openai.ChatMessageRoleAssistant, ToolCalls: calls}
}

func toolMessage(callID, result string) openai.ChatCompletionMessage {
	return openai.ChatCompletionMessage{Role: openai.ChatMessageRoleTool, ToolCallID: callID, Content: result}
}

func describe(calls []openai.ToolCall) string {
	var described []string
	for _, call := range calls {
		described = append(described, call.Function.Name+"("+call.Function.Arguments+")")
	}
	return strings.Join(described, " ")
}

// post sends body as JSON, or as it is when it is a [json.RawMessage].
func post(t *testing.T, client *http.Client, url string, body any) *http.Response {
	t.Helper()
	data, raw := body.(json.RawMessage)
	if !raw {
		var err error
		if data, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	return response
}
