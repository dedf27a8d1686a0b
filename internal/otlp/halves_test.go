package otlp_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

func TestHalvesKeepsSpansAndTheirSurroundings(t *testing.T) {
	t.Parallel()
	for n := 2; n <= 7; n++ {
		t.Run(fmt.Sprintf("%d spans", n), func(t *testing.T) {
			t.Parallel()
			var spans []sdktrace.ReadOnlySpan
			for i := range n {
				s := stub(byte(i + 1))
				s.Resource = resource.NewWithAttributes("https://schema", attribute.Int("service", i/4))
				s.InstrumentationScope.Name = fmt.Sprint("scope ", i/2)
				spans = append(spans, s.Snapshot())
			}
			whole := marshal(spans...)

			first, second, err := otlp.Halves(whole)
			if err != nil {
				t.Fatal(err)
			}

			head, tail := surroundings(t, first), surroundings(t, second)
			if len(head) != n/2 || len(tail) != n-n/2 {
				t.Errorf("split into %d and %d spans, want %d and %d", len(head), len(tail), n/2, n-n/2)
			}
			for _, half := range [][]byte{first, second} {
				for _, group := range decode(t, half).ResourceSpans {
					for _, scoped := range group.ScopeSpans {
						if len(scoped.Spans) == 0 {
							t.Errorf("%v is there without spans", scoped.Scope)
						}
					}
					if len(group.ScopeSpans) == 0 {
						t.Errorf("%v is there without spans", group.Resource)
					}
				}
			}
			if got, want := slices.Concat(head, tail), surroundings(t, whole); !reflect.DeepEqual(got, want) {
				t.Errorf("the halves hold %q\nwant %q", got, want)
			}
		})
	}
}

// surroundings describes each span with its resource and scope.
func surroundings(t *testing.T, data []byte) []string {
	t.Helper()
	var described []string
	for _, group := range decode(t, data).ResourceSpans {
		for _, scoped := range group.ScopeSpans {
			for _, s := range scoped.Spans {
				described = append(described, fmt.Sprint(group.Resource, group.SchemaUrl, scoped.Scope, scoped.SchemaUrl, s))
			}
		}
	}
	return described
}

func TestHalvesOfOneSpanIsAnError(t *testing.T) {
	t.Parallel()
	if _, _, err := otlp.Halves(marshal(stub(1).Snapshot())); err == nil {
		t.Error("one span was split")
	}
	if _, _, err := otlp.Halves([]byte("no request")); err == nil {
		t.Error("what is no request was split")
	}
}
