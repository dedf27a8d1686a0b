package providers_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/tmc/langchaingo/httputil"
	"github.com/tmc/langchaingo/llms"
	"github.com/tmc/langchaingo/llms/anthropic"
	"github.com/tmc/langchaingo/llms/bedrock"
	"github.com/tmc/langchaingo/llms/cohere"
	"github.com/tmc/langchaingo/llms/googleai"
	"github.com/tmc/langchaingo/llms/mistral"
	"github.com/tmc/langchaingo/llms/ollama"
	"github.com/tmc/langchaingo/llms/openai"
	"google.golang.org/api/option"

	"github.com/traceroot-ai/traceroot-go"
)

// langChain are the models of langchaingo. Those that take an *http.Client get one made from the library's own, which
// says in a header who asks.
func langChain() []adapter {
	clients := []way[*http.Client]{{"HTTPClient", func() *http.Client { return traceroot.HTTPClient(httputil.DefaultClient) }}}
	all := []adapter{
		langChainModel("openai", clients, func(url string, c *http.Client) (llms.Model, error) {
			return openai.New(openai.WithToken(key), openai.WithModel(openAIChat.model), openai.WithBaseURL(url+"/v1"), openai.WithHTTPClient(c))
		}, adapter{wire: &openAIChat, unable: noRetries, ownTransport: true, eitherCancel: true}),
		langChainModel("anthropic", clients, func(url string, c *http.Client) (llms.Model, error) {
			return anthropic.New(anthropic.WithToken(key), anthropic.WithModel(anthropicMessages.model),
				anthropic.WithBaseURL(url+"/v1"), anthropic.WithHTTPClient(c))
		}, adapter{wire: &anthropicMessages, unable: noRetries, ownTransport: true}),
		langChainModel("ollama", clients, func(url string, c *http.Client) (llms.Model, error) {
			return ollama.New(ollama.WithModel(ollamaChat.model), ollama.WithServerURL(url), ollama.WithHTTPClient(c))
		}, adapter{wire: &ollamaChat, unable: append(noTools, noRetries...), ownTransport: true}),
		langChainModel("googleai", []way[*http.Client]{{"Transport", func() *http.Client {
			return &http.Client{Transport: &httputil.ApiKeyTransport{APIKey: key, Transport: traceroot.Transport(nil)}}
		}}}, newGoogleAI, adapter{wire: &geminiArray, unable: noRetries, ownTransport: true}),
		langChainBedrock(),
	}
	all = append(all,
		langChainModel("cohere", nil, func(url string, _ *http.Client) (llms.Model, error) {
			return cohere.New(cohere.WithToken(key), cohere.WithModel(cohereGenerate.model), cohere.WithBaseURL(url))
		}, adapter{wire: &cohereGenerate, unable: []string{"stream", "tools", "retry", "cancel"}, ownTransport: true}),
		langChainModel("mistral", nil, func(url string, _ *http.Client) (llms.Model, error) {
			return mistral.New(mistral.WithAPIKey(key), mistral.WithModel(openAIChat.model), mistral.WithEndpoint(url))
		}, adapter{wire: &openAIChat, unable: []string{"retry", "cancel"}, differs: asMistral}))
	for i, a := range all {
		switch a.name {
		case "langchaingo openai", "langchaingo anthropic", "langchaingo ollama", "langchaingo cohere":
			all[i].hooks = append(all[i].hooks, hook{name: "httputil.DefaultClient", connect: a.plain, install: throughLangChain})
		}
	}
	return all
}

func langChainModel(name string, ways []way[*http.Client], model func(url string, c *http.Client) (llms.Model, error), a adapter) adapter {
	connect := func(c *http.Client) func(*testing.T, string) client {
		return func(t *testing.T, url string) client {
			t.Helper()
			m, err := model(url, c)
			if err != nil {
				t.Fatal(err)
			}
			return langChainClient(m)
		}
	}
	a.name = "langchaingo " + name
	if a.plain = connect(httputil.DefaultClient); name == "googleai" {
		a.asItComes = connect(nil)
		a.plain = connect(&http.Client{Transport: &httputil.ApiKeyTransport{APIKey: key}})
	}
	for _, w := range ways {
		a.hooks = append(a.hooks, hook{name: w.name, connect: connect(w.option())})
	}
	return a
}

