package providers_test

import (
	"net/http"
	"testing"

	"github.com/openai/openai-go/v3/option"
	"github.com/sashabaranov/go-openai"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestProviderByHost(t *testing.T) {
	t.Parallel()
	t.Run("integrations-02 at OpenAI", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		c := newOpenAIv3("http://api.openai.com", option.WithHTTPClient(
			traceroot.HTTPClient(&http.Client{Transport: play(t, openAIChat.answer).anyHost()})))
		params, err := decode[openAIv3Params](openAIChat.ask)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Chat.Completions.New(ctx, params); err != nil {
			t.Fatal(err)
		}
		expect(t, only(t, rec), want{"gen_ai.provider.name": "openai", "server.address": "api.openai.com"})
	})
	// Azure has the model in the path, and another header for the key.
	t.Run("integrations-02 at Azure", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		config := openai.DefaultAzureConfig(key, "http://example.openai.azure.com")
		config.HTTPClient = traceroot.HTTPClient(&http.Client{Transport: play(t, openAIChat.answer).anyHost()})
		if _, err := askGoOpenAI(ctx, openai.NewClientWithConfig(config), prompt{body: openAIChat.ask}); err != nil {
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

func TestOtherRequests(t *testing.T) {
	t.Parallel()
	t.Run("integrations-13 a list of models", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		server := play(t, says(`{"object":"list","data":[{"id":"gpt-4o","object":"model","created":1,"owned_by":"openai"}]}`))
		c := newOpenAIv3(server.URL, tracedOpenAIv3())
		if _, err := c.Models.List(ctx); err != nil {
			t.Fatal(err)
		}
		if len(server.requests()) != 1 || len(rec.Spans()) != 0 {
			t.Errorf("%d requests arrived, want 1; the trace is\n%s", len(server.requests()), rec.Tree())
		}
	})
}
