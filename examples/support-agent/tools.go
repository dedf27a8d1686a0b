package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/openai/openai-go/v3"

	"github.com/traceroot-ai/traceroot-go"
)

// tools are what the model may call.
var tools = []tool{
	newTool("get_order", "Looks up an order: its items, and when and to whom it was delivered.", map[string]any{
		"type":       "object",
		"properties": map[string]any{"order_id": map[string]any{"type": "string"}},
		"required":   []string{"order_id"},
	}, getOrder),
	newTool("check_stock", "Tells how many pieces of an article are in stock, where, and at what price.", map[string]any{
		"type":       "object",
		"properties": map[string]any{"article": map[string]any{"type": "string"}},
		"required":   []string{"article"},
	}, checkStock),
}

type orderQuery struct {
	OrderID string `json:"order_id"`
}

func getOrder(ctx context.Context, q orderQuery) (order, error) {
	return findOrder(ctx, q.OrderID)
}

type stockQuery struct {
	Article string `json:"article"`
}

const (
	stockAttempts   = 3
	stockRetryDelay = 200 * time.Millisecond
)

// checkStock asks the stock service again when it is overloaded. Each attempt is a span, so that the trace tells a slow
// service from one that had to be asked twice.
func checkStock(ctx context.Context, q stockQuery) (stock, error) {
	for attempt := 1; ; attempt++ {
		found, err := askStockService(ctx, q.Article, attempt)
		overloaded := errors.Is(err, statusError(http.StatusServiceUnavailable))
		if !overloaded || attempt == stockAttempts {
			return found, err
		}
		if err := pause(ctx, stockRetryDelay); err != nil {
			return stock{}, err
		}
	}
}

var askStockService = traceroot.Observe(findStock,
	traceroot.Name("ask stock service"), traceroot.ArgNames("article", "attempt"))

// tool is a function with what the model has to know of it.
type tool struct {
	definition openai.FunctionDefinitionParam
	call       func(ctx context.Context, arguments string) (result string, err error)
}

// newTool makes a tool of fn, each call of which is a span. The parameters are a JSON schema of In.
func newTool[In, Out any](
	name, description string, parameters map[string]any, fn func(context.Context, In) (Out, error),
) tool {
	fn = traceroot.Observe(fn, traceroot.Name(name), traceroot.Type(traceroot.KindTool))
	return tool{
		definition: openai.FunctionDefinitionParam{
			Name: name, Description: openai.String(description), Parameters: parameters,
		},
		call: func(ctx context.Context, arguments string) (string, error) {
			var in In
			if err := json.Unmarshal([]byte(arguments), &in); err != nil {
				return "", fmt.Errorf("read the arguments of %s: %w", name, err)
			}
			out, err := fn(ctx, in)
			if err != nil {
				return "", err
			}
			result, err := json.Marshal(out)
			return string(result), err
		},
	}
}

func toolDefinitions() []openai.ChatCompletionToolUnionParam {
	definitions := make([]openai.ChatCompletionToolUnionParam, len(tools))
	for i, tool := range tools {
		definitions[i] = openai.ChatCompletionFunctionTool(tool.definition)
	}
	return definitions
}

func useTool(ctx context.Context, name, arguments string) (string, error) {
	for _, tool := range tools {
		if tool.definition.Name == name {
			return tool.call(ctx, arguments)
		}
	}
	return "", fmt.Errorf("there is no tool %q", name)
}
