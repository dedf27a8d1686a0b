package otlp

import (
	"fmt"
	"iter"

	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Halves splits a request that [Marshal] encoded into two with half of its spans each, in their order; of an odd number the
// second has one more. It works on the encoded form so that nobody has to keep spans once they are encoded, and so that
// masks run once. A request of fewer than two spans is an error.
func Halves(data []byte) (first, second []byte, err error) {
	request, err := unmarshal(data)
	if err != nil {
		return nil, nil, err
	}
	n := 0
	for scoped := range scopes(request) {
		n += len(scoped.Spans)
	}
	if n < 2 {
		return nil, nil, fmt.Errorf("split a request of %d spans: nothing to split", n)
	}
	head, tail := splitAt(request, n/2)
	if first, err = marshal(head); err != nil {
		return nil, nil, err
	}
	if second, err = marshal(tail); err != nil {
		return nil, nil, err
	}
	return first, second, nil
}

func unmarshal(data []byte) (*tracepb.TracesData, error) {
	request := new(tracepb.TracesData)
	if err := proto.Unmarshal(data, request); err != nil {
		return nil, fmt.Errorf("decode a request of %d bytes: %w", len(data), err)
	}
	return request, nil
}

func marshal(request *tracepb.TracesData) ([]byte, error) {
	data, err := proto.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("encode a smaller request: %w", err)
	}
	return data, nil
}

func scopes(request *tracepb.TracesData) iter.Seq[*tracepb.ScopeSpans] {
	return func(yield func(*tracepb.ScopeSpans) bool) {
		for _, group := range request.ResourceSpans {
			for _, scoped := range group.ScopeSpans {
				if !yield(scoped) {
					return
				}
			}
		}
	}
}

// splitAt returns the first n spans of request and the rest. The two share resources, scopes and spans with request.
func splitAt(request *tracepb.TracesData, n int) (head, tail *tracepb.TracesData) {
	head, tail = new(tracepb.TracesData), new(tracepb.TracesData)
	for _, group := range request.ResourceSpans {
		for _, scoped := range group.ScopeSpans {
			k := min(n, len(scoped.Spans))
			n -= k
			appendSpans(head, group, scoped, scoped.Spans[:k])
			appendSpans(tail, group, scoped, scoped.Spans[k:])
		}
	}
	return head, tail
}

// appendSpans adds spans to request under the resource of group and the scope of scoped. A resource is repeated for each of
// its scopes, which means the same.
func appendSpans(request *tracepb.TracesData, group *tracepb.ResourceSpans, scoped *tracepb.ScopeSpans, spans []*tracepb.Span) {
	if len(spans) == 0 {
		return
	}
	request.ResourceSpans = append(request.ResourceSpans, &tracepb.ResourceSpans{
		Resource:   group.Resource,
		SchemaUrl:  group.SchemaUrl,
		ScopeSpans: []*tracepb.ScopeSpans{{Scope: scoped.Scope, SchemaUrl: scoped.SchemaUrl, Spans: spans}},
	})
}
