package main

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// shape is how large the spans of a load are.
type shape struct {
	name    string
	results [2]int // bytes of a tool's result, from and up to
}

// The spans of small have 6 KB on average, those of large 12 KB.
var (
	small = shape{name: "6 KB", results: [2]int{150, 740}}
	large = shape{name: "12 KB", results: [2]int{700, 2600}}
)

// turns is how often an agent asks its model, each time with the whole conversation.
const turns = 20

// rareWord is said once, in the trace of rareTrace: an old one, for a search that goes backwards in time.
const (
	rareWord  = "zyzzyva"
	rareTrace = 3
)

// longTrace has longSpans spans, the others have 2*turns.
const (
	longTrace = 5
	longSpans = 1000
)

// spanRef names a span of a load by numbers, since a large load has millions of them.
type spanRef struct {
	trace uint32
	span  uint32
}

func (r spanRef) traceID() []byte {
	id := binary.BigEndian.AppendUint64(nil, mix(uint64(r.trace)<<1))
	return binary.BigEndian.AppendUint64(id, mix(uint64(r.trace)<<1|1))
}

func (r spanRef) spanID() []byte {
	return binary.BigEndian.AppendUint64(nil, mix(uint64(r.trace+1)<<32|uint64(r.span)))
}

func (r spanRef) traceHex() string { return hex.EncodeToString(r.traceID()) }
func (r spanRef) spanHex() string  { return hex.EncodeToString(r.spanID()) }

// mix is a bijection whose results look random (splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// conversation is one run of an agent, which asks its model and a tool in turn. Its spans come in the order in which
// they end, as an SDK sends them.
type conversation struct {
	*writer

	number  uint32
	shape   shape
	start   time.Time
	agent   int
	session string
	user    string

	asked   string
	history []byte // the messages so far, as members of a JSON list
	turn    int
	spans   uint32 // made so far; 0 is the root's
}

func newConversation(w *writer, number uint32, size shape, start time.Time) *conversation {
	c := &conversation{
		writer: w, number: number, shape: size, start: start, agent: w.rand.IntN(len(agents)),
		session: fmt.Sprintf("session-%d", number/3), user: fmt.Sprintf("user-%d", w.rand.IntN(5000)),
		asked: w.prose(w.between(100, 400)), spans: 1,
	}
	c.say(`{"role":"system","content":"` + agents[c.agent].prompt + `"}`)
	c.say(`{"role":"user","content":"` + c.asked + `"}`)
	return c
}

func (c *conversation) say(message string) {
	if len(c.history) > 0 {
		c.history = append(c.history, ',')
	}
	c.history = append(c.history, message...)
}

func (c *conversation) ended() bool { return c.turn == turns }

// next are the spans of one more turn; the last turn has the root.
func (c *conversation) next() []made {
	at := c.start.Add(time.Duration(c.turn) * 3 * time.Second)
	c.turn++
	if c.ended() {
		answer := c.prose(c.between(300, 800))
		return []made{c.call(at, `{"role":"assistant","content":"`+answer+`"}`), c.root(answer)}
	}
	id := fmt.Sprintf("call_%016x", c.rand.Uint64())
	tool := tools[c.rand.IntN(len(tools))]
	arguments := fmt.Sprintf(`{"id":"%d","reason":"%s"}`, c.rand.IntN(1_000_000), c.prose(40))
	asking := fmt.Sprintf(`{"role":"assistant","content":"%s","tool_calls":[{"id":"%s","name":"%s","arguments":%s}]}`,
		c.prose(60), id, tool, arguments)
	result := c.result()
	spans := []made{c.call(at, asking), c.tool(at.Add(time.Second), tool, arguments, result)}
	c.say(asking)
	c.say(fmt.Sprintf(`{"role":"tool","content":%s,"tool_call_id":"%s"}`, strconv.Quote(result), id))
	for range c.queries() {
		spans = append(spans, c.tool(at.Add(time.Second), "query", `{"table":"orders"}`, c.prose(200)))
	}
	return spans
}

// queries is how many spans the tool of this turn makes besides its own: what makes the long trace long.
func (c *conversation) queries() int {
	const spread = turns - 1 // the last turn has no tool
	switch {
	case c.number != longTrace:
		return 0
	case c.turn == 1:
		return (longSpans-2*turns)/spread + (longSpans-2*turns)%spread
	default:
		return (longSpans - 2*turns) / spread
	}
}

func (c *conversation) result() string {
	text := c.prose(c.between(c.shape.results[0], c.shape.results[1]))
	if c.number == rareTrace && c.turn == 2 {
		text += rareWord
	}
	return fmt.Sprintf(`{"order":"RD-%d","status":"delivered","note":"%s"}`, c.rand.IntN(1_000_000), text)
}

