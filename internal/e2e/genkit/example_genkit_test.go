package genkit_test

import (
	"context"
	"fmt"
	"os"

	"github.com/firebase/genkit/go/ai"
	"github.com/firebase/genkit/go/genkit"
	"github.com/firebase/genkit/go/plugins/compat_oai"
	"github.com/firebase/genkit/go/plugins/googlegenai"
	"github.com/firebase/genkit/go/plugins/ollama"
	"github.com/openai/openai-go/option"

	"github.com/traceroot-ai/traceroot-go"
)

func Example_compatOAI() {
	url, printSpans := rehearse(compatible.answer())
	defer printSpans()

	plugin := &compat_oai.OpenAICompatible{Provider: "compatible", APIKey: "key", BaseURL: url + "/v1"}
	plugin.Opts = []option.RequestOption{option.WithMiddleware(traceroot.Middleware())}
	g := genkit.Init(context.Background(), genkit.WithPlugins(plugin))
	printAnswer(g, plugin.DefineModel("compatible", "gpt-4o", supports))
	// Output:
	// It has shipped.
	// recorded: chat gpt-4o
}

// The plugin takes no client, and Init fetches the transport that there is: the SDK has to be there before.
func Example_googleGenAI() {
	url, printSpans := rehearse(google.answer(), traceroot.WithIntegrations(traceroot.GoogleGenAI))
	defer printSpans()

	defer setenv("GOOGLE_GEMINI_BASE_URL", url)()
	g := genkit.Init(context.Background(), genkit.WithPlugins(&googlegenai.GoogleAI{APIKey: "key"}))
	printAnswer(g, googlegenai.GoogleAIModel(g, "gemini-2.5-flash"))
	// Output:
	// It has shipped.
	// recorded: chat gemini-2.5-flash
}

// The plugin takes no client, and makes a new one for each request.
func Example_ollama() {
	url, printSpans := rehearse(local.answer(), traceroot.WithIntegrations(traceroot.Ollama))
	defer printSpans()

	plugin := &ollama.Ollama{ServerAddress: url}
	g := genkit.Init(context.Background(), genkit.WithPlugins(plugin))
	printAnswer(g, plugin.DefineModel(g, ollama.ModelDefinition{Name: "llama3.2", Type: "chat"}, &supports))
	// Output:
	// It has shipped.
	// recorded: chat llama3.2
}

func printAnswer(g *genkit.Genkit, m ai.Model) {
	answer, err := genkit.GenerateText(context.Background(), g, ai.WithModel(m), ai.WithPrompt("Where is order 1042?"))
	if err != nil {
		panic(err)
	}
	fmt.Println(answer)
}

func setenv(name, value string) (restore func()) {
	before, was := os.LookupEnv(name)
	set := func(value string) {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	set(value)
	return func() {
		if set(before); !was {
			_ = os.Unsetenv(name)
		}
	}
}
