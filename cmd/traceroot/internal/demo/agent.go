// Package demo holds small agents to copy from, and scripted models to run them against.
//
// A [Show] plays many runs of five agents, of which each has a file: support.go with its sub-agent handover.go, research.go,
// coding.go, classify.go and pricewatch.go. They speak Anthropic's and Google's protocols by net/http (claude.go,
// gemini.go), and OpenAI's by a client library. [Agent] (agent.go, tools.go) is one more, that can be run by itself, also
// with a real model. What traces them is marked by the prefix traceroot; nothing else in them knows of tracing.
//
// The shop behind the tools and the models on loopback are made up: stage*.go play them, scene.go and the files of data
// and scripts say what they answer. The package starts no client, receives no trace and prints nothing.
package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/sashabaranov/go-openai"

	"github.com/traceroot-ai/traceroot-go"
)

const instructions = `You are the support agent of Fernweh, a shop for bicycles and outdoor gear.
Look things up before you answer: never guess the state of an order or a stock.
Answer in a few friendly sentences, in the customer's language.`

// maxTurns stops a model that calls tools forever.
const maxTurns = 8

// Agent answers the customers of an outdoor shop. It is safe for concurrent use.
type Agent struct {
	client *openai.Client
	model  string
}

// New returns an agent that talks to the OpenAI-compatible API at baseURL, or to OpenAI when baseURL is empty.
func New(baseURL, apiKey, model string) *Agent {
	config := openai.DefaultConfig(apiKey)
	config.BaseURL = cmp.Or(baseURL, config.BaseURL)
	config.HTTPClient = traceroot.HTTPClient(nil) // Each call of the model becomes a span.
	return &Agent{client: openai.NewClientWithConfig(config), model: model}
}

// Ticket is a customer's question.
type Ticket struct {
	Customer     string
	Conversation string
	Question     string
}

// Example is the ticket of the demo, which the scripted model can answer.
func Example() Ticket {
	return Ticket{
		Customer:     "customer-2187",
		Conversation: "chat-90531",
		Question:     "Where is order 60418? And do you have another RD-7150?",
	}
}

// Answer returns the answer to the ticket, and writes it to out while the model is still speaking; [io.Discard] serves
// those who can wait.
func (a *Agent) Answer(ctx context.Context, t Ticket, out io.Writer) (string, error) {
	ctx = traceroot.UsingAttributes(ctx, traceroot.Attributes{
		UserID:    t.Customer,
		SessionID: t.Conversation,
		Tags:      []string{"support"},
	})
	return traceroot.Do(ctx, "support-agent", func(ctx context.Context) (string, error) {
		return a.converse(ctx, t.Question, out)
	}, traceroot.Type(traceroot.KindAgent), traceroot.Input(t.Question))
}

// converse goes back and forth between the model and the tools until the model has what it needs.
func (a *Agent) converse(ctx context.Context, question string, out io.Writer) (string, error) {
	messages := []openai.ChatCompletionMessage{
		{Role: openai.ChatMessageRoleSystem, Content: instructions},
		{Role: openai.ChatMessageRoleUser, Content: question},
	}
	for range maxTurns {
		reply, err := a.ask(ctx, messages, out)
		if err != nil {
			return "", fmt.Errorf("ask %s: %w", a.model, err)
		}
		if len(reply.ToolCalls) == 0 {
			return reply.Content, nil
		}
		messages = append(messages, reply)
		messages = append(messages, useTools(ctx, reply.ToolCalls)...)
	}
	return "", fmt.Errorf("%s found no answer in %d turns", a.model, maxTurns)
}

// ask streams the model's next message.
func (a *Agent) ask(
	ctx context.Context, messages []openai.ChatCompletionMessage, out io.Writer,
) (openai.ChatCompletionMessage, error) {
	reply := openai.ChatCompletionMessage{Role: openai.ChatMessageRoleAssistant}
	stream, err := a.client.CreateChatCompletionStream(ctx, openai.ChatCompletionRequest{
		Model:         a.model,
		Messages:      messages,
		Tools:         toolDefinitions(),
		StreamOptions: &openai.StreamOptions{IncludeUsage: true},
	})
	if err != nil {
		return reply, err
	}
	defer stream.Close()

	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return reply, nil
		}
		if err != nil {
			return reply, err
		}
		for _, choice := range chunk.Choices { // The last chunk has the usage and no choice.
			reply.Content += choice.Delta.Content
			reply.ToolCalls = appendToolCalls(reply.ToolCalls, choice.Delta.ToolCalls)
			if _, err := io.WriteString(out, choice.Delta.Content); err != nil {
				return reply, err
			}
		}
	}
}

// appendToolCalls adds the pieces in which a stream delivers tool calls. The first piece of a call names the tool, the
// others continue its arguments.
func appendToolCalls(calls, pieces []openai.ToolCall) []openai.ToolCall {
	for _, piece := range pieces {
		if i := piece.Index; i != nil && *i < len(calls) {
			calls[*i].Function.Arguments += piece.Function.Arguments
			continue
		}
		piece.Index = nil // It belongs to the stream, not to the conversation.
		calls = append(calls, piece)
	}
	return calls
}

// useTools runs the tools side by side and returns their results in the order of the calls. An error is a result too:
// the model may find another way, or say what it could not find out.
func useTools(ctx context.Context, calls []openai.ToolCall) []openai.ChatCompletionMessage {
	results := make([]openai.ChatCompletionMessage, len(calls))
	var wg sync.WaitGroup
	for i, call := range calls {
		wg.Go(func() {
			result, err := useTool(ctx, call.Function.Name, call.Function.Arguments)
			if err != nil {
				result = "error: " + err.Error()
			}
			results[i] = openai.ChatCompletionMessage{Role: openai.ChatMessageRoleTool, ToolCallID: call.ID, Content: result}
		})
	}
	wg.Wait()
	return results
}
