package providers_test

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/openai/openai-go/v3/option"
	goopenai "github.com/sashabaranov/go-openai"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// replyUsage is the usage of reply in both of its forms.
var replyUsage = want{
	"gen_ai.usage.input_tokens": int64(90), "gen_ai.usage.output_tokens": int64(20),
	"gen_ai.usage.cache_read.input_tokens": int64(40), "gen_ai.usage.reasoning_tokens": int64(5),
	"traceroot.llm.usage": map[string]any{
		"input_tokens": 90.0, "output_tokens": 20.0, "cache_read_tokens": 40.0, "reasoning_tokens": 5.0,
	},
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	for _, h := range hookedClients {
		ctx, rec := traceroottest.New(t)
		if _, err := h.connect(play(t, says(reply)).url()).ask(ctx, conversation); err != nil {
			t.Fatalf("%s: %v", h.name, err)
		}
		s := only(t, rec)

		t.Run("integrations-01 "+h.name, func(t *testing.T) {
			if s.Name != "chat gpt-4o" || s.Type != "llm" {
				t.Errorf("the span is a %s named %q", s.Type, s.Name)
			}
		})
		t.Run("integrations-02 "+h.name, func(t *testing.T) {
			expect(t, s, want{
				"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai_compatible", // as the host is not OpenAI's
				"gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o-2024-11-20",
				"gen_ai.response.id": "chatcmpl-1", "traceroot.llm.request_id": "req_1",
			})
		})
		t.Run("integrations-03 "+h.name, func(t *testing.T) {
			expect(t, s, want{"traceroot.span.input": fromJSON(t, `[
				{"role":"system","content":"Be brief."},{"role":"user","content":"Where is order 1042?"},
				{"role":"assistant","content":[],"tool_calls":[{"id":"call_1","name":"find_order","arguments":{"number":1042}}]},
				{"role":"tool","tool_call_id":"call_1","content":"shipped"}]`)})
		})
		t.Run("integrations-04 "+h.name, func(t *testing.T) {
			expect(t, s, want{
				"traceroot.span.output":          fromJSON(t, `[{"role":"assistant","content":"It has shipped."}]`),
				"gen_ai.response.finish_reasons": []string{"stop"},
			})
		})
		t.Run("integrations-05 "+h.name, func(t *testing.T) { expect(t, s, replyUsage) })
		t.Run("integrations-06 "+h.name, func(t *testing.T) {
			expect(t, s, want{
				"traceroot.llm.model_parameters": map[string]any{"temperature": 0.25, "max_tokens": 64.0},
				"traceroot.llm.tools": fromJSON(t, `[{"name":"find_order","description":"Finds an order.",
					"parameters":{"type":"object","properties":{"number":{"type":"integer"}}}}]`),
			})
		})
		t.Run("integrations-14 "+h.name, func(t *testing.T) { expectNowhere(t, s, key) })
		t.Run("llm-07 "+h.name, func(t *testing.T) { expect(t, s, want{"traceroot.llm.model": "gpt-4o"}) })
	}
}

func TestAnswerThatCallsATool(t *testing.T) {
	t.Parallel()
	for _, h := range hookedClients {
		t.Run("integrations-04 a tool call "+h.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			if _, err := h.connect(play(t, says(toolReply)).url()).ask(ctx, conversation); err != nil {
				t.Fatal(err)
			}
			expect(t, only(t, rec), want{
				"traceroot.span.output": fromJSON(t, `[{"role":"assistant","content":[],
				"tool_calls":[{"id":"call_2","name":"find_order","arguments":{"number":1043}}]}]`),
				"gen_ai.response.finish_reasons": []string{"tool_calls"},
			})
		})
	}
}

