package verdict_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

var epoch = time.Date(2026, 11, 18, 14, 2, 11, 0, time.UTC)

// at is a time of a trace, in milliseconds after its start.
func at(ms int) time.Time { return epoch.Add(time.Duration(ms) * time.Millisecond) }

// with changes a span while it is built.
type with func(*store.Span)

// span is a span that ran from one moment to another; one that ends before it starts runs.
func span(id, parent string, kind store.Kind, name string, from, to int, more ...with) store.Span {
	s := store.Span{
		TraceID: "t", SpanID: id, ParentSpanID: parent, Kind: kind, Name: name, Status: store.StatusOK, Start: at(from), End: at(to),
	}
	if to < from {
		s.End = time.Time{}
	}
	for _, change := range more {
		change(&s)
	}
	return s
}

func agent(id, parent, name string, from, to int, more ...with) store.Span {
	return span(id, parent, store.KindAgent, name, from, to, more...)
}

func tool(id, parent, name string, from, to int, more ...with) store.Span {
	return span(id, parent, store.KindTool, name, from, to, more...)
}

// model is a model call that was shown messages and gave others.
func model(id, parent string, from, to int, in, out []string, more ...with) store.Span {
	s := span(id, parent, store.KindLLM, "chat m", from, to, func(s *store.Span) {
		s.Model = "m"
		s.Call = &store.Call{In: messages(in...), Out: messages(out...)}
	})
	for _, change := range more {
		change(&s)
	}
	return s
}

func failed(text string, chain ...string) with {
	return func(s *store.Span) {
		s.Status, s.StatusMessage = store.StatusError, text
		for _, link := range chain {
			s.Errors = append(s.Errors, store.Error{Type: "errors.errorString", Message: link})
		}
	}
}

func took(callID string) with {
	return func(s *store.Span) { s.Call = &store.Call{ToolCallID: callID} }
}

func input(text string) with  { return func(s *store.Span) { s.Input = &text } }
func output(text string) with { return func(s *store.Span) { s.Output = &text } }

func finished(reason string) with {
	return func(s *store.Span) { s.Call.FinishReasons = []string{reason} }
}

func usage(u store.Usage) with { return func(s *store.Span) { s.Usage = &u } }

func named(model string) with { return func(s *store.Span) { s.Model = model } }

func offers(tools string) with { return func(s *store.Span) { s.Payload.Tools = tools } }

func parameters(text string) with { return func(s *store.Span) { s.Payload.Parameters = text } }

func messages(bodies ...string) []store.Message {
	var list []store.Message
	for _, body := range bodies {
		list = append(list, store.NewMessage(body))
	}
	return list
}

func message(members ...string) string {
	o := []string{}
	for i := 0; i < len(members); i += 2 {
		o = append(o, fmt.Sprintf("%q:%s", members[i], members[i+1]))
	}
	return "{" + strings.Join(o, ",") + "}"
}

func quoted(text string) string {
	encoded, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

func system(text string) string { return message("role", `"system"`, "content", quoted(text)) }
func user(text string) string   { return message("role", `"user"`, "content", quoted(text)) }
func result(id, text string) string {
	return message("role", `"tool"`, "content", quoted(text), "tool_call_id", quoted(id))
}

func says(text string, calls ...string) string {
	m := []string{"role", `"assistant"`, "content", quoted(text)}
	if len(calls) > 0 {
		m = append(m, "tool_calls", "["+strings.Join(calls, ",")+"]")
	}
	return message(m...)
}

func asks(id, name, args string) string {
	return message("id", quoted(id), "name", quoted(name), "arguments", args)
}

// trace lays spans out as the store would give them: bodies apart from their hashes, totals beside them.
func trace(spans ...store.Span) *verdict.Trace {
	bodies := map[store.Hash]string{}
	spans = slices.Clone(spans)
	summary := store.Summary{Status: store.TraceOK, Spans: len(spans)}
	rooted, running := false, false
	for i := range spans {
		s := &spans[i]
		if s.Call != nil {
			call := *s.Call
			call.In, call.Out = bare(call.In, bodies), bare(call.Out, bodies)
			s.Call = &call
		}
		if summary.Earliest.IsZero() || s.Start.Before(summary.Earliest) {
			summary.Earliest = s.Start
		}
		if s.End.After(summary.Latest) {
			summary.Latest = s.End
		}
		rooted, running = rooted || s.Root(), running || s.Running()
		if s.Status == store.StatusError {
			if summary.Status != store.TraceFailed {
				summary.Status = store.TraceRecovered
			}
			if s.Root() {
				summary.Status = store.TraceFailed
			}
		}
	}
	if running || !rooted {
		summary.Status = store.TraceRunning
	}
	summary.HasRoot = rooted
	return verdict.NewTrace(summary, spans, bodies)
}

func bare(list []store.Message, bodies map[store.Hash]string) []store.Message {
	var hashes []store.Message
	for _, m := range list {
		bodies[m.Hash] = m.Body
		hashes = append(hashes, store.Message{Hash: m.Hash})
	}
	return hashes
}

func judge(t *testing.T, spans []store.Span) *verdict.Verdict {
	t.Helper()
	return verdict.Judge(trace(spans...), at(60_000))
}

// list is append for literals.
func list(lists ...[]string) []string { return slices.Concat(lists...) }
