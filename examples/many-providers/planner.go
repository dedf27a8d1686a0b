package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"
	anthropicoption "github.com/anthropics/anthropic-sdk-go/option"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/tmc/langchaingo/llms"
	langchainopenai "github.com/tmc/langchaingo/llms/openai"
	"google.golang.org/genai"

	"github.com/traceroot-ai/traceroot-go"
)

// planner plans journeys. Each of its models does what it is asked for once: one names what to look up, one writes, one
// checks, one finds a title.
type planner struct {
	scout   openai.Client
	writer  anthropic.Client
	checker *genai.Client
	titler  llms.Model
	weather *mcp.ClientSession
}

// newPlanner hooks the SDK into every client, in one line each. langchaingo's is hooked by traceroot.LangChain.
func newPlanner(ctx context.Context, reach reach) (*planner, error) {
	p := &planner{
		scout:  openai.NewClient(append(reach.openai, option.WithMiddleware(traceroot.Middleware()))...),
		writer: anthropic.NewClient(append(reach.anthropic, anthropicoption.WithMiddleware(traceroot.Middleware()))...),
	}
	google := reach.google
	google.HTTPClient = traceroot.HTTPClient(nil)
	var err error
	if p.checker, err = genai.NewClient(ctx, &google); err != nil {
		return nil, fmt.Errorf("make the client of Gemini: %w", err)
	}
	if p.titler, err = langchainopenai.New(reach.langchain...); err != nil {
		return nil, fmt.Errorf("make langchaingo's model: %w", err)
	}
	if p.weather, err = connectWeather(ctx); err != nil {
		return nil, fmt.Errorf("connect to the weather: %w", err)
	}
	return p, nil
}

func (p *planner) close() { _ = p.weather.Close() }

// plan answers a question in one trace.
func (p *planner) plan(ctx context.Context, question string) (string, error) {
	return traceroot.Do(ctx, "travel-planner", func(ctx context.Context) (string, error) {
		place, err := p.findPlace(ctx, question)
		if err != nil {
			return "", fmt.Errorf("find the place: %w", err)
		}
		weather, err := p.lookUp(ctx, place)
		if err != nil {
			return "", fmt.Errorf("look up the weather: %w", err)
		}
		draft, err := p.write(ctx, question, weather)
		if err != nil {
			return "", fmt.Errorf("write: %w", err)
		}
		checked, err := p.check(ctx, draft)
		if err != nil {
			return "", fmt.Errorf("check: %w", err)
		}
		title, err := p.title(ctx, checked)
		if err != nil {
			return "", fmt.Errorf("find a title: %w", err)
		}
		return title + "\n" + checked, nil
	}, traceroot.Type(traceroot.KindAgent), traceroot.Input(question))
}

// findPlace asks OpenAI.
func (p *planner) findPlace(ctx context.Context, question string) (string, error) {
	stream := p.scout.Chat.Completions.NewStreaming(ctx, openai.ChatCompletionNewParams{
		Model: "gpt-4.1-mini",
		Messages: []openai.ChatCompletionMessageParamUnion{
			openai.SystemMessage("Name the place that the question is about, and nothing else."),
			openai.UserMessage(question),
		},
		StreamOptions: openai.ChatCompletionStreamOptionsParam{IncludeUsage: openai.Bool(true)},
	})
	defer stream.Close()
	var place strings.Builder
	for stream.Next() {
		for _, choice := range stream.Current().Choices {
			place.WriteString(choice.Delta.Content)
		}
	}
	return place.String(), stream.Err()
}

// lookUp calls the tool of the MCP server.
func (p *planner) lookUp(ctx context.Context, place string) (string, error) {
	result, err := p.weather.CallTool(ctx, &mcp.CallToolParams{Name: "forecast", Arguments: map[string]any{"place": place}})
	if err != nil {
		return "", err
	}
	for _, content := range result.Content {
		if text, ok := content.(*mcp.TextContent); ok {
			return text.Text, nil
		}
	}
	return "", errors.New("the server told no weather")
}

// write asks Anthropic.
func (p *planner) write(ctx context.Context, question, weather string) (string, error) {
	stream := p.writer.Messages.NewStreaming(ctx, anthropic.MessageNewParams{
		Model:     "claude-haiku-4-5",
		MaxTokens: 512,
		System:    []anthropic.TextBlockParam{{Text: "Answer in three sentences. The weather: " + weather}},
		Messages:  []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(question))},
	})
	defer stream.Close()
	var message anthropic.Message
	for stream.Next() {
		if err := message.Accumulate(stream.Current()); err != nil {
			return "", err
		}
	}
	if err := stream.Err(); err != nil {
		return "", err
	}
	var text strings.Builder
	for _, block := range message.Content {
		text.WriteString(block.Text)
	}
	return text.String(), nil
}

// check asks Gemini.
func (p *planner) check(ctx context.Context, draft string) (string, error) {
	var text strings.Builder
	config := &genai.GenerateContentConfig{
		SystemInstruction: genai.NewContentFromText("Repeat the plan, without what may be closed on a Monday.", genai.RoleUser),
	}
	for chunk, err := range p.checker.Models.GenerateContentStream(ctx, "gemini-2.5-flash", genai.Text(draft), config) {
		if err != nil {
			return "", err
		}
		text.WriteString(chunk.Text())
	}
	return text.String(), nil
}

// title asks OpenAI again, through langchaingo.
func (p *planner) title(ctx context.Context, plan string) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, p.titler, "Find a title for this plan: "+plan,
		llms.WithStreamingFunc(func(context.Context, []byte) error { return nil }))
}