func TestProviderByHost(t *testing.T) {
	t.Parallel()
	t.Run("integrations-02 openai-go v3 at OpenAI", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		model := newOpenAI("http://api.openai.com/v1", option.WithHTTPClient(
			traceroot.HTTPClient(&http.Client{Transport: play(t, says(reply)).anyHost()})))
		if _, err := model.ask(ctx, conversation); err != nil {
			t.Fatal(err)
		}
		expect(t, only(t, rec), want{"gen_ai.provider.name": "openai", "server.address": "api.openai.com"})
	})
	// Azure has the model in the path, and another header for the key.
	t.Run("integrations-02 go-openai at Azure", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		config := goopenai.DefaultAzureConfig(key, "http://example.openai.azure.com")
		config.HTTPClient = traceroot.HTTPClient(&http.Client{Transport: play(t, says(reply)).anyHost()})
		if _, err := (goOpenAI{goopenai.NewClientWithConfig(config)}).ask(ctx, conversation); err != nil {
			t.Fatal(err)
		}
		s := only(t, rec)
		expect(t, s, want{
			"gen_ai.operation.name": "chat", "gen_ai.provider.name": "azure.ai.openai", "gen_ai.request.model": "gpt-4o",
			"url.path": "/openai/deployments/gpt-4o/chat/completions",
		})
		expectNowhere(t, s, key)
	})
}

func TestEmbedding(t *testing.T) {
	t.Parallel()
	for _, h := range hookedClients {
		ctx, rec := traceroottest.New(t)
		dimensions, err := h.connect(play(t, says(embeddingReply)).url()).embed(ctx, embedding)
		if err != nil || dimensions != 3 {
			t.Fatalf("%s: %d dimensions, %v", h.name, dimensions, err)
		}
		s := only(t, rec)

		t.Run("llm-08 "+h.name, func(t *testing.T) {
			expect(t, s, want{
				"gen_ai.operation.name": "embeddings", "gen_ai.request.model": "text-embedding-3-small",
				"gen_ai.usage.input_tokens": int64(2), "traceroot.span.type": "llm",
			})
		})
		t.Run("integrations-20 "+h.name, func(t *testing.T) {
			expect(t, s, want{"traceroot.span.output": fromJSON(t, `{"count":2,"dimensions":3}`)})
			expectNowhere(t, s, "0.125")
		})
	}
}

func TestOtherRequests(t *testing.T) {
	t.Parallel()
	for _, h := range hookedClients {
		t.Run("integrations-13 "+h.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			s := play(t, says(`{"object":"list","data":[{"id":"gpt-4o","object":"model","created":1,"owned_by":"openai"}]}`))
			if err := h.connect(s.url()).models(ctx); err != nil {
				t.Fatal(err)
			}
			if len(s.questions()) != 1 {
				t.Errorf("%d requests arrived, want 1", len(s.questions()))
			}
			several(t, rec, 0)
		})
	}
}

// What a client sends and what its caller gets must be the same with and without the SDK.
func TestTransparency(t *testing.T) {
	t.Parallel()
	for _, h := range hookedClients {
		ctx, _ := traceroottest.New(t)
		bare, traced := play(t, says(toolReply), streams(replyEvents...)), play(t, says(toolReply), streams(replyEvents...))
		wantMessage, wantText := askTwice(ctx, t, plainClients[clientOf(h)](bare.url()))
		gotMessage, gotText := askTwice(ctx, t, h.connect(traced.url()))

		t.Run("integrations-10 "+h.name, func(t *testing.T) {
			if !reflect.DeepEqual(gotMessage, wantMessage) || gotText != wantText {
				t.Errorf("the caller gets %v and %q, without the SDK %v and %q", gotMessage, gotText, wantMessage, wantText)
			}
		})
		t.Run("integrations-19 "+h.name, func(t *testing.T) {
			if got, want := traced.questions(), bare.questions(); !reflect.DeepEqual(got, want) {
				t.Errorf("the server gets\n%v\nwithout the SDK\n%v", got, want)
			}
		})
	}
}

// clientOf is the name of the client that a hook is for.
func clientOf(h hooked) string {
	name, _, _ := strings.Cut(h.name, ",")
	return name
}

// askTwice has a whole answer, then a streamed one.
func askTwice(ctx context.Context, t *testing.T, c client) (message any, text string) {
	t.Helper()
	message, err := c.ask(ctx, conversation)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.stream(ctx, conversation)
	if err != nil {
		t.Fatal(err)
	}
	text, err = answer.readAll()
	if err != nil {
		t.Fatal(err)
	}
	return message, text
}
