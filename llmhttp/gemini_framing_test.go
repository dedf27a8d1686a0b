package llmhttp_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

func TestBareErrorsAmongEvents(t *testing.T) {
	t.Parallel()
	type events = []llmhttp.FramedEvent
	for name, c := range map[string]struct {
		body string
		want events
	}{
		"none":                  {"data: 1\r\n\r\n", events{{Data: "1", End: 11}}},
		"after an event":        {"data: 1\r\n\r\n{\r\n \"a\": 2\r\n}\r\n\r\n", events{{Data: "1", End: 11}, {Data: `{"a":2}`, End: 24}}},
		"between events":        {"data: 1\n\n{\"a\":2}\n\ndata: 3\n\n", events{{Data: "1", End: 9}, {Data: `{"a":2}`, End: 16}, {Data: "3", End: 27}}},
		"after a comment":       {": wait\n{}", events{{Data: "{}", End: 9}}},
		"cut":                   {"data: 1\n\n{\"a\":", events{{Data: "1", End: 9}}},
		"no JSON":               {"data: 1\n\n{x}data: 2\ndata: 3\n\n", events{{Data: "1", End: 9}, {Data: "3", End: 29}}},
		"inside of an event":    {"data: [1,\n{\ndata: 2]\n\n", events{{Data: "[1,2]", End: 22}}},
		"inside of a line":      {"x{}\n\ndata: 1\n\n", events{{Data: "1", End: 14}}},
		"a number without end":  {"data: 1\n\n{\"a\":" + strings.Repeat("9", 600) + "data:2\n\ndata: 3\n\n", events{{Data: "1", End: 9}, {Data: "3", End: 631}}},
		"a line that is all CR": {"data: 1\r\r{}\r\r", events{{Data: "1", End: 9}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for size := 1; size <= len(c.body)+1; size++ {
				if got := llmhttp.GeminiEvents([]byte(c.body), size); !reflect.DeepEqual(got, c.want) {
					t.Fatalf("read %d bytes at a time: got %+v, want %+v", size, got, c.want)
				}
			}
		})
	}
}

// FuzzGeminiEvents wants the same events wherever the network cuts the stream.
func FuzzGeminiEvents(f *testing.F) {
	f.Add([]byte("data: {\"a\": [1]}\r\n\r\n{\r\n\"error\": {}\r\n}\r\n\r\ndata: 2\r\n\r\n"), 5)
	f.Add([]byte("data: 1\r\r{}\r\n{x\n{\n}"), 1)
	f.Fuzz(func(t *testing.T, body []byte, size int) {
		whole := llmhttp.GeminiEvents(body, len(body)+1)
		if size = max(size, 1); !reflect.DeepEqual(llmhttp.GeminiEvents(body, size), whole) {
			t.Fatalf("read %d bytes at a time: %+v, whole: %+v", size, llmhttp.GeminiEvents(body, size), whole)
		}
		last := int64(0)
		for _, e := range whole {
			if e.End <= last || e.End > int64(len(body)) {
				t.Fatalf("event ends at %d after one that ended at %d of %d bytes", e.End, last, len(body))
			}
			last = e.End
		}
	})
}