// throughLangChain records what passes the client that most models of langchaingo share, until the test ends.
func throughLangChain(t *testing.T) {
	t.Helper()
	before := httputil.DefaultClient.Transport
	httputil.DefaultClient.Transport = traceroot.Transport(before)
	t.Cleanup(func() { httputil.DefaultClient.Transport = before })
}

// asMistral is what the client for Mistral sends unasked, and what it leaves out.
func asMistral(w *wire) {
	w.parameters = map[string]any{"temperature": temperature, "max_tokens": float64(maxTokens), "top_p": 1.0, "seed": 42069.0}
	w.toolInput = strings.Replace(toolInputShown, `"tool_call_id":"call_1",`, "", 1)
}

func newGoogleAI(url string, c *http.Client) (llms.Model, error) {
	return googleai.New(context.Background(), googleai.WithAPIKey(key), googleai.WithDefaultModel(gemini.model),
		endpoint(url), func(o *googleai.Options) {
			if c != nil {
				o.ClientOptions = append(o.ClientOptions, option.WithHTTPClient(c)) // as googleai.WithHTTPClient does
			}
		})
}

func endpoint(url string) googleai.Option {
	return func(o *googleai.Options) { o.ClientOptions = append(o.ClientOptions, option.WithEndpoint(url)) }
}

func langChainBedrock() adapter {
	connect := func(doer ...func(*bedrockruntime.Options)) func(*testing.T, string) client {
		return func(t *testing.T, url string) client {
			t.Helper()
			m, err := bedrock.New(bedrock.WithModel(bedrockModel), bedrock.WithClient(newBedrock(url, doer...)))
			if err != nil {
				t.Fatal(err)
			}
			return langChainClient(m)
		}
	}
	return adapter{
		name: "langchaingo bedrock", wire: &bedrockInvoke, plain: connect(), ownTransport: true,
		hooks: []hook{{name: "Doer", connect: connect(tracedBedrock)}},
	}
}

func langChainClient(m llms.Model) client {
	options := func(p prompt, more ...llms.CallOption) []llms.CallOption {
		more = append(more, llms.WithTemperature(temperature), llms.WithMaxTokens(maxTokens))
		if p.tools {
			more = append(more, llms.WithTools([]llms.Tool{{Type: "function", Function: &llms.FunctionDefinition{
				Name: toolName, Description: toolAbout, Parameters: toolSchema(),
			}}}))
		}
		return more
	}
	return client{
		ask: func(ctx context.Context, p prompt) (any, error) {
			return m.GenerateContent(ctx, langChainMessages(p), options(p)...)
		},
		stream: func(ctx context.Context, p prompt, each func(string) error) error {
			_, err := m.GenerateContent(ctx, langChainMessages(p), options(p, llms.WithStreamingFunc(
				func(_ context.Context, chunk []byte) error { return give(each, string(chunk)) }))...)
			return err
		},
	}
}

func langChainMessages(p prompt) []llms.MessageContent {
	messages := []llms.MessageContent{
		llms.TextParts(llms.ChatMessageTypeSystem, system),
		llms.TextParts(llms.ChatMessageTypeHuman, question),
	}
	if !p.tools {
		return messages
	}
	return append(messages,
		llms.MessageContent{Role: llms.ChatMessageTypeAI, Parts: []llms.ContentPart{llms.ToolCall{
			ID: toolCallID, Type: "function", FunctionCall: &llms.FunctionCall{Name: toolName, Arguments: toolArgumentsText()},
		}}},
		llms.MessageContent{Role: llms.ChatMessageTypeTool, Parts: []llms.ContentPart{llms.ToolCallResponse{
			ToolCallID: toolCallID, Name: toolName, Content: toolResult,
		}}})
}
