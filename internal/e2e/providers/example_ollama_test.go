package providers_test

import (
	"context"
	"fmt"
	"net/url"

	"github.com/ollama/ollama/api"

	"github.com/traceroot-ai/traceroot-go"
)

func Example_ollama() {
	host, printSpans := rehearse(ollamaChat.answer)
	defer printSpans()

	base, err := url.Parse(host)
	if err != nil {
		panic(err)
	}
	client := api.NewClient(base, traceroot.HTTPClient(nil))
	err = client.Chat(context.Background(), &api.ChatRequest{
		Model: "llama3.2", Messages: []api.Message{{Role: "user", Content: question}},
	}, func(answer api.ChatResponse) error {
		_, err := fmt.Println(answer.Message.Content)
		return err
	})
	if err != nil {
		panic(err)
	}
	// Output:
	// It has shipped.
	// recorded: chat llama3.2
}
