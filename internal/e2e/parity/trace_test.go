package parity_test

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
)

// fact is the value of one key as it was sent, and in which form: S, S[], I, D, B as in the wire contract, and J for text
// that holds a JSON object or list.
type fact struct {
	form  string
	value any // a JSON value; a list for S[]
}

func (f fact) String() string {
	text, _ := json.Marshal(f.value)
	return f.form + " " + string(text)
}

type facts map[string]fact

// span is a span as it arrived.
type span struct {
	name, id, parent   string // the name it has at the end
	start, end         uint64
	kind               tracepb.Span_SpanKind
	status             *tracepb.Status
	scope, version     string
	attributes, source facts // source is its resource
	events             []event
}

type event struct {
	name       string
	attributes facts
}

// spansOf lists what was uploaded, in the order of arrival.
func spansOf(uploads []upload) []span {
	var spans []span
	for _, u := range uploads {
		for _, rs := range u.data.ResourceSpans {
			for _, ss := range rs.ScopeSpans {
				for _, s := range ss.Spans {
					spans = append(spans, newSpan(s, ss.Scope, rs.Resource.GetAttributes()))
				}
			}
		}
	}
	return spans
}

func newSpan(s *tracepb.Span, scope *commonpb.InstrumentationScope, resource []*commonpb.KeyValue) span {
	decoded := span{
		name: s.Name, id: hex.EncodeToString(s.SpanId), parent: hex.EncodeToString(s.ParentSpanId),
		start: s.StartTimeUnixNano, end: s.EndTimeUnixNano, kind: s.Kind, status: s.Status,
		scope: scope.GetName(), version: scope.GetVersion(),
		attributes: factsOf(s.Attributes), source: factsOf(resource),
	}
	for _, e := range s.Events {
		decoded.events = append(decoded.events, event{e.Name, factsOf(e.Attributes)})
	}
	return decoded
}

func factsOf(attributes []*commonpb.KeyValue) facts {
	decoded := facts{}
	for _, kv := range attributes {
		decoded[kv.Key] = factOf(kv.Value)
	}
	return decoded
}

func factOf(v *commonpb.AnyValue) fact {
	switch v := v.GetValue().(type) {
	case *commonpb.AnyValue_StringValue:
		return textFact(v.StringValue)
	case *commonpb.AnyValue_BoolValue:
		return fact{"B", v.BoolValue}
	case *commonpb.AnyValue_IntValue:
		return fact{"I", float64(v.IntValue)}
	case *commonpb.AnyValue_DoubleValue:
		return fact{"D", v.DoubleValue}
	case *commonpb.AnyValue_ArrayValue:
		list := []any{}
		for _, element := range v.ArrayValue.Values {
			list = append(list, factOf(element).value)
		}
		return fact{"S[]", list}
	default:
		return fact{form: "nothing"}
	}
}

// textFact reads text, as JSON where it holds an object or a list.
func textFact(text string) fact {
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		var value any
		if json.NewDecoder(bytes.NewBufferString(text)).Decode(&value) == nil {
			return fact{"J", value}
		}
	}
	return fact{"S", text}
}

// inTreeOrder sorts spans the way the program ran: a parent before its children, siblings as they started.
func inTreeOrder(spans []span) []span {
	children := map[string][]span{}
	known := map[string]bool{}
	for _, s := range spans {
		known[s.id] = true
	}
	for _, s := range spans {
		parent := s.parent
		if !known[parent] {
			parent = ""
		}
		children[parent] = append(children[parent], s)
	}
	var ordered []span
	var visit func(parent string)
	visit = func(parent string) {
		siblings := children[parent]
		slices.SortStableFunc(siblings, func(a, b span) int { return cmp.Compare(a.start, b.start) })
		for _, s := range siblings {
			ordered = append(ordered, s)
			visit(s.id)
		}
	}
	visit("")
	return ordered
}

// labels name spans by what they were called when they started, numbered where a name comes again.
func labels(spans []span) []string {
	seen := map[string]int{}
	names := make([]string, len(spans))
	for i, s := range spans {
		name := s.name
		if path, ok := s.attributes["traceroot.span.path"].value.([]any); ok {
			name = fmt.Sprint(path[len(path)-1])
		}
		seen[name]++
		names[i] = name
		if n := seen[name]; n > 1 {
			names[i] = fmt.Sprintf("%s (%d)", name, n)
		}
	}
	return names
}
