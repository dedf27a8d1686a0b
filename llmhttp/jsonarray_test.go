package llmhttp_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

func TestEventsOfAJSONArray(t *testing.T) {
	t.Parallel()
	type events = []llmhttp.FramedEvent
	for name, c := range map[string]struct {
		body string
		want events
	}{
		"compact":                 {`[{"a":1},{"b":[2]}]`, events{{Data: `{"a":1}`, End: 8}, {Data: `{"b":[2]}`, End: 18}, {Done: true, End: 19}}},
		"over many lines":         {"[{\n \"a\": 1\n}\n,\r\n{}\n]\n", events{{Data: `{"a":1}`, End: 12}, {Data: `{}`, End: 18}, {Done: true, End: 20}}},
		"marks inside of texts":   {`["]","[,",{"a}":"\"]"}]`, events{{Data: `"]"`, End: 4}, {Data: `"[,"`, End: 9}, {Data: `{"a}":"\"]"}`, End: 22}, {Done: true, End: 23}}},
		"elements of every kind":  {`[1,null,true,[],"é"]`, events{{Data: "1", End: 2}, {Data: "null", End: 7}, {Data: "true", End: 12}, {Data: "[]", End: 15}, {Data: `"é"`, End: 20}, {Done: true, End: 21}}},
		"nothing in it":           {`[]`, events{{Done: true, End: 2}}},
		"something follows":       {`[{}] [{"a":1}]`, events{{Data: "{}", End: 3}, {Done: true, End: 4}}},
		"cut before its end":      {`[{"a":1}`, events{{Data: `{"a":1}`, End: 8}}},
		"cut inside an element":   {`[{"a":1},{"b":`, events{{Data: `{"a":1}`, End: 8}}},
		"cut inside a number":     {`[{},12`, events{{Data: "{}", End: 3}}},
		"an element of bad JSON":  {`[{"a":1},{"b"},{"c":2}]`, events{{Data: `{"a":1}`, End: 8}}},
		"brackets that differ":    {`[{"a":1}}]`, events{{Data: `{"a":1}`, End: 8}}},
		"space before it":         {" \n[{}]", events{{Data: "{}", End: 5}, {Done: true, End: 6}}},
		"no array":                {`{"a":1}`, nil},
		"no JSON":                 {"<html>", nil},
		"nothing":                 {"", nil},
		"a comma too many":        {`[{},,{},]`, events{{Data: "{}", End: 3}, {Data: "{}", End: 7}, {Done: true, End: 9}}},
		"an array in an array":    {`[[{"a":1}]]`, events{{Data: `[{"a":1}]`, End: 10}, {Done: true, End: 11}}},
		"an escape cut by a read": {`["\ud83d\ude00"]`, events{{Data: `"😀"`, End: 15}, {Done: true, End: 16}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for size := 1; size <= len(c.body)+1; size++ {
				if got := llmhttp.ArrayEvents([]byte(c.body), size); !reflect.DeepEqual(got, c.want) {
					t.Fatalf("read %d bytes at a time: got %+v, want %+v", size, got, c.want)
				}
			}
		})
	}
}

// FuzzJSONArray wants the same events wherever the network cuts the array, and of one that encoding/json can read, all of
// its elements.
func FuzzJSONArray(f *testing.F) {
	f.Add([]byte("[{\n  \"a\": [1, \"]\"]\n}\n,\r\n{}\n]\n"), 5)
	f.Add([]byte(`[1,"\ud83d\ude00",null,[[]]] x`), 1)
	f.Add([]byte(`[{"a":1},{"b"}]`), 3)
	f.Fuzz(func(t *testing.T, body []byte, size int) {
		whole := llmhttp.ArrayEvents(body, len(body)+1)
		if size = max(size, 1); !reflect.DeepEqual(llmhttp.ArrayEvents(body, size), whole) {
			t.Fatalf("read %d bytes at a time: %+v, whole: %+v", size, llmhttp.ArrayEvents(body, size), whole)
		}
		last := int64(0)
		for _, e := range whole {
			if e.End <= last || e.End > int64(len(body)) {
				t.Fatalf("event ends at %d after one that ended at %d of %d bytes", e.End, last, len(body))
			}
			last = e.End
		}
		const small = 256 // no value of so few bytes is too deep, or too long, to be read
		var elements []json.RawMessage
		if len(body) > small || json.Unmarshal(body, &elements) != nil || elements == nil {
			return
		}
		if len(whole) != len(elements)+1 || !whole[len(elements)].Done {
			t.Fatalf("got %+v of the %d elements in %q", whole, len(elements), body)
		}
		for i, element := range elements {
			if got := whole[i].Data; got != string(llmhttp.Decode(element, len(body))) {
				t.Fatalf("element %d is %s, want %s", i, got, element)
			}
		}
	})
}