// made is a span and the name it is found by.
type made struct {
	ref spanRef
	*tracepb.Span
}

func (c *conversation) span(name string, start time.Time, took time.Duration, attributes ...*commonpb.KeyValue) made {
	ref := spanRef{c.number, c.spans}
	c.spans++
	root := spanRef{c.number, 0}
	return made{ref, &tracepb.Span{
		TraceId: ref.traceID(), SpanId: ref.spanID(), ParentSpanId: root.spanID(), Name: name,
		Kind:              tracepb.Span_SPAN_KIND_INTERNAL,
		StartTimeUnixNano: nanoseconds(start), EndTimeUnixNano: nanoseconds(start.Add(took)),
		Attributes: append(attributes,
			text(attr.SDKName, "traceroot-go"), text(attr.SDKVersion, "0.1.0"),
			text(attr.GitRepo, "acme/shop"), text(attr.GitRef, "3635b60d1f6a4d2c9b6f0f3e8a7d5c4b3a291807"),
			text(attr.Environment, "production"), text(attr.DeploymentEnvironment, "production"),
			text(attr.TraceUserID, c.user), text(attr.TraceSessionID, c.session),
			list(attr.SpanPath, agents[c.agent].name, name), list(attr.SpanIDsPath, root.spanHex()),
			list(attr.SpanStartsPath, strconv.FormatInt(c.start.UnixNano(), 10)),
			text(attr.SourceFile, "internal/shop/agent.go"), integer(attr.SourceLine, 120+len(name)), text(attr.SourceFunction, "(*Agent).turn"),
		),
	}}
}

// call is a model call with the whole conversation before it.
func (c *conversation) call(at time.Time, answer string) made {
	const model = "gpt-4.1-mini"
	input, output := len(c.history)/4, len(answer)/4
	cached := input * 4 / 5
	return c.span("chat "+model, at, time.Duration(c.between(300, 900))*time.Millisecond,
		text(attr.SpanType, attr.KindLLM),
		text(attr.SpanInput, "["+string(c.history)+"]"), text(attr.SpanOutput, "["+answer+"]"),
		text(attr.LLMModel, model), text(attr.LLMModelParameters, `{"temperature":0.2,"max_tokens":1024}`), text(attr.LLMTools, toolsOffered),
		text(attr.LLMUsage, fmt.Sprintf(`{"input_tokens":%d,"output_tokens":%d,"cache_read_tokens":%d}`, input, output, cached)),
		truth(attr.LLMStreaming), number(attr.LLMTimeToFirstToken, float64(c.between(100, 300))),
		text(attr.GenAIProviderName, "openai"), text(attr.GenAIOperationName, "chat"),
		text(attr.GenAIRequestModel, model), text(attr.GenAIResponseModel, model+"-2025-04-14"),
		text(attr.GenAIResponseID, fmt.Sprintf("chatcmpl-%016x", c.rand.Uint64())), list(attr.GenAIFinishReasons, "stop"),
		integer(attr.GenAIInputTokens, input), integer(attr.GenAIOutputTokens, output), integer(attr.GenAICacheRead, cached),
		text(attr.ServerAddress, "api.openai.com"), text(attr.URLPath, "/v1/chat/completions"), integer(attr.HTTPStatusCode, 200),
	)
}

func (c *conversation) tool(at time.Time, name, arguments, result string) made {
	return c.span(name, at, time.Duration(c.between(5, 800))*time.Millisecond,
		text(attr.SpanType, attr.KindTool), text(attr.SpanInput, arguments), text(attr.SpanOutput, result))
}

func (c *conversation) root(answer string) made {
	root := c.span(agents[c.agent].name, c.start, turns*3*time.Second,
		text(attr.SpanType, attr.KindAgent), text(attr.SpanInput, c.asked), text(attr.SpanOutput, answer),
		text(attr.TraceMetadata, `{"plan":"pro"}`), list(attr.SpanTags, "support", fmt.Sprint("release-", c.number%7)))
	root.ref = spanRef{c.number, 0}
	root.SpanId, root.ParentSpanId = root.ref.spanID(), nil
	root.Attributes = slices.DeleteFunc(root.Attributes, func(kv *commonpb.KeyValue) bool {
		return kv.Key == attr.SpanIDsPath || kv.Key == attr.SpanStartsPath
	})
	return root
}

func nanoseconds(t time.Time) uint64 {
	return uint64(t.UnixNano())
}
