package verdict_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

// told is the calls in short: what linked which span and result.
func told(t *verdict.Trace) string {
	var lines []string
	for _, c := range verdict.Calls(t) {
		line := fmt.Sprintf("%s %s by %s: %s", c.ID, c.Name, c.AskedBy, c.SpanID)
		if c.ReadBy != "" {
			line += " read by " + c.ReadBy
		}
		if c.ByOrder {
			line += " in order"
		}
		if c.Failed {
			line += " failed"
		}
		if c.Repeats >= 0 {
			line += fmt.Sprintf(" repeats %d", c.Repeats)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestCalls(t *testing.T) {
	t.Parallel()
	both := says("", asks("a", "get", `{"id":"one"}`), asks("b", "get", `{"id":"two"}`))
	question := []string{user("Get both.")}
	results := list(question, []string{both, result("b", "2"), result("a", "1")})
	nameless := says("", asks("", "get", `{"id":"one"}`), asks("", "get", `{"id":"two"}`))
	same := says("", asks("call_0", "get", `{"id":"one"}`))
	for name, test := range map[string]struct {
		spans []store.Span
		want  []string
	}{
		"linked by ids": {
			[]store.Span{
				agent("01", "", "agent", 0, 900),
				model("02", "01", 0, 10, question, []string{both}),
				tool("03", "01", "get", 20, 30, took("b")), tool("04", "01", "get", 21, 30, took("a"), failed("no")),
				model("05", "01", 40, 50, results, []string{says("Done.")}),
			},
			[]string{"a get by 02: 04 read by 05 failed", "b get by 02: 03 read by 05"},
		},
		"spans by their arguments": {
			[]store.Span{
				agent("01", "", "agent", 0, 900),
				model("02", "01", 0, 10, question, []string{both}),
				tool("03", "01", "get", 20, 30, input(`{ "id": "two" }`)), tool("04", "01", "get", 21, 30, input(`{"id":"one"}`)),
				model("05", "01", 40, 50, results, []string{says("Done.")}),
				tool("06", "01", "get", 60, 70, input(`{"id":"one"}`)),
			},
			[]string{"a get by 02: 04 read by 05 in order", "b get by 02: 03 read by 05 in order"},
		},
		"all by order": {
			[]store.Span{
				agent("01", "", "agent", 0, 900),
				model("02", "01", 0, 10, question, []string{nameless}),
				tool("03", "01", "get", 20, 30), tool("04", "01", "get", 21, 30),
				model("05", "01", 40, 50, list(question, []string{nameless, result("", "1"), result("", "2")}), []string{says("Done.")}),
			},
			[]string{" get by 02: 03 read by 05 in order", " get by 02: 04 read by 05 in order"},
		},
		"spans of another agent are not of this one": {
			[]store.Span{
				agent("01", "", "agent", 0, 900),
				model("02", "01", 0, 10, question, []string{both}),
				agent("03", "01", "inner", 20, 90), tool("04", "03", "get", 21, 30),
			},
			[]string{"a get by 02: ", "b get by 02: "},
		},
		"ids that are given again": {
			[]store.Span{
				agent("01", "", "agent", 0, 900),
				model("02", "01", 0, 10, question, []string{same}),
				tool("03", "01", "get", 20, 30, took("call_0")),
				model("04", "01", 40, 50, list(question, []string{same, result("call_0", "1")}), []string{same}),
				tool("05", "01", "get", 60, 70, took("call_0")),
				model("06", "01", 80, 90, list(question, []string{same, result("call_0", "1"), same, result("call_0", "1")}), []string{says("Done.")}),
			},
			[]string{"call_0 get by 02: 03 read by 04", "call_0 get by 04: 05 read by 06 repeats 0"},
		},
		"the last attempt counts": {
			[]store.Span{
				agent("01", "", "agent", 0, 900),
				model("02", "01", 0, 10, question, []string{same}),
				tool("03", "01", "get", 20, 30, took("call_0"), failed("503")), tool("04", "01", "get", 40, 50, took("call_0")),
			},
			[]string{"call_0 get by 02: 04"},
		},
		"a result that says it is an error": {
			[]store.Span{
				model("02", "01", 0, 10, question, []string{same}),
				model("03", "01", 20, 30, list(question, []string{same, message("role", `"tool"`, "content", `"no"`, "tool_call_id", `"call_0"`, "is_error", "true")}), nil),
			},
			[]string{"call_0 get by 02:  read by 03 failed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, want := told(trace(test.spans...)), strings.Join(test.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestArgumentsThatMeanTheSameHaveOneHash(t *testing.T) {
	t.Parallel()
	hash := func(args string) store.Hash {
		return verdict.Calls(trace(model("02", "", 0, 10, []string{user("Hi")}, []string{says("", asks("c", "get", args))})))[0].ArgsHash
	}
	same := hash(`{"a":1,"b":{"c":[true,12345678901234567890]}}`)
	for _, args := range []string{`{ "b": {"c":[true,12345678901234567890]}, "a":1 }`, quoted(`{"a":1,"b":{"c":[true,12345678901234567890]}}`)} {
		if hash(args) != same {
			t.Errorf("%s has another hash", args)
		}
	}
	for _, args := range []string{`{"a":1,"b":{"c":[true,12345678901234567891]}}`, `{"a":"1"}`, `{}`} {
		if hash(args) == same {
			t.Errorf("%s has the same hash", args)
		}
	}
}
