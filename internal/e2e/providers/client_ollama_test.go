package providers_test

import (
	"context"
	"net/http"
	"net/url"

	"github.com/ollama/ollama/api"

	"github.com/traceroot-ai/traceroot-go"
)

func ollamaAPI() []adapter {
	return family("ollama/ollama/api", newOllama, []way[*http.Client]{
		{"HTTPClient", func() *http.Client { return traceroot.HTTPClient(nil) }},
	}, []part[*api.Client]{{wire: &ollamaChat, unable: noRetries, client: func(c *api.Client) client {
		return client{
			ask: func(ctx context.Context, p prompt) (whole any, err error) {
				q, err := decode[api.ChatRequest](p.body)
				if err != nil {
					return nil, err
				}
				q.Stream = new(false)
				err = c.Chat(ctx, &q, func(answer api.ChatResponse) error {
					whole = answer
					return nil
				})
				return whole, err
			},
			stream: func(ctx context.Context, p prompt, each func(string) error) error {
				q, err := decode[api.ChatRequest](p.body)
				if err != nil {
					return err
				}
				return c.Chat(ctx, &q, func(answer api.ChatResponse) error { return give(each, answer.Message.Content) })
			},
		}
	}}})
}

func newOllama(base string, clients ...*http.Client) *api.Client {
	parsed, err := url.Parse(base)
	if err != nil {
		panic(err)
	}
	for _, c := range clients {
		return api.NewClient(parsed, c)
	}
	return api.NewClient(parsed, &http.Client{})
}
