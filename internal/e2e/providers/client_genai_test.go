package providers_test

import (
	"context"
	"net/http"

	"google.golang.org/genai"

	"github.com/traceroot-ai/traceroot-go"
)

func genaiSDK() []adapter {
	return family("google.golang.org/genai", newGenAI, []way[*http.Client]{
		{"HTTPClient", func() *http.Client { return traceroot.HTTPClient(nil) }},
		{"Transport", func() *http.Client { return &http.Client{Transport: traceroot.Transport(nil)} }},
	}, []part[*genai.Client]{{wire: &gemini, client: func(c *genai.Client) client {
		return client{
			ask: func(ctx context.Context, p prompt) (any, error) {
				q, err := decode[genaiRequest](p.body)
				if err != nil {
					return nil, err
				}
				return c.Models.GenerateContent(ctx, q.Model, q.Contents, q.Config)
			},
			stream: func(ctx context.Context, p prompt, each func(string) error) error {
				q, err := decode[genaiRequest](p.body)
				if err != nil {
					return err
				}
				for chunk, err := range c.Models.GenerateContentStream(ctx, q.Model, q.Contents, q.Config) {
					if err != nil {
						return err
					}
					if err := give(each, chunk.Text()); err != nil {
						return err
					}
				}
				return nil
			},
		}
	}}})
}

type genaiRequest struct {
	Model    string
	Contents []*genai.Content
	Config   *genai.GenerateContentConfig
}

func newGenAI(url string, clients ...*http.Client) *genai.Client {
	config := &genai.ClientConfig{
		APIKey: key, Backend: genai.BackendGeminiAPI,
		HTTPOptions: genai.HTTPOptions{BaseURL: url, RetryOptions: &genai.HTTPRetryOptions{
			InitialDelay: new(0.001), MaxDelay: new(0.001),
		}},
	}
	for _, c := range clients {
		config.HTTPClient = c
	}
	c, err := genai.NewClient(context.Background(), config)
	if err != nil {
		panic(err)
	}
	return c
}
