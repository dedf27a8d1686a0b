package otlp_test

import (
	"slices"
	"testing"

	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

func FuzzHalves(f *testing.F) {
	for _, data := range randomBytes(8) {
		f.Add(marshal((&chance{data}).spans()...))
	}
	f.Add([]byte("no request"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _, _ = otlp.Halves(data) // whatever it is, there is no panic

		data, whole := requestIn(t, data)
		n := len(spansOf(whole))
		first, second, err := otlp.Halves(data)
		if n < 2 {
			if err == nil {
				t.Fatalf("%d spans were split", n)
			}
			return
		}
		if err != nil {
			t.Fatalf("%d spans were not split: %v", n, err)
		}
		head, tail := oneByOne(decode(t, first)), oneByOne(decode(t, second))
		if len(head) != n/2 || !slices.EqualFunc(slices.Concat(head, tail), oneByOne(whole), proto.Equal) {
			t.Errorf("got  %v\nand  %v\nfrom %v", head, tail, whole)
		}
	})
}

func FuzzCutValues(f *testing.F) {
	for i, data := range randomBytes(8) {
		f.Add(marshal((&chance{data}).spans()...), uint16(i*10))
	}
	f.Add([]byte("no request"), uint16(0))
	f.Fuzz(func(t *testing.T, data []byte, limit uint16) {
		_, _ = otlp.CutValues(data, int(limit)) // whatever it is, there is no panic

		data, want := requestIn(t, data)
		short, err := otlp.CutValues(data, int(limit))
		if err != nil {
			t.Fatal(err)
		}
		cutTree(want, int(limit))
		if got := oneByOne(decode(t, short)); !slices.EqualFunc(got, oneByOne(want), proto.Equal) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
	})
}

// requestIn is what a decoder makes of the data and knows the meaning of, also encoded again. Data that it refuses holds an
// empty request.
func requestIn(t *testing.T, data []byte) ([]byte, *tracepb.TracesData) {
	t.Helper()
	request := new(tracepb.TracesData)
	if (proto.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(data, request) != nil {
		proto.Reset(request)
	}
	data, err := proto.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	return data, request
}

// oneByOne returns for each span a request that holds only that.
func oneByOne(request *tracepb.TracesData) []proto.Message {
	var single []proto.Message
	for _, group := range request.ResourceSpans {
		for _, scoped := range group.ScopeSpans {
			for _, s := range scoped.Spans {
				single = append(single, &tracepb.ResourceSpans{
					Resource: group.Resource, SchemaUrl: group.SchemaUrl,
					ScopeSpans: []*tracepb.ScopeSpans{{Scope: scoped.Scope, SchemaUrl: scoped.SchemaUrl, Spans: []*tracepb.Span{s}}},
				})
			}
		}
	}
	return single
}
