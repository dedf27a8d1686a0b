package llmhttp_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

func TestLinesOfJSON(t *testing.T) {
	t.Parallel()
	type events = []llmhttp.FramedEvent
	for name, c := range map[string]struct {
		body string
		want events
	}{
		"LF":                     {"{\"a\":1}\n{\"b\":2}\n", events{{Data: `{"a":1}`, End: 8}, {Data: `{"b":2}`, End: 16}}},
		"CRLF":                   {"{}\r\n[]\r\n", events{{Data: "{}", End: 4}, {Data: "[]", End: 8}}},
		"space around":           {" \t{} \n", events{{Data: "{}", End: 6}}},
		"blank lines":            {"\n{}\n \r\n\n{}\n\n", events{{Data: "{}", End: 4}, {Data: "{}", End: 11}}},
		"numbers and texts":      {"1\n\"é\"\nnull\n", events{{Data: "1", End: 2}, {Data: `"é"`, End: 7}, {Data: "null", End: 12}}},
		"a newline in a text":    {"{\"a\":\"x\\ny\"}\n", events{{Data: `{"a":"x\ny"}`, End: 13}}},
		"last line not ended":    {"{}\n{\"a\":1}", events{{Data: "{}", End: 3}, {Data: `{"a":1}`, End: 10}}},
		"last number not ended":  {"12", events{{Data: "12", End: 2}}},
		"last line cut":          {"{}\n{\"a\":1", events{{Data: "{}", End: 3}}},
		"a value over two lines": {"{}\n{\n}\n{}\n", events{{Data: "{}", End: 3}}},
		"two values in one line": {"{}\n{} {}\n{}\n", events{{Data: "{}", End: 3}}},
		"a line that is no JSON": {"{}\n<html>\n{}\n", events{{Data: "{}", End: 3}}},
		"nothing":                {"", nil},
		"only blank lines":       {"\n\r\n \n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for size := 1; size <= len(c.body)+1; size++ {
				if got := llmhttp.LineEvents([]byte(c.body), size); !reflect.DeepEqual(got, c.want) {
					t.Fatalf("read %d bytes at a time: got %+v, want %+v", size, got, c.want)
				}
			}
		})
	}
}

// FuzzNDJSON wants the same events wherever the network cuts the stream, and every line that encoding/json can read up to
// the first that is no JSON.
func FuzzNDJSON(f *testing.F) {
	f.Add([]byte("{\"a\":[1]}\n\n{\"b\":\"\\ud83d\\ude00\"}\r\n"), 5)
	f.Add([]byte("{}\n{\"a\":"), 1)
	f.Add([]byte(" 1 \nnull\n\"x\ny\"\n"), 3)
	f.Fuzz(func(t *testing.T, body []byte, size int) {
		whole := llmhttp.LineEvents(body, len(body)+1)
		if size = max(size, 1); !reflect.DeepEqual(llmhttp.LineEvents(body, size), whole) {
			t.Fatalf("read %d bytes at a time: %+v, whole: %+v", size, llmhttp.LineEvents(body, size), whole)
		}
		last := int64(0)
		for _, e := range whole {
			if e.End <= last || e.End > int64(len(body)) {
				t.Fatalf("event ends at %d after one that ended at %d of %d bytes", e.End, last, len(body))
			}
			last = e.End
		}
		const small = 256 // no value of so few bytes is too deep, or too long, to be read
		if len(body) > small {
			return
		}
		for line := range bytes.Lines(body) {
			if line = bytes.Trim(line, " \t\r\n"); len(line) == 0 {
				continue
			}
			if !json.Valid(line) {
				return
			}
			if len(whole) == 0 || whole[0].Data != string(llmhttp.Decode(line, len(line))) {
				t.Fatalf("line %q of %q is lost: %+v", line, body, whole)
			}
			whole = whole[1:]
		}
		if len(whole) > 0 {
			t.Fatalf("%q has %+v more", body, whole)
		}
	})
}
