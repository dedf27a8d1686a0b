package otlp_test

import (
	"math/rand/v2"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/protobuf/proto"
)

func TestMarshalOfRandomSpans(t *testing.T) {
	t.Parallel()
	for _, data := range randomBytes(500) {
		expectTree(t, (&chance{data}).spans())
	}
}

func FuzzMarshal(f *testing.F) {
	for _, data := range randomBytes(8) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		expectTree(t, (&chance{data}).spans())
	})
}

// randomBytes are the same each time, n of them, and of many lengths.
func randomBytes(n int) [][]byte {
	random := rand.NewChaCha8([32]byte{1})
	out := make([][]byte, n)
	for i := range out {
		out[i] = make([]byte, random.Uint64()%2048)
		_, _ = random.Read(out[i])
	}
	return out
}

// expectTree compares what Marshal encodes with the same spans as OTLP's own messages. A field that OTLP does not name would
// be a difference, and so would a longer encoding of the same.
func expectTree(t *testing.T, spans []sdktrace.ReadOnlySpan) {
	t.Helper()
	want := treeOf(spans)
	data := marshal(spans...)
	if got := decode(t, data); !proto.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if size := proto.Size(want); len(data) != size {
		t.Errorf("%d bytes, want %d", len(data), size)
	}
}
