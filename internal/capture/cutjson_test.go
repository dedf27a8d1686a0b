package capture_test

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

func TestCutJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s     string
		limit int
		want  string
	}{
		{`{"a":1}`, 7, `{"a":1}`},
		{`{"a":1}`, 6, `{}`},
		{`{"a":12,"b":34}`, 14, `{"a":12}`},
		{`{"a":12,"b":34}`, 8, `{"a":12}`},
		{`{"a":12,"b":34}`, 7, `{}`},
		{`[[[1]],2]`, 8, `[[[1]]]`},
		{`[[[1]],2]`, 6, `[[[]]]`},
		{`[[[1]],2]`, 5, `[[]]`},
		{`[true,false]`, 11, `[true]`},
		{`"text"`, 5, `"tex"`},
		{`"text"`, 2, `""`},
		{`"é"`, 3, `""`},
		{`"a\n"`, 4, `"a"`},
		{`"\u00e9\u00e9"`, 13, `"\u00e9"`},
		{`"x\ud83d\ude00y"`, 14, `"x"`},
		{`"x\ud83d\ude00y"`, 15, `"x\ud83d\ude00"`},
		{`"\ud83d,lone"`, 12, `"\ud83d,lon"`},
		{`"\\\\"`, 5, `"\\"`},
		{`{"k\"}":"v","l":2}`, 17, `{"k\"}":"v"}`},
		{`{"a":{"b":"}]"}, "c":[]}`, 15, `{"a":{"b":"}"}}`},
		{` [ 1 , 2 ] `, 9, ` [ 1 , 2]`},
		{` [ 1 , 2 ] `, 8, ` [ 1]`},
		{`  "a"  `, 6, `  "a"`},
		{`12345678`, 7, `null`},
		{`false`, 4, `null`},
		{`12345678`, 3, ``},
		{`[1]`, 1, ``},
		{`[1]`, -1, ``},
	} {
		got, cut := capture.CutJSON(c.s, c.limit)
		if got != c.want || cut != (c.want != c.s) {
			t.Errorf("CutJSON(%s, %d) = %s, %t, want %s", c.s, c.limit, got, cut, c.want)
		}
	}
}

func FuzzCutJSON(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,2.5e-7,null,true,{"b":"é\n\ud83d\ude00"}],"c":{}}`, ` [ "x" , { "y" : [ ] } ] `, `"text"`, `-1.5e+300`, "[\"\xff\xe6\"]",
		`{"a":"x","a":"y","":[[[[]]]]}`, `"\ud83d\ud83d\ude00"`,
	} {
		f.Add(s, len(s)/2)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		got, cut := capture.CutJSON(s, limit)
		if len(got) > max(limit, 0) || cut != (len(s) > max(limit, 0)) {
			t.Fatalf("CutJSON(%q, %d) = %q, %t", s, limit, got, cut)
		}
		if limit < 4 || !isJSON(s) {
			return
		}
		if !isJSON(got) {
			t.Fatalf("CutJSON(%q, %d) = %q is no JSON", s, limit, got)
		}
		if cut && got != "null" {
			expectBeginning(t, s, got)
		}
		if more, _ := capture.CutJSON(s, limit+1); len(more) < len(got) && len(s) > limit+1 {
			t.Errorf("limit %d gives %q, one byte more %q", limit, got, more)
		}
	})
}

// expectBeginning checks that part holds the tokens of whole up to some place, the last one shortened at most if it is
// a string, and then only closing brackets.
func expectBeginning(t *testing.T, whole, part string) {
	t.Helper()
	want, got := tokens(t, whole), tokens(t, part)
	for len(got) > 0 && (got[len(got)-1] == json.Delim(']') || got[len(got)-1] == json.Delim('}')) {
		got = got[:len(got)-1]
	}
	for i, token := range got {
		if token == want[i] {
			continue
		}
		short, isString := token.(string)
		full, wasString := want[i].(string)
		if i != len(got)-1 || !isString || !wasString || !strings.HasPrefix(full, short) {
			t.Fatalf("%q is no beginning of %q: token %d is %v, not %v", part, whole, i, token, want[i])
		}
	}
}

func tokens(t *testing.T, s string) (all []json.Token) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		all = append(all, token)
	}
}
