package providers_test

import (
	"context"
	"errors"
	"io"
	"net/http"

	cohere "github.com/cohere-ai/cohere-go/v2"
	cohereclient "github.com/cohere-ai/cohere-go/v2/client"
	"github.com/cohere-ai/cohere-go/v2/option"

	"github.com/traceroot-ai/traceroot-go"
)

// cohereSDK has no retries: the client sends its second attempt without a body, which fails.
func cohereSDK() []adapter {
	return family("cohere-go v2", newCohere, []way[option.RequestOption]{
		{"HTTPClient", func() option.RequestOption { return cohereclient.WithHTTPClient(traceroot.HTTPClient(nil)) }},
		{"Doer", func() option.RequestOption { return cohereclient.WithHTTPClient(traceroot.Doer(&http.Client{})) }},
	}, []part[*cohereclient.Client]{{wire: &cohereChat, unable: noRetries, client: func(c *cohereclient.Client) client {
		return client{
			ask: func(ctx context.Context, p prompt) (any, error) {
				q, err := decode[cohere.V2ChatRequest](p.body)
				if err != nil {
					return nil, err
				}
				return c.V2.Chat(ctx, &q)
			},
			stream: func(ctx context.Context, p prompt, each func(string) error) error {
				return streamCohere(ctx, c, p, each)
			},
		}
	}}})
}

func streamCohere(ctx context.Context, c *cohereclient.Client, p prompt, each func(string) error) error {
	q, err := decode[cohere.V2ChatStreamRequest](p.body)
	if err != nil {
		return err
	}
	events, err := c.V2.ChatStream(ctx, &q)
	if err != nil {
		return err
	}
	for err == nil {
		var event cohere.V2ChatStreamResponse
		if event, err = events.Recv(); err == nil && event.ContentDelta != nil {
			err = give(each, *event.ContentDelta.Delta.Message.Content.Text)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, events.Close())
}

func newCohere(url string, opts ...option.RequestOption) *cohereclient.Client {
	return cohereclient.NewClient(append([]option.RequestOption{
		cohereclient.WithBaseURL(url), cohereclient.WithToken(key),
	}, opts...)...)
}
