package verdict_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

// sourcesOf is the sources of the last call of an agent that was told a text by its first tool.
func sourcesOf(told, args, tools string) []verdict.Source {
	t := trace(turnsAnd([]string{says("Done.")}, nil, turn{"look", `{}`, told, ""}, turn{"act", args, "ok", ""})...)
	if tools != "" {
		spans := turnsAnd([]string{says("Done.")}, nil, turn{"look", `{}`, told, ""}, turn{"act", args, "ok", ""})
		offers(tools)(&spans[3])
		t = trace(spans...)
	}
	calls := verdict.Calls(t)
	return verdict.Sources(t, calls[len(calls)-1])
}

func TestSourcesOfWhatWasShown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ told, args, at string }{
		"a word of its own":                 {"order 60418 of 160418", `{"x":"60418"}`, "60418 of"},
		"the whole one before a part":       {"RD-7150-12 and RD-7150", `{"x":"RD-7150"}`, "RD-7150-12"},
		"a part of a word":                  {"file:main.go.bak", `{"x":"ain.g"}`, "ain.go"},
		"in another case":                   {"Ask for Portland OR", `{"x":"PORTLAND"}`, "Portland"},
		"an address":                        {`{"street":"1142 SE Alder St"}`, `{"x":"1142 SE Alder St"}`, "1142 SE"},
		"a number":                          {"weight 302 g", `{"x":302}`, "302"},
		"a number with thousands parted":    {"in all 1,299 pieces", `{"x":1299}`, "1,299"},
		"a price with cents":                {"costs 1.299,50 EUR", `{"x":1299.5}`, "1.299,50"},
		"a text with escapes within JSON":   {`{"say":"He said \"go\" and left"}`, `{"x":"He said \"go\""}`, `He said`},
		"after characters that are no byte": {"😀 größer: K-77", `{"x":"K-77"}`, "K-77"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sources := sourcesOf(test.told, test.args, "")
			if len(sources) != 1 || sources[0].Seen == nil {
				t.Fatalf("got %+v, want one that was shown", sources)
			}
			seen := sources[0].Seen
			before, _, _ := strings.Cut(test.told, test.at)
			want := &verdict.Place{
				Message: store.HashOf(result("call_00", test.told)), Path: "content", SpanID: "2000", Offset: units(before),
			}
			if !reflect.DeepEqual(seen, want) {
				t.Errorf("got %+v, want %+v", seen, want)
			}
		})
	}
}

// units counts as a browser does.
func units(text string) int {
	n := 0
	for _, r := range text {
		if n++; r > 0xffff {
			n++
		}
	}
	return n
}

func TestSourcesOfWhatWasNotShown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		told, args string
		want       verdict.Source
	}{
		"a letter for a digit": {
			"code 97201 here", `{"from":{"postal_code":"972O1"}}`,
			verdict.Source{Path: "from.postal_code", Value: "972O1", Closest: "97201", Odd: []int{3}},
		},
		"swapped": {
			"part RD-7150", `{"parts":["RD-7510"]}`, verdict.Source{Path: "parts.0", Value: "RD-7510", Closest: "RD-7150", Odd: []int{4, 5}},
		},
		"one character too few": {
			"mail mira@example.com now", `{"to":"mira@exmple.com"}`,
			verdict.Source{Path: "to", Value: "mira@exmple.com", Closest: "mira@example.com", Odd: []int{7}},
		},
		"a street": {
			"at 1142 SE Alder St, Portland", `{"street":"1142 SE Adler St"}`,
			verdict.Source{Path: "street", Value: "1142 SE Adler St", Closest: "1142 SE Alder St", Odd: []int{9, 10}},
		},
		"a name":        {"from Jensen", `{"who":"Jansen"}`, verdict.Source{Path: "who", Value: "Jansen", Closest: "Jensen", Odd: []int{1}}},
		"made up":       {"nothing", `{"id":"ord_5521"}`, verdict.Source{Path: "id", Value: "ord_5521"}},
		"a number":      {"13022 pieces", `{"n":302}`, verdict.Source{Path: "n", Value: "302"}},
		"not an object": {"nothing", `"ord_5521"`, verdict.Source{Value: "ord_5521"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sources := sourcesOf(test.told, test.args, "")
			if len(sources) != 1 {
				t.Fatalf("got %+v", sources)
			}
			got := sources[0]
			if (got.At == nil) != (got.Closest == "") {
				t.Errorf("got the place %+v of %q", got.At, got.Closest)
			}
			if got.Seen != nil || got.Path != test.want.Path || got.Value != test.want.Value || got.Closest != test.want.Closest || !reflect.DeepEqual(got.Odd, test.want.Odd) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestNothingIsSaidOfTheSourceOf(t *testing.T) {
	t.Parallel()
	schema := `[{"name":"act","description":"Not for region eu-west-1","parameters":{"properties":{
		"level":{"enum":["p1-high","p2-low"]},"unit":{"anyOf":[{"const":"mm2"},{"type":"null"}]},"list":{"items":{"enum":["a-1-x"]}}}}}]`
	for name, test := range map[string]struct{ told, args, tools string }{
		"values of two characters":          {"x", `{"x":"OR"}`, ""},
		"what is true, false or null":       {"x", `{"x":true,"y":null}`, ""},
		"what the schema lists":             {"x", `{"level":"p1-high","unit":"mm2","list":["a-1-x"]}`, schema},
		"what the tool's description tells": {"x", `{"x":"eu-west-1"}`, schema},
		"a sentence":                        {"x", `{"x":"Please tell me about the 3 orders"}`, ""},
		"a word":                            {"colour", `{"x":"color","y":"priority"}`, ""},
		"the plural":                        {"one return", `{"x":"returns"}`, ""},
		"a round number":                    {"x", `{"x":500,"y":1000,"z":0.25}`, ""},
		"a date":                            {"on 2026-11-09", `{"x":"2026-11-10","y":"2026-11-10T09:30:00Z","z":"14:30"}`, ""},
		"what was masked":                   {"call ‹masked: phone›", `{"x":"K-778"}`, ""},
		"arguments that are no JSON":        {"x", `{"x":`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := sourcesOf(test.told, test.args, test.tools); len(got) > 0 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestSourcesOfARepeatAreThoseOfTheFirstTime(t *testing.T) {
	t.Parallel()
	tr := trace(support()...)
	calls := verdict.Calls(tr)
	first, again := verdict.Sources(tr, calls[1]), verdict.Sources(tr, calls[2])
	if !reflect.DeepEqual(first, again) || len(first) == 0 {
		t.Errorf("got %+v, and of the repeat %+v", first, again)
	}
}

func TestSourcesWithoutAQuestionAreNotMissed(t *testing.T) {
	t.Parallel()
	tr := trace(
		agent("01", "", "agent", 0, 9),
		model("02", "01", 1, 2, []string{result("c0", "done")}, []string{says("", asks("c1", "act", `{"id":"ord_5521"}`))}),
	)
	if got := verdict.Sources(tr, verdict.Calls(tr)[0]); got != nil {
		t.Errorf("got %+v of a conversation that lies with the provider", got)
	}
}
