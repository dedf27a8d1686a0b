package vocab_test

import (
	"reflect"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

func TestMarkCut(t *testing.T) {
	t.Parallel()
	const mark, sizes = "traceroot.truncated", "traceroot.truncated_from"
	for _, tt := range []struct {
		name string
		sent vocab.Attributes
		cut  map[string]int
		want vocab.Attributes
	}{
		{"nothing cut, nothing said", vocab.Attributes{"a": "b"}, nil, vocab.Attributes{"a": "b"}},
		{"fields by their names", nil, map[string]int{"traceroot.span.input": 7, "my.key": 9}, vocab.Attributes{mark: true, sizes: `{"input":7,"my.key":9}`}},
		{
			"the sender's own cut counts",
			vocab.Attributes{sizes: `{"input":900}`},
			map[string]int{"traceroot.span.input": 500, "traceroot.span.output": 8},
			vocab.Attributes{mark: true, sizes: `{"input":900,"output":8}`},
		},
		{"a mark of another form is replaced", vocab.Attributes{sizes: "a lot"}, map[string]int{"k": 1}, vocab.Attributes{mark: true, sizes: `{"k":1}`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			raw := vocab.RawSpan{Attributes: tt.sent}
			raw.MarkCut(tt.cut)
			if !reflect.DeepEqual(raw.Attributes, tt.want) {
				t.Errorf("attributes %v, want %v", raw.Attributes, tt.want)
			}
		})
	}
}
