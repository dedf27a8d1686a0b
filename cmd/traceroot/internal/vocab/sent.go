package vocab

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Sent is a stored span as a sender would send it: all its attributes, and in our own words what no attribute holds any
// more. Read makes the same span of it.
func Sent(s *store.Span) RawSpan {
	raw := RawSpan{
		TraceID: s.TraceID, SpanID: s.SpanID, ParentSpanID: s.ParentSpanID,
		Resource: attributesOf(s.Payload.Resource), Scope: s.Payload.Scope,
		Name: s.Name, Start: s.Start, End: s.End,
		Failed: s.Status == store.StatusError, StatusMessage: s.StatusMessage,
		Attributes: attributesOf(s.Payload.Attributes),
	}
	if raw.Attributes == nil {
		raw.Attributes = make(Attributes)
	}
	for key, value := range ownAttributes(s) {
		if !raw.Attributes.has(key) {
			raw.Attributes[key] = value
		}
	}
	eventsOf(s.Payload.Events, &raw)
	linksOf(s.Payload.Links, &raw)
	return raw
}

// ownAttributes says in our words what the span's columns hold.
func ownAttributes(s *store.Span) Attributes {
	own := Attributes{
		attr.SpanType:     strings.ToLower(string(s.Kind)),
		attr.SpanMetadata: s.Metadata, // also where there is none: else attributes stand in for it
	}
	put := func(key, text string) {
		if text != "" {
			own[key] = text
		}
	}
	put(attr.LLMModel, s.Model)
	put(attr.LLMModelParameters, s.Payload.Parameters)
	put(attr.LLMTools, s.Payload.Tools)
	if s.Input != nil {
		own[attr.SpanInput] = *s.Input
	}
	if s.Output != nil {
		own[attr.SpanOutput] = *s.Output
	}
	if u := s.Usage; u != nil && !u.Estimated {
		own[attr.LLMUsage] = jsonText(map[string]int64{
			attr.UsageInput: u.Input, attr.UsageOutput: u.Output, attr.UsageReasoning: u.Reasoning,
			attr.UsageCacheRead: u.CacheRead, attr.UsageCacheWrite: u.CacheWrite, attr.UsageCacheWrite1h: u.CacheWrite1h,
		})
	}
	if c := s.Call; c != nil {
		put(attr.GenAIProviderName, c.Provider)
		put(attr.GenAIOperationName, c.Operation)
		put(attr.GenAIResponseModel, c.ResponseModel)
		put(attr.GenAIResponseID, c.ResponseID)
		put(attr.LLMRequestID, c.RequestID)
		if len(c.In)+len(c.Out) > 0 {
			own[callMessages] = jsonText(conversationOf{bodies(c.In), bodies(c.Out), c.FinishReasons})
		}
	}
	return own
}

// callMessages is for exports alone: what other dialects say of a conversation, in the form in which it is stored.
const callMessages = namespace + ".llm.messages"

// conversationOf is the value of callMessages.
type conversationOf struct {
	In      []json.RawMessage `json:"in"`
	Out     []json.RawMessage `json:"out"`
	Reasons []string          `json:"finish_reasons,omitempty"`
}

func bodies(messages []store.Message) []json.RawMessage {
	all := []json.RawMessage{}
	for _, m := range messages {
		if json.Valid([]byte(m.Body)) {
			all = append(all, json.RawMessage(m.Body))
		}
	}
	return all
}

// exported reads callMessages.
func exported(f *facts) {
	var sent conversationOf
	if json.Unmarshal([]byte(f.a.str(callMessages)), &sent) != nil {
		return
	}
	f.hold(callMessages)
	f.call.In, f.call.Out, f.call.FinishReasons = messagesOf(sent.In), messagesOf(sent.Out), sent.Reasons
}

func messagesOf(sent []json.RawMessage) []store.Message {
	var all []store.Message
	for _, body := range sent {
		all = append(all, store.NewMessage(string(body)))
	}
	return all
}

// attributesOf reads a stored object of attributes; nil where there is none.
func attributesOf(text string) Attributes {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var members map[string]any
	if d.Decode(&members) != nil {
		return nil
	}
	for key, value := range members {
		members[key] = attributeOf(value)
	}
	return members
}

// attributeOf gives a number the type that it was sent with: a whole number was no float.
func attributeOf(value any) any {
	switch v := value.(type) {
	case json.Number:
		if whole, err := v.Int64(); err == nil {
			return whole
		}
		number, _ := v.Float64() // what is too large is infinite, as it was
		return number
	case []any:
		for i := range v {
			v[i] = attributeOf(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = attributeOf(v[key])
		}
	}
	return value
}

func eventsOf(text string, raw *RawSpan) {
	var events []struct {
		Name       string          `json:"name"`
		Time       time.Time       `json:"time"`
		Attributes json.RawMessage `json:"attributes"`
	}
	_ = json.Unmarshal([]byte(text), &events) // what cannot be read is not there
	for _, e := range events {
		raw.Events = append(raw.Events, Event{e.Name, e.Time, attributesOf(string(bytes.TrimSpace(e.Attributes)))})
	}
}

func linksOf(text string, raw *RawSpan) {
	var links []struct {
		TraceID    string          `json:"trace_id"`
		SpanID     string          `json:"span_id"`
		Attributes json.RawMessage `json:"attributes"`
	}
	_ = json.Unmarshal([]byte(text), &links)
	for _, l := range links {
		raw.Links = append(raw.Links, Link{l.TraceID, l.SpanID, attributesOf(string(l.Attributes))})
	}
}
