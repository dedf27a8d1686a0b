package providers_test

import (
	"github.com/openai/openai-go/v2"
	"github.com/openai/openai-go/v2/option"
	"github.com/openai/openai-go/v2/responses"

	"github.com/traceroot-ai/traceroot-go"
)

func openAIv2() []adapter {
	return family("openai-go v2", newOpenAIv2, []way[option.RequestOption]{
		{"Middleware", func() option.RequestOption { return option.WithMiddleware(traceroot.Middleware()) }},
		{"HTTPClient", func() option.RequestOption { return option.WithHTTPClient(traceroot.HTTPClient(nil)) }},
	}, []part[openai.Client]{
		{name: " chat", wire: &openAIChat, client: func(c openai.Client) client {
			return client{
				ask: asking(c.Chat.Completions.New),
				stream: streaming(c.Chat.Completions.NewStreaming, func(chunk openai.ChatCompletionChunk) (text string) {
					for _, choice := range chunk.Choices {
						text += choice.Delta.Content
					}
					return text
				}),
			}
		}},
		{name: " responses", wire: &openAIResponses, client: func(c openai.Client) client {
			return client{
				ask: asking(c.Responses.New),
				stream: streaming(c.Responses.NewStreaming, func(event responses.ResponseStreamEventUnion) string {
					return event.AsResponseOutputTextDelta().Delta
				}),
			}
		}},
		{name: " embeddings", wire: &openAIEmbeddings, unable: notForVectors, client: func(c openai.Client) client {
			return client{ask: asking(c.Embeddings.New)}
		}},
	})
}

func newOpenAIv2(url string, opts ...option.RequestOption) openai.Client {
	return openai.NewClient(append([]option.RequestOption{option.WithBaseURL(url + "/v1"), option.WithAPIKey(key)}, opts...)...)
}
