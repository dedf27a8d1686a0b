package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sashabaranov/go-openai"

	"github.com/traceroot-ai/traceroot-go"
)

const handoverRules = `You write handovers: another agent could not finish a case, and a person of the shop goes on with it.
Open a ticket that says what the customer wants, what was done, and what stands in the way.`

// handoverWriter is a sub-agent on a smaller model, with a client library: it turns a conversation into a ticket.
type handoverWriter struct {
	client *openai.Client
	model  string
	delay  time.Duration // of the ticket system
}

type caseTicket struct {
	OrderID  int    `json:"order_id"`
	Queue    string `json:"queue"`
	Priority string `json:"priority"`
	Summary  string `json:"summary"`
}

type openedTicket struct {
	Ticket string `json:"ticket"`
	Queue  string `json:"queue"`
	ETA    string `json:"eta"`
}

// write returns the reference of the ticket that it has opened.
func (h *handoverWriter) write(ctx context.Context, history string, why error) (reference string, err error) {
	return traceroot.Do(ctx, "handover-writer", func(ctx context.Context) (string, error) {
		wanted, err := h.draft(ctx, "Write the handover for this conversation. It ended with: "+why.Error()+"\n\n"+history)
		if err != nil {
			return "", err
		}
		opened, err := h.createTicket(ctx, wanted)
		return opened.Ticket, err
	}, traceroot.Type(traceroot.KindAgent), traceroot.Input(why.Error()))
}

// draft has the model fill in the ticket.
func (h *handoverWriter) draft(ctx context.Context, prompt string) (caseTicket, error) {
	stream, err := h.client.CreateChatCompletionStream(ctx, openai.ChatCompletionRequest{
		Model:       h.model,
		Temperature: 0.1,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: handoverRules},
			{Role: openai.ChatMessageRoleUser, Content: prompt},
		},
		Tools: []openai.Tool{{Type: openai.ToolTypeFunction, Function: &openai.FunctionDefinition{
			Name:        "create_ticket",
			Description: "Opens a ticket for a person.",
			Parameters: json.RawMessage(`{"type":"object","required":["order_id","queue","priority","summary"],"properties":{` +
				`"order_id":{"type":"integer"},"queue":{"type":"string","enum":["orders","returns","billing"]},` +
				`"priority":{"type":"string","enum":["low","normal","high"]},"summary":{"type":"string"}}}`),
		}}},
		StreamOptions: &openai.StreamOptions{IncludeUsage: true},
	})
	if err != nil {
		return caseTicket{}, fmt.Errorf("ask %s: %w", h.model, err)
	}
	defer stream.Close()
	var arguments strings.Builder
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return caseTicket{}, fmt.Errorf("read the answer of %s: %w", h.model, err)
		}
		for _, choice := range chunk.Choices {
			for _, piece := range choice.Delta.ToolCalls {
				arguments.WriteString(piece.Function.Arguments)
			}
		}
	}
	var wanted caseTicket
	if err := json.Unmarshal([]byte(arguments.String()), &wanted); err != nil {
		return caseTicket{}, fmt.Errorf("%s opened no ticket: %w", h.model, err)
	}
	return wanted, nil
}

func (h *handoverWriter) createTicket(ctx context.Context, wanted caseTicket) (openedTicket, error) {
	return traceroot.Do(ctx, "create_ticket", func(ctx context.Context) (openedTicket, error) {
		if err := pause(ctx, 5*h.delay); err != nil {
			return openedTicket{}, err
		}
		return openedTicket{Ticket: "RT-8812", Queue: wanted.Queue, ETA: "2 h"}, nil
	}, traceroot.Type(traceroot.KindTool), traceroot.Input(wanted))
}
