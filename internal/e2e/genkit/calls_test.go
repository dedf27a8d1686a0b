package genkit_test

import (
	"context"

	"github.com/firebase/genkit/go/ai"
	"github.com/firebase/genkit/go/genkit"
)

func ask(ctx context.Context, g *genkit.Genkit, m ai.Model) (any, error) {
	return textOf(genkit.Generate(ctx, g, ai.WithModel(m), ai.WithSystem("Be brief."), ai.WithPrompt("Where is order 1042?")))
}

func readAll(ctx context.Context, g *genkit.Genkit, m ai.Model) (any, error) {
	var pieces []string
	_, err := genkit.Generate(ctx, g, ai.WithModel(m), ai.WithSystem("Be brief."), ai.WithPrompt("Where is order 1042?"),
		ai.WithStreaming(func(_ context.Context, chunk *ai.ModelResponseChunk) error {
			pieces = append(pieces, chunk.Text())
			return nil
		}))
	return pieces, err
}

func leave(ctx context.Context, g *genkit.Genkit, m ai.Model) (any, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var pieces []string
	_, err := genkit.Generate(ctx, g, ai.WithModel(m), ai.WithSystem("Be brief."), ai.WithPrompt("Where is order 1042?"),
		ai.WithStreaming(func(_ context.Context, chunk *ai.ModelResponseChunk) error {
			pieces = append(pieces, chunk.Text())
			cancel()
			return nil
		}))
	return pieces, err
}

func askWithTools(ctx context.Context, g *genkit.Genkit, m ai.Model) (any, error) {
	find := genkit.DefineTool(g, "find_order", "Finds an order.", func(*ai.ToolContext, struct{ Number int }) (string, error) {
		return "shipped", nil
	})
	response, err := genkit.Generate(ctx, g, ai.WithModel(m), ai.WithTools(find), ai.WithReturnToolRequests(true), ai.WithMessages(
		ai.NewSystemTextMessage("Be brief."),
		ai.NewUserTextMessage("Where is order 1042?"),
		ai.NewModelMessage(ai.NewToolRequestPart(&ai.ToolRequest{Name: "find_order", Ref: "call_1", Input: map[string]any{"number": 1042}})),
		ai.NewMessage(ai.RoleTool, nil, ai.NewToolResponsePart(&ai.ToolResponse{
			Name: "find_order", Ref: "call_1", Output: map[string]any{"state": "shipped"},
		})),
	))
	if err != nil {
		return nil, err
	}
	var calls []any
	for _, call := range response.ToolRequests() {
		calls = append(calls, call.Name, call.Input) // genkit makes up a new Ref each time
	}
	return calls, nil
}

func textOf(response *ai.ModelResponse, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return response.Text(), nil
}
