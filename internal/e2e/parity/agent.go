// Package parity runs one support agent twice, in Go and with the released Python SDK, and holds what the two send side
// by side.
//
// The package itself is the Go half, written as a user would write it: agent.go here and testdata/agent.py are the same
// agent, in the same order, so that each shows how the other's calls are spelled. It has no business but to be traced;
// docs/parity.md is what the comparison found.
package parity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go"
)

var tools = []openai.ChatCompletionToolUnionParam{
	openai.ChatCompletionFunctionTool(openai.FunctionDefinitionParam{
		Name:        "find_order",
		Description: openai.String("Finds an order by its number."),
		Parameters: openai.FunctionParameters{
			"type": "object",
			"properties": map[string]any{
				"number": map[string]any{"type": "integer"}, "detail": map[string]any{"type": "string"},
			},
			"required": []string{"number", "detail"},
		},
	}),
}

// Order is what the agent's tool finds.
type Order struct {
	Number int       `json:"number"`
	State  string    `json:"state"`
	Weight float64   `json:"weight"` // kilograms
	Items  []string  `json:"items"`
	Note   *string   `json:"note"`
	At     time.Time `json:"at"`
	Label  []byte    `json:"label"`
}

// OrderClosedError is the error about an order that nothing can be done about any more.
type OrderClosedError struct{ Number int }

func (e *OrderClosedError) Error() string { return fmt.Sprintf("order %d is closed", e.Number) }

// Agent answers customers' questions.
type Agent struct {
	model openai.Client
}

// NewAgent returns an agent that asks the OpenAI-protocol server at the base URL.
func NewAgent(baseURL string) *Agent {
	return &Agent{openai.NewClient(
		option.WithBaseURL(baseURL), option.WithAPIKey("sk-none"), option.WithMiddleware(traceroot.Middleware()))}
}

// Run has the agent answer one question, as user and session of a web channel.
func (a *Agent) Run(ctx context.Context) (string, error) {
	ctx = traceroot.UsingAttributes(ctx, traceroot.Attributes{
		UserID: "user-of-context", SessionID: "session-9",
		Tags: []string{"eu", "beta"}, Metadata: map[string]any{"channel": "web", "größe": 1},
	})
	answer := traceroot.Observe(a.answer, traceroot.Name("support-agent"), traceroot.Type(traceroot.KindAgent),
		traceroot.Metadata(map[string]any{"team": "returns", "revision": 3}), traceroot.Tags("support", "v2"),
		traceroot.ArgNames("question"))
	return answer(ctx, "Where is order 1042?")
}

func (a *Agent) answer(ctx context.Context, question string) (string, error) {
	if err := observedIdentify(ctx, "acme"); err != nil {
		return "", err
	}
	messages := []openai.ChatCompletionMessageParamUnion{openai.UserMessage(question)}
	asks, err := a.chat(ctx, openai.ChatCompletionNewParams{Messages: messages, Tools: tools})
	if err != nil {
		return "", err
	}
	call := asks.ToolCalls[0]
	var wanted struct {
		Number int    `json:"number"`
		Detail string `json:"detail"`
	}
	if err := json.Unmarshal([]byte(call.Function.Arguments), &wanted); err != nil {
		return "", fmt.Errorf("arguments of %s: %w", call.Function.Name, err)
	}
	order := observedFindOrder(ctx, wanted.Number, wanted.Detail)
	messages = append(messages, asks.ToParam(), openai.ToolMessage(order.State, call.ID))
	reply, err := a.chat(ctx, openai.ChatCompletionNewParams{Messages: messages})
	if err != nil {
		return "", err
	}
	if err := observedRefund(ctx, order.Number); !isOrderClosed(err) {
		return "", err
	}
	for range observedWords(ctx, reply.Content) {
	}
	for range observedWords(ctx, reply.Content) {
		break
	}
	observedGrade(ctx, question, reply.Content)
	_, span := otel.Tracer("app").Start(ctx, "audit")
	span.End()
	return reply.Content, nil
}

var observedIdentify = traceroot.Observe(identify, traceroot.ArgNames("customer"))

func identify(ctx context.Context, customer string) error {
	observedPolicy(ctx)
	traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{
		UserID: "user-7", Metadata: map[string]any{"customer": customer}, Tags: []string{"vip"},
	})
	return nil
}

var observedPolicy = traceroot.Observe(policy)

func policy(context.Context) int { return 30 }

func (a *Agent) chat(ctx context.Context, params openai.ChatCompletionNewParams) (openai.ChatCompletionMessage, error) {
	params.Model = "gpt-4o"
	params.Temperature = openai.Float(0.2)
	params.MaxTokens = openai.Int(64)
	completion, err := a.model.Chat.Completions.New(ctx, params)
	if err != nil {
		return openai.ChatCompletionMessage{}, fmt.Errorf("chat: %w", err)
	}
	return completion.Choices[0].Message, nil
}

var observedFindOrder = traceroot.Observe(findOrder, traceroot.Name("find-order"), traceroot.Type(traceroot.KindTool),
	traceroot.SessionID("session-of-tool"), traceroot.UserID("user-of-tool"), traceroot.ArgNames("number", "detail"))

func findOrder(_ context.Context, number int, _ string) Order {
	return Order{
		Number: number, State: "shipped to Zoë", Weight: math.NaN(), Items: []string{"book", "pen"},
		At: time.Date(2026, time.February, 5, 12, 30, 0, 0, time.UTC), Label: []byte("\xff\xfe"),
	}
}

var observedRefund = traceroot.Observe(refund, traceroot.Type(traceroot.KindTool), traceroot.ArgNames("number"))

func refund(_ context.Context, number int) error { return &OrderClosedError{Number: number} }

func isOrderClosed(err error) bool {
	_, ok := errors.AsType[*OrderClosedError](err)
	return ok
}

var observedWords = traceroot.Observe(words, traceroot.ArgNames("text"))

func words(_ context.Context, text string) iter.Seq[string] { return strings.FieldsSeq(text) }

var observedGrade = traceroot.Observe(grade, traceroot.Name("judge"), traceroot.Type(traceroot.KindLLM),
	traceroot.CaptureInput(false))

func grade(ctx context.Context, question, reply string) float64 {
	prompt := []map[string]any{
		{"role": "user", "content": fmt.Sprintf("Grade '%s' as an answer to '%s'", reply, question)},
	}
	traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{
		Model: "judge-1", ModelParameters: map[string]any{"temperature": 0, "seed": 7}, Prompt: prompt,
		Usage: traceroot.Usage{InputTokens: 120, OutputTokens: 8, CacheReadTokens: 64},
	})
	traceroot.SpanFromContext(ctx).OTel().SetAttributes(attribute.Float64("llm.cost.total", 0.0123))
	traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{
		Name: "grade", Input: map[string]any{"question": question}, Output: map[string]any{"score": 0.9},
		Metadata: map[string]any{"rubric": "short"},
	})
	return 0.9
}
