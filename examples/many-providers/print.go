package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// printedTrace keeps the spans that end, to print them as a tree. It is safe for concurrent use.
type printedTrace struct {
	mu    sync.Mutex
	spans []sdktrace.ReadOnlySpan // guarded by mu
}

// OnStart does nothing.
func (p *printedTrace) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// OnEnd keeps the span.
func (p *printedTrace) OnEnd(s sdktrace.ReadOnlySpan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spans = append(p.spans, s)
}

// Shutdown does nothing.
func (p *printedTrace) Shutdown(context.Context) error { return nil }

// ForceFlush does nothing.
func (p *printedTrace) ForceFlush(context.Context) error { return nil }

// print writes each span with what went in, what came out, its tokens and the time to its first token.
func (p *printedTrace) print(out io.Writer) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	slices.SortFunc(p.spans, func(a, b sdktrace.ReadOnlySpan) int { return a.StartTime().Compare(b.StartTime()) })
	var text strings.Builder
	p.printBelow(&text, trace.SpanID{}, 0)
	_, err := io.WriteString(out, text.String())
	return err
}

func (p *printedTrace) printBelow(text *strings.Builder, parent trace.SpanID, depth int) {
	for _, s := range p.spans {
		if s.Parent().SpanID() != parent {
			continue
		}
		printSpan(text, s, strings.Repeat("  ", depth))
		p.printBelow(text, s.SpanContext().SpanID(), depth+1)
	}
}

func printSpan(text *strings.Builder, s sdktrace.ReadOnlySpan, indent string) {
	said := map[attribute.Key]attribute.Value{}
	for _, kv := range s.Attributes() {
		said[kv.Key] = kv.Value
	}
	fmt.Fprintf(text, "%s%-5s %s", indent, cmp.Or(said[attr.SpanType].AsString(), "span"), s.Name())
	if provider := said[attr.GenAIProviderName].AsString(); provider != "" {
		fmt.Fprintf(text, " (%s)", provider)
	}
	fmt.Fprintf(text, "  %d ms", s.EndTime().Sub(s.StartTime())/time.Millisecond)
	if first, ok := said[attr.LLMTimeToFirstToken]; ok {
		fmt.Fprintf(text, ", first token after %.0f ms", first.AsFloat64())
	}
	if in, ok := said[attr.GenAIInputTokens]; ok {
		fmt.Fprintf(text, ", %d + %d tokens", in.AsInt64(), said[attr.GenAIOutputTokens].AsInt64())
	}
	text.WriteByte('\n')
	for _, content := range []struct {
		mark string
		key  attribute.Key
	}{{"→", attr.SpanInput}, {"←", attr.SpanOutput}} {
		for _, line := range lines(said[content.key].AsString()) {
			fmt.Fprintf(text, "%s      %s %s\n", indent, content.mark, line)
		}
	}
}

// lines are the messages of a model call, or the whole of any other content.
func lines(content string) []string {
	if content == "" {
		return nil
	}
	var messages []struct {
		Role    string `json:"role"`
		Content any    `json:"content"`
	}
	if err := json.Unmarshal([]byte(content), &messages); err != nil {
		return []string{content}
	}
	var said []string
	for _, m := range messages {
		said = append(said, fmt.Sprintf("%s: %v", m.Role, m.Content))
	}
	return said
}
