package vocab_test

import (
	"encoding/json"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// readOTLP reads a request that is kept as OTLP in JSON.
func readOTLP(tb testing.TB, file string) []vocab.RawSpan {
	tb.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	var request struct {
		ResourceSpans []struct {
			Resource   struct{ Attributes []otlpAttribute }
			ScopeSpans []struct {
				Scope struct{ Name, Version string }
				Spans []otlpSpan
			}
		}
	}
	if err := json.Unmarshal(text, &request); err != nil {
		tb.Fatalf("%s: %v", file, err)
	}
	var raws []vocab.RawSpan
	for _, resource := range request.ResourceSpans {
		shared := otlpAttributes(resource.Resource.Attributes)
		for _, scope := range resource.ScopeSpans {
			for _, sent := range scope.Spans {
				raw := sent.raw()
				raw.Resource, raw.Scope, raw.ScopeVersion = shared, scope.Scope.Name, scope.Scope.Version
				raws = append(raws, raw)
			}
		}
	}
	return raws
}

type otlpSpan struct {
	TraceID, SpanID, ParentSpanID, Name string
	StartTimeUnixNano, EndTimeUnixNano  string
	Attributes                          []otlpAttribute
	Events                              []struct {
		Name, TimeUnixNano string
		Attributes         []otlpAttribute
	}
	Status struct {
		Code    int
		Message string
	}
}

func (s *otlpSpan) raw() vocab.RawSpan {
	raw := vocab.RawSpan{
		TraceID: s.TraceID, SpanID: s.SpanID, ParentSpanID: s.ParentSpanID, Name: s.Name,
		Start: unixNano(s.StartTimeUnixNano), End: unixNano(s.EndTimeUnixNano),
		Failed: s.Status.Code == 2, StatusMessage: s.Status.Message,
		Attributes: otlpAttributes(s.Attributes),
	}
	if raw.ParentSpanID == "0000000000000000" {
		raw.ParentSpanID = ""
	}
	for _, event := range s.Events {
		raw.Events = append(raw.Events, vocab.Event{
			Name: event.Name, Time: unixNano(event.TimeUnixNano), Attributes: otlpAttributes(event.Attributes),
		})
	}
	return raw
}

func unixNano(text string) time.Time {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

type otlpAttribute struct {
	Key   string
	Value otlpValue
}

type otlpValue struct {
	StringValue *string
	BoolValue   *bool
	IntValue    json.RawMessage
	DoubleValue *float64
	ArrayValue  *struct{ Values []otlpValue }
	KvlistValue *struct{ Values []otlpAttribute }
}

func otlpAttributes(sent []otlpAttribute) vocab.Attributes {
	all := make(vocab.Attributes, len(sent))
	for _, attribute := range sent {
		all[attribute.Key] = attribute.Value.value()
	}
	return all
}

func (v *otlpValue) value() any {
	switch {
	case v.StringValue != nil:
		return *v.StringValue
	case v.BoolValue != nil:
		return *v.BoolValue
	case v.IntValue != nil:
		text := string(v.IntValue)
		if unquoted, err := strconv.Unquote(text); err == nil {
			text = unquoted
		}
		n, _ := strconv.ParseInt(text, 10, 64)
		return n
	case v.DoubleValue != nil:
		return *v.DoubleValue
	case v.ArrayValue != nil:
		list := make([]any, len(v.ArrayValue.Values))
		for i := range list {
			list[i] = v.ArrayValue.Values[i].value()
		}
		return list
	case v.KvlistValue != nil:
		return map[string]any(otlpAttributes(v.KvlistValue.Values))
	}
	return nil
}
