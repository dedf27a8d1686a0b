package providers_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/tmc/langchaingo/httputil"
	"github.com/tmc/langchaingo/llms"
	"github.com/tmc/langchaingo/llms/anthropic"
	"github.com/tmc/langchaingo/llms/bedrock"
	"github.com/tmc/langchaingo/llms/googleai"
	"github.com/tmc/langchaingo/llms/mistral"
	"github.com/tmc/langchaingo/llms/ollama"
	"github.com/tmc/langchaingo/llms/openai"

	"github.com/traceroot-ai/traceroot-go"
)

// The library's own client says in a header who asks, so the traced one is made from it.
func Example_langchaingoOpenAI() {
	url, printSpans := rehearse(openAIChat.answer)
	defer printSpans()

	model, err := openai.New(
		openai.WithHTTPClient(traceroot.HTTPClient(httputil.DefaultClient)),
		openai.WithModel("gpt-4o"), openai.WithBaseURL(url+"/v1"), openai.WithToken(key),
	)
	if err != nil {
		panic(err)
	}
	printAnswer(model)
	// Output:
	// It has shipped.
	// recorded: chat gpt-4o
}

func Example_langchaingoAnthropic() {
	url, printSpans := rehearse(anthropicMessages.answer)
	defer printSpans()

	model, err := anthropic.New(
		anthropic.WithHTTPClient(traceroot.HTTPClient(httputil.DefaultClient)),
		anthropic.WithModel("claude-sonnet-4-5"), anthropic.WithBaseURL(url+"/v1"), anthropic.WithToken(key),
	)
	if err != nil {
		panic(err)
	}
	printAnswer(model)
	// Output:
	// It has shipped.
	// recorded: chat claude-sonnet-4-5
}

func Example_langchaingoOllama() {
	url, printSpans := rehearse(ollamaChat.answer)
	defer printSpans()

	model, err := ollama.New(
		ollama.WithHTTPClient(traceroot.HTTPClient(httputil.DefaultClient)),
		ollama.WithModel("llama3.2"), ollama.WithServerURL(url),
	)
	if err != nil {
		panic(err)
	}
	printAnswer(model)
	// Output:
	// It has shipped.
	// recorded: chat llama3.2
}

// The model puts no key on the requests of a client that it is given.
func Example_langchaingoGoogleAI() {
	url, printSpans := rehearse(gemini.answer)
	defer printSpans()

	client := &http.Client{Transport: &httputil.ApiKeyTransport{APIKey: key, Transport: traceroot.Transport(nil)}}
	model, err := googleai.New(context.Background(),
		googleai.WithHTTPClient(client), googleai.WithAPIKey(key),
		googleai.WithDefaultModel("gemini-2.5-flash"), endpoint(url),
	)
	if err != nil {
		panic(err)
	}
	printAnswer(model)
	// Output:
	// It has shipped.
	// recorded: chat gemini-2.5-flash
}

func Example_langchaingoBedrock() {
	url, printSpans := rehearse(bedrockInvoke.answer)
	defer printSpans()

	client := bedrockruntime.NewFromConfig(awsConfig(), func(o *bedrockruntime.Options) {
		o.HTTPClient = traceroot.Doer(o.HTTPClient)
		o.BaseEndpoint = aws.String(url)
	})
	model, err := bedrock.New(bedrock.WithClient(client), bedrock.WithModel(bedrockModel))
	if err != nil {
		panic(err)
	}
	printAnswer(model)
	// Output:
	// It has shipped.
	// recorded: chat anthropic.claude-sonnet-4-5-v1:0
}

// The model takes no client, and makes a new one for each request.
func Example_langchaingoMistral() {
	url, printSpans := rehearse(openAIChat.answer, traceroot.WithIntegrations(traceroot.OpenAI))
	defer printSpans()

	model, err := mistral.New(mistral.WithModel("gpt-4o"), mistral.WithEndpoint(url), mistral.WithAPIKey(key))
	if err != nil {
		panic(err)
	}
	printAnswer(model)
	// Output:
	// It has shipped.
	// recorded: chat gpt-4o
}

func printAnswer(model llms.Model) {
	answer, err := llms.GenerateFromSinglePrompt(context.Background(), model, question)
	if err != nil {
		panic(err)
	}
	fmt.Println(answer)
}
