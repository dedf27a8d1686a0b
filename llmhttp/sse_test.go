package llmhttp_test

import (
	"reflect"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

func TestEventsOfAStream(t *testing.T) {
	t.Parallel()
	type events = []llmhttp.FramedEvent
	for name, c := range map[string]struct {
		body string
		want events
	}{
		"LF":                     {"data: {\"a\":1}\n\ndata: [DONE]\n\n", events{{Data: `{"a":1}`, End: 15}, {Done: true, End: 29}}},
		"CRLF":                   {"data: 1\r\n\r\ndata: 2\r\n\r\n", events{{Data: "1", End: 11}, {Data: "2", End: 22}}},
		"CR":                     {"data: 1\r\rdata: 2\r\r", events{{Data: "1", End: 9}, {Data: "2", End: 18}}},
		"mixed ends":             {"data: 1\r\n\ndata: 2\n\r\n", events{{Data: "1", End: 10}, {Data: "2", End: 20}}},
		"no space":               {"data:1\n\n", events{{Data: "1", End: 8}}},
		"named":                  {"event: error\ndata: {}\n\n", events{{Name: "error", Data: "{}", End: 23}}},
		"name of one event only": {"event: a\n\ndata: 1\n\n", events{{Data: "1", End: 19}}},
		"data in two lines":      {"data: [1,\ndata: 2]\n\n", events{{Data: "[1,2]", End: 20}}},
		"comments":               {": wait\n\n: wait\n\ndata: 1\n\n", events{{Data: "1", End: 25}}},
		"other fields":           {"id: 7\nretry: 10\ndata: 1\n\n", events{{Data: "1", End: 25}}},
		"byte order mark":        {"\xEF\xBB\xBFdata: 1\n\n", events{{Data: "1", End: 12}}},
		"field without a colon":  {"data\n\n", events{{End: 6}}},
		"no JSON":                {"data: hello\n\n", events{{End: 13}}},
		"last line ended":        {"data: 1\n", events{{Data: "1", End: 8}}},
		"last line whole":        {"data: {}", events{{Data: "{}", End: 8}}},
		"last line [DONE]":       {"data: [DONE]", events{{Done: true, End: 12}}},
		"last line cut":          {"data: {}\n\ndata: {\"a\":", events{{Data: "{}", End: 10}}},
		"last line cut in name":  {"data: {}\n\ndat", events{{Data: "{}", End: 10}}},
		"nothing":                {"", nil},
		"blank lines":            {"\n\r\n\r\n\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for size := 1; size <= len(c.body)+1; size++ {
				if got := llmhttp.Events([]byte(c.body), size); !reflect.DeepEqual(got, c.want) {
					t.Fatalf("read %d bytes at a time: got %+v, want %+v", size, got, c.want)
				}
			}
		})
	}
}

// FuzzSSE wants the same events wherever the network cuts the stream.
func FuzzSSE(f *testing.F) {
	f.Add([]byte("event: x\r\ndata: {\"a\": [1]}\r\n\r\ndata: [DONE]\n\n"), 5)
	f.Add([]byte("data: 1\r\rdata: 2\n\r\n: c\ndata"), 1)
	f.Fuzz(func(t *testing.T, body []byte, size int) {
		whole := llmhttp.Events(body, len(body)+1)
		if size = max(size, 1); !reflect.DeepEqual(llmhttp.Events(body, size), whole) {
			t.Fatalf("read %d bytes at a time: %+v, whole: %+v", size, llmhttp.Events(body, size), whole)
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
