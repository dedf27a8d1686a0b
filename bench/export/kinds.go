package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

const (
	gitRepo = "acme/shop"
	gitRef  = "3635b60d1f6a4d2c9b6f0f3e8a7d5c4b3a291807"
)

// record is a span before it is made.
type record struct {
	traceID    trace.TraceID
	name       string
	attributes []attribute.KeyValue
}

// kind is a way of filling spans. Those of the kinds that are gated have about 20 KB.
type kind struct {
	name  string
	gated bool
	make  func(p *prose, n int) []record
}

var kinds = []kind{
	{"a conversation", true, func(p *prose, n int) []record { return conversations(p, n, 1, turnOf(model, 1700)) }},
	{"16 conversations at once", true, func(p *prose, n int) []record { return conversations(p, n, 16, turnOf(model, 1700)) }},
	{"16 agents at once, models and tools", true, func(p *prose, n int) []record { return conversations(p, n, 16, turnOf(modelAndTool, 3500)) }},
	{"unrelated documents", true, documents},
	{"small images in base64, each once", false, func(p *prose, n int) []record { return images(p, n, 18<<10) }},
	{"screenshots of 200 KB in base64", false, func(p *prose, n int) []record { return images(p, n/8, 200<<10) }},
}

// conversation is one run of an agent: each call of its model repeats all that was said before.
type conversation struct {
	*prose

	traceID trace.TraceID
	history string // members of a JSON list
	turns   int
}

const turnsOfConversation = 20

func converse(p *prose) *conversation {
	return &conversation{
		prose: p, traceID: newTrace(p),
		history: `{"role":"system","content":` + quote(p.text(1500)) + `},{"role":"user","content":` + quote(p.text(300)) + `}`,
	}
}

// conversations are so many at once; their spans come in the order in which they end.
func conversations(p *prose, n, alive int, next func(*conversation) []record) []record {
	live := make([]*conversation, alive)
	for i := range live {
		live[i] = converse(p)
		for range p.between(0, turnsOfConversation*i/alive+1) {
			next(live[i]) // none begins with the others
		}
	}
	var spans []record
	for len(spans) < n {
		i := p.between(0, alive)
		spans = append(spans, next(live[i])...)
		if live[i].turns >= turnsOfConversation {
			live[i] = converse(p)
		}
	}
	return spans[:n]
}

const (
	model = iota
	modelAndTool
)

// turnOf makes the spans of one turn. The tool's result of that many bytes joins the conversation.
func turnOf(spans, resultBytes int) func(*conversation) []record {
	return func(c *conversation) []record {
		c.turns++
		call := c.id("call_")
		arguments := quote(`{"query":` + quote(c.text(60)) + `}`)
		answer := fmt.Sprintf(`{"role":"assistant","content":%s,"tool_calls":[{"id":"%s","type":"function","function":{"name":"search","arguments":%s}}]}`,
			quote(c.text(100)), call, arguments)
		result := fmt.Sprintf(`{"order":"RD-%d","status":"delivered","price":%d.%02d,"note":%s}`,
			c.between(0, 1_000_000), c.between(5, 500), c.between(0, 100), quote(c.text(resultBytes)))
		asked := modelCall(c.prose, c.traceID, "["+c.history+"]", "["+answer+"]")
		c.history += "," + answer + `,{"role":"tool","content":` + quote(result) + `,"tool_call_id":"` + call + `"}`
		if spans == model {
			return []record{asked}
		}
		return []record{asked, newRecord(c.prose, c.traceID, "search",
			attribute.String(attr.SpanType, attr.KindTool), attribute.String(attr.SpanInput, arguments), attribute.String(attr.SpanOutput, result),
		)}
	}
}

func modelCall(p *prose, traceID trace.TraceID, input, output string) record {
	const modelName = "gpt-4.1-mini"
	return newRecord(p, traceID, "chat "+modelName,
		attribute.String(attr.SpanType, attr.KindLLM),
		attribute.String(attr.SpanInput, input),
		attribute.String(attr.SpanOutput, output),
		attribute.String(attr.LLMModel, modelName),
		attribute.String(attr.GenAIProviderName, "openai"),
		attribute.String(attr.GenAIOperationName, "chat"),
		attribute.String(attr.GenAIRequestModel, modelName),
		attribute.String(attr.GenAIResponseID, p.id("chatcmpl-")),
		attribute.StringSlice(attr.GenAIFinishReasons, []string{"stop"}),
		attribute.Int(attr.GenAIInputTokens, len(input)/4),
		attribute.Int(attr.GenAIOutputTokens, len(output)/4),
	)
}

// newRecord adds what this SDK writes on every span, so that both sides send the same.
func newRecord(p *prose, traceID trace.TraceID, name string, attributes ...attribute.KeyValue) record {
	return record{traceID, name, append(attributes,
		attribute.String(attr.SDKName, "traceroot-go"),
		attribute.String(attr.SDKVersion, traceroot.Version),
		attribute.String(attr.GitRepo, gitRepo),
		attribute.String(attr.GitRef, gitRef),
		attribute.StringSlice(attr.SpanPath, []string{"support-agent", name}),
		attribute.StringSlice(attr.SpanIDsPath, []string{p.id("")}),
		attribute.StringSlice(attr.SpanStartsPath, []string{fmt.Sprint(1_767_323_045_000_000_000 + int64(p.random.Uint32()))}),
		attribute.String(attr.SourceFile, "internal/shop/agent.go"),
		attribute.Int(attr.SourceLine, 120+len(name)),
		attribute.String(attr.SourceFunction, "(*Agent).turn"),
	)}
}

func documents(p *prose, n int) []record {
	spans := make([]record, n)
	for i := range spans {
		spans[i] = modelCall(p, newTrace(p), `[{"role":"user","content":`+quote(p.text(19_000))+`}]`, quote(p.text(500)))
	}
	return spans
}

func images(p *prose, n, size int) []record {
	spans := make([]record, n)
	for i := range spans {
		url := "data:image/png;base64," + p.image(size)
		spans[i] = modelCall(p, newTrace(p), `[{"role":"user","content":[{"type":"text","text":`+quote(p.text(500))+
			`},{"type":"image_url","image_url":{"url":"`+url+`"}}]}]`, quote(p.text(500)))
	}
	return spans
}

func newTrace(p *prose) (id trace.TraceID) {
	binary.NativeEndian.PutUint64(id[:8], p.random.Uint64())
	binary.NativeEndian.PutUint64(id[8:], p.random.Uint64()|1)
	return id
}

func quote(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return "" // unreachable: a string always encodes
	}
	return string(text)
}
