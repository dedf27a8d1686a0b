package llmhttp_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const noLimit = 1 << 20

func TestDecodeKeepsValuesAsSent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"order of members":         {` { "b" : 1 , "a" : [ true , null , "x" ] } `, `{"b":1,"a":[true,null,"x"]}`},
		"numbers":                  {`[1.0,1e-05,-0,9007199254740993]`, `[1.0,1e-05,-0,9007199254740993]`},
		"escapes":                  {`"\u0041\n\/\"\\\b\f\r\t"`, `"A\n/\"\\\u0008\u000c\r\t"`},
		"HTML stays":               {`"<a>&"`, `"<a>&"`},
		"surrogate pair":           {`"\ud83d\ude00"`, `"😀"`},
		"first half alone":         {`"\ud83d!"`, `"` + "\uFFFD" + `!"`},
		"first half twice":         {`"\ud83d\ud83d\ude00"`, `"` + "\uFFFD" + `😀"`},
		"second half alone":        {`"\ude00"`, `"` + "\uFFFD" + `"`},
		"invalid UTF-8":            {"\"a\xffb\"", `"a` + "\uFFFD" + `b"`},
		"empty containers":         {`[{},[]]`, `[{},[]]`},
		"line break inside a text": {"\"a\nb\"", `"a\nb"`},
		"bare number":              {`12`, `12`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for cut := range len(c.in) + 1 {
				if got := string(llmhttp.Decode([]byte(c.in), noLimit, cut)); got != c.want {
					t.Fatalf("Decode(%q cut at %d) = %s, want %s", c.in, cut, got, c.want)
				}
			}
		})
	}
}

func TestDecodeRefusesWhatIsNoJSON(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		``, ` `, `{`, `[`, `"a`, `[1,]`, `{"a":1,}`, `{a:1}`, `{"a"}`, `{"a":}`, `[1 2]`, `nul`, `nulll`, `01`, `1.`, `-`,
		`+1`, `"\x"`, `"\u12g4"`, `[DONE]`, `1 2`, `{} x`, `[}`, `{]`, `NaN`, `truefalse`, strings.Repeat("[", 10_000),
	} {
		if got := llmhttp.Decode([]byte(in), noLimit); got != nil {
			t.Errorf("Decode(%.20q) = %s, want nothing", in, got)
		}
	}
}

func TestDecodeCutsLongTextsBeforeACharacter(t *testing.T) {
	t.Parallel()
	const limit = 200
	got := llmhttp.Decode([]byte(`["`+strings.Repeat("é", limit)+`","short"]`), limit)
	if want := `["` + strings.Repeat("é", limit/2) + `","short"]`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	odd := llmhttp.Decode([]byte(`"x`+strings.Repeat("é", limit)+`"`), limit)
	if want := `"x` + strings.Repeat("é", limit/2-1) + `"`; string(odd) != want {
		t.Errorf("got %s, want %s", odd, want)
	}
}

// FuzzDecode holds the decoder against encoding/json, and against itself with the bytes cut in two.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-2.5e+3,true,false,null],"b":{"c":"d\u00e9\ud83d\ude00\n"}}`, `[[],{}]`, `"\ud800x"`, `{"a":1,"a":2}`, `0`,
		"\"\xff\xfe\"", `[1,]`, ` 1 `,
	} {
		f.Add([]byte(seed), 3)
	}
	f.Fuzz(func(t *testing.T, data []byte, cut int) {
		got := llmhttp.Decode(data, noLimit)
		if again := llmhttp.Decode(data, noLimit, cut); !bytes.Equal(got, again) {
			t.Fatalf("whole: %s\ncut at %d: %s", got, cut, again)
		}
		if got != nil && !json.Valid(got) {
			t.Fatalf("%s is no JSON", got)
		}
		var want any
		if !json.Valid(data) || nesting(data) > 250 {
			return
		}
		if err := json.Unmarshal(data, &want); err != nil {
			return // a number beyond float64
		}
		if got == nil {
			t.Fatalf("%s was refused", data)
		}
		if again := llmhttp.Decode(got, noLimit); !bytes.Equal(got, again) {
			t.Fatalf("%s became %s", got, again)
		}
		var have any
		if err := json.Unmarshal(got, &have); err != nil || !reflect.DeepEqual(have, want) && !hasBadText(data) {
			t.Fatalf("%s became %s (%v)", data, got, err)
		}
	})
}

func nesting(data []byte) int { return bytes.Count(data, []byte("[")) + bytes.Count(data, []byte("{")) }

// hasBadText tells whether texts may differ in how many U+FFFD stand for what is no character.
func hasBadText(data []byte) bool { return !bytes.Equal(bytes.ToValidUTF8(data, nil), data) }
