package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/traceroot-ai/traceroot-go"
)

const instructions = `You are the support agent of Fernweh, a shop for bicycles and outdoor gear.
Look things up before you answer: never guess the state of an order or a stock.
Answer in a few friendly sentences, in the customer's language.`

// maxTurns stops a model that calls tools forever.
const maxTurns = 8

// agent answers the customers of an outdoor shop. It is safe for concurrent use.
type agent struct {
	client openai.Client
	model  string
}

// newAgent reads OPENAI_API_KEY and OPENAI_BASE_URL, as OpenAI's client does; opts come after them.
func newAgent(model string, opts ...option.RequestOption) *agent {
	opts = append(opts, option.WithMiddleware(traceroot.Middleware())) // Each call of the model becomes a span.
	return &agent{client: openai.NewClient(opts...), model: model}
}

// ticket is a customer's question.
type ticket struct {
	customer     string
	conversation string
	question     string
}

// answer returns the answer to the ticket, and writes it to out while the model is still speaking.
func (a *agent) answer(ctx context.Context, t ticket, out io.Writer) (string, error) {
	ctx = traceroot.UsingAttributes(ctx, traceroot.Attributes{
		UserID:    t.customer,
		SessionID: t.conversation,
		Tags:      []string{"support"},
	})
	return traceroot.Do(ctx, "support-agent", func(ctx context.Context) (string, error) {
		return a.converse(ctx, t.question, out)
	}, traceroot.Type(traceroot.KindAgent), traceroot.Input(t.question))
}

// converse goes back and forth between the model and the tools until the model has what it needs.
func (a *agent) converse(ctx context.Context, question string, out io.Writer) (string, error) {
	messages := []openai.ChatCompletionMessageParamUnion{
		openai.SystemMessage(instructions),
		openai.UserMessage(question),
	}
	for range maxTurns {
		reply, err := a.ask(ctx, messages, out)
		if err != nil {
			return "", fmt.Errorf("ask %s: %w", a.model, err)
		}
		if len(reply.ToolCalls) == 0 {
			return reply.Content, nil
		}
		messages = append(messages, reply.ToParam())
		messages = append(messages, useTools(ctx, reply.ToolCalls)...)
	}
	return "", fmt.Errorf("%s found no answer in %d turns", a.model, maxTurns)
}

// ask streams the model's next message.
func (a *agent) ask(
	ctx context.Context, messages []openai.ChatCompletionMessageParamUnion, out io.Writer,
) (openai.ChatCompletionMessage, error) {
	stream := a.client.Chat.Completions.NewStreaming(ctx, openai.ChatCompletionNewParams{
		Model:         a.model,
		Messages:      messages,
		Tools:         toolDefinitions(),
		StreamOptions: openai.ChatCompletionStreamOptionsParam{IncludeUsage: openai.Bool(true)},
	})
	defer stream.Close()

	var reply openai.ChatCompletionAccumulator
	for stream.Next() {
		chunk := stream.Current()
		if !reply.AddChunk(chunk) {
			return openai.ChatCompletionMessage{}, errors.New("the chunks of the stream do not fit together")
		}
		for _, choice := range chunk.Choices { // The last chunk has the usage and no choice.
			if _, err := io.WriteString(out, choice.Delta.Content); err != nil {
				return openai.ChatCompletionMessage{}, err
			}
		}
	}
	if err := stream.Err(); err != nil {
		return openai.ChatCompletionMessage{}, err
	}
	if len(reply.Choices) == 0 {
		return openai.ChatCompletionMessage{}, errors.New("the stream ended without an answer")
	}
	return reply.Choices[0].Message, nil
}

// useTools runs the tools side by side and returns their results in the order of the calls. An error is a result too:
// the model may find another way, or say what it could not find out.
func useTools(ctx context.Context, calls []openai.ChatCompletionMessageToolCallUnion) []openai.ChatCompletionMessageParamUnion {
	results := make([]openai.ChatCompletionMessageParamUnion, len(calls))
	var wg sync.WaitGroup
	for i, call := range calls {
		wg.Go(func() {
			result, err := useTool(ctx, call.Function.Name, call.Function.Arguments)
			if err != nil {
				result = "error: " + err.Error()
			}
			results[i] = openai.ToolMessage(result, call.ID)
		})
	}
	wg.Wait()
	return results
}
