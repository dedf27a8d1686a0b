package otlp

import (
	"cmp"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// resourceGroup holds the spans of one resource, which may be nil: that is an empty one to all of its methods.
type resourceGroup struct {
	key      resourceKey
	resource *resource.Resource
	scopes   []scopeGroup
	size     int // of its message
}

type scopeGroup struct {
	key   scopeKey
	scope instrumentation.Scope
	spans []sdktrace.ReadOnlySpan
	size  int // of its message
}

type resourceKey struct {
	attributes attribute.Distinct
	schemaURL  string
}

type scopeKey struct {
	name, version, schemaURL string
	attributes               attribute.Distinct
}

// groupByResource searches without an index: a batch has one resource and a handful of scopes.
func groupByResource(spans []sdktrace.ReadOnlySpan) []resourceGroup {
	var groups []resourceGroup
	for _, s := range spans {
		res := s.Resource()
		key := resourceKey{res.Equivalent(), res.SchemaURL()}
		i := slices.IndexFunc(groups, func(g resourceGroup) bool { return g.key == key })
		if i < 0 {
			i = len(groups)
			groups = append(groups, resourceGroup{key: key, resource: res})
		}
		groups[i].add(s)
	}
	for _, group := range groups {
		for _, scoped := range group.scopes {
			sortForRepeats(scoped.spans)
		}
	}
	return groups
}

func (g *resourceGroup) add(s sdktrace.ReadOnlySpan) {
	scope := s.InstrumentationScope()
	key := scopeKey{scope.Name, scope.Version, scope.SchemaURL, scope.Attributes.Equivalent()}
	i := slices.IndexFunc(g.scopes, func(scoped scopeGroup) bool { return scoped.key == key })
	if i < 0 {
		i = len(g.scopes)
		g.scopes = append(g.scopes, scopeGroup{key: key, scope: scope})
	}
	g.scopes[i].spans = append(g.scopes[i].spans, s)
}

// sortForRepeats puts spans beside each other that repeat each other: those of a trace, the traces in the order in which they
// first appear, and of those the ones of the same name. Agents that run at the same time end their spans in turn, and each
// call of a model repeats what was said before it, which a compressor sees only if it is near.
func sortForRepeats(spans []sdktrace.ReadOnlySpan) {
	first := make(map[trace.TraceID]int)
	for i, s := range spans {
		id := s.SpanContext().TraceID()
		if _, ok := first[id]; !ok {
			first[id] = i
		}
	}
	slices.SortStableFunc(spans, func(a, b sdktrace.ReadOnlySpan) int {
		return cmp.Or(
			cmp.Compare(first[a.SpanContext().TraceID()], first[b.SpanContext().TraceID()]),
			cmp.Compare(a.Name(), b.Name()),
		)
	})
}
