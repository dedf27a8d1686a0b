package providers_test

import (
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/responses"

	"github.com/traceroot-ai/traceroot-go"
)

func openAIv3() []adapter {
	return family("openai-go v3", newOpenAIv3, []way[option.RequestOption]{
		{"Middleware", tracedOpenAIv3},
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

type openAIv3Params = openai.ChatCompletionNewParams

func tracedOpenAIv3() option.RequestOption { return option.WithMiddleware(traceroot.Middleware()) }

func newOpenAIv3(url string, opts ...option.RequestOption) openai.Client {
	return openai.NewClient(append([]option.RequestOption{option.WithBaseURL(url + "/v1"), option.WithAPIKey(key)}, opts...)...)
}
