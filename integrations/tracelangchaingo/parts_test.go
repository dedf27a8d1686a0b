package tracelangchaingo_test

import (
	"context"
	"strings"
	"testing"

	"github.com/tmc/langchaingo/callbacks"
	"github.com/tmc/langchaingo/chains"
	"github.com/tmc/langchaingo/llms"
	"github.com/tmc/langchaingo/prompts"
	"github.com/tmc/langchaingo/tools"
)

// newChain is a chain that asks a model with a template of one variable.
func newChain(model llms.Model, template string, handler callbacks.Handler) *chains.LLMChain {
	variable := strings.TrimSuffix(template[strings.Index(template, "{{.")+3:], "}}")
	prompt := prompts.NewPromptTemplate(template, []string{variable})
	return chains.NewLLMChain(model, prompt, chains.WithCallback(handler))
}

// newSequence runs one chain after another, the first one's answer being the second one's b.
func newSequence(t *testing.T, first, second *chains.LLMChain) chains.Chain {
	t.Helper()
	first.OutputKey = "b"
	sequence, err := chains.NewSequentialChain([]chains.Chain{first, second}, []string{"a"}, []string{"text"})
	if err != nil {
		t.Fatal(err)
	}
	return sequence
}

// named is a tool with the name that the model asks for.
type named struct{ tools.Tool }

func (named) Name() string { return "search" }

// chainTool is a tool that runs a chain.
type chainTool struct{ chain chains.Chain }

func (chainTool) Name() string        { return "search" }
func (chainTool) Description() string { return "Asks another agent." }
func (c chainTool) Call(ctx context.Context, input string) (string, error) {
	return chains.Run(ctx, c.chain, input)
}

// indented is text one level further in.
func indented(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}
