package llmhttp_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// strange is what may stand where another value is expected.
func strange() map[string]string {
	return map[string]string{
		"null": `null`, "a bool": `true`, "a number": `-1e30`, "a fraction": `0.5`, "a text": `"x"`, "an empty text": `""`,
		"half a character": "\"\xc3\"", "a lone surrogate": `"\ud800"`, "a list": `[]`, "a list of lists": `[[[1]],"x",null,{}]`,
		"an object": `{}`, "an object of objects": `{"x":{"type":"x","text":7}}`, "twice the same": `{"type":"a","type":1,"text":"b","text":null}`,
		"depth":  strings.Repeat(`[{"a":`, 60) + `1` + strings.Repeat(`}]`, 60),
		"length": `[` + strings.Repeat(`{"type":"text","text":"x"},`, 200) + `1]`,
	}
}

// TestStrangeMembersOfEveryDialect puts each strange value in the place of each value of the exchanges in testdata: nothing
// panics, spans get JSON, and usage that stands elsewhere is still found.
func TestStrangeMembersOfEveryDialect(t *testing.T) {
	t.Parallel()
	for _, dir := range exchangeDirs(t, filepath.Join("testdata", "cases")) {
		t.Run(filepath.Base(filepath.Dir(dir))+" "+filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			f := loadFixture(t, dir)
			route, ok := match(t, f.request.Method, f.request.URL, headers(f.request.Headers))
			if !ok {
				t.Fatal("it is not recognised")
			}
			q := route.Request(f.request.Body, llmhttp.Limits{})
			read := func(answer []byte) *llmhttp.Response {
				p := q.Parser(f.meta.Status, headers(f.meta.Headers))
				_, _ = p.Write(answer)
				return p.Finish(false)
			}
			usage, sent, told := read(f.body).Usage, jsonValues(f.request.Body), jsonValues(f.body)
			isWhole, usageAt := bytes.HasPrefix(f.body, []byte("{")), bytes.LastIndex(f.body, []byte(`"usage"`))
			for what, value := range strange() {
				for _, at := range sent {
					mustShowJSON(t, route.Request(at.replaced(f.request.Body, value), llmhttp.Limits{}))
				}
				for _, at := range told {
					r := read(at.replaced(f.body, value))
					mustBeJSON(t, llmhttp.AppendMessages(nil, r.Messages))
					if isWhole && at.to < usageAt && r.Usage != usage {
						t.Errorf("%s for %s: the usage is %+v, want %+v", what, f.body[at.from:at.to], r.Usage, usage)
					}
				}
			}
		})
	}
}

func mustShowJSON(t *testing.T, q *llmhttp.Request) {
	t.Helper()
	mustBeJSON(t, llmhttp.AppendMessages(nil, q.Messages))
	mustBeJSON(t, llmhttp.AppendTools(nil, q.Tools))
	for _, v := range q.Parameters {
		mustBeJSON(t, v)
	}
}

// A span is where a value stands in a body.
type span struct{ from, to int }

func (s span) replaced(body []byte, value string) []byte {
	return slices.Concat(body[:s.from], []byte(value), body[s.to:])
}

// jsonValues are the values of members, items and events in a text.
func jsonValues(body []byte) []span {
	var found []span
	for from := range body {
		if !bytes.ContainsRune([]byte(":[,"), rune(body[from])) {
			continue
		}
		d := json.NewDecoder(bytes.NewReader(body[from+1:]))
		err := d.Decode(new(json.RawMessage))
		to := from + 1 + int(d.InputOffset())
		if isName := bytes.HasPrefix(bytes.TrimLeft(body[to:], " "), []byte(":")); err == nil && !isName {
			found = append(found, span{from + 1, to})
		}
	}
	return found
}
