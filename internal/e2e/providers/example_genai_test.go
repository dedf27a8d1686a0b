package providers_test

import (
	"context"
	"fmt"

	"google.golang.org/genai"

	"github.com/traceroot-ai/traceroot-go"
)

func Example_genAI() {
	url, printSpans := rehearse(gemini.answer)
	defer printSpans()

	ctx := context.Background()
	config := &genai.ClientConfig{HTTPClient: traceroot.HTTPClient(nil)}
	config.APIKey, config.HTTPOptions.BaseURL = key, url
	client, err := genai.NewClient(ctx, config)
	if err != nil {
		panic(err)
	}
	answer, err := client.Models.GenerateContent(ctx, "gemini-2.5-flash", genai.Text(question), nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Text())
	// Output:
	// It has shipped.
	// recorded: chat gemini-2.5-flash
}
