package parity_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/parity.md")

var (
	page       = filepath.Join("..", "..", "..", "docs", "parity.md")
	vocabulary = filepath.Join("..", "..", "..", "attr", "attr.go")
)

// The page is the table that TestParity holds the two SDKs to, so the page cannot say anything else.
func TestDocument(t *testing.T) {
	t.Parallel()
	want := document(t)
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/parity.md is not what the tables in differences_test.go make: run go test ./internal/e2e/parity -run TestDocument -update")
	}
}

// No key of the contract is passed over in silence.
func TestEveryKeyIsJudged(t *testing.T) {
	t.Parallel()
	for _, key := range contractKeys(t) {
		differs := slices.ContainsFunc(differences, func(d difference) bool {
			return slices.ContainsFunc(d.keys, func(pattern string) bool { return pattern == key || "event 1 "+key == pattern })
		})
		inModelCalls := slices.ContainsFunc(translations, func(same translation) bool {
			ours, _, _ := strings.Cut(same.ours, "#")
			return ours == key
		})
		if _, noOccasion := unreached[key]; !differs && !inModelCalls && !noOccasion && !slices.Contains(agreed, key) {
			t.Errorf("%s is a key of the contract, and the run says nothing about it: have the agents use it, or add it to unreached", key)
		}
	}
}

// contractKeys are the attribute keys that package attr spells out as the SDK's own words.
func contractKeys(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), vocabulary, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		if key, err := strconv.Unquote(literal.Value); err == nil && strings.Contains(key, ".") {
			keys = append(keys, key)
		}
		return true
	})
	if len(keys) < 20 {
		t.Fatalf("found only %q in %s", keys, vocabulary)
	}
	return keys
}

func document(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, `# Parity with the Python SDK

One small support agent is written twice: [in Go](../internal/e2e/parity/agent.go) with this SDK, and
[in Python](../internal/e2e/parity/testdata/agent.py) with the released `+"`traceroot` %s"+`, its calls to the model recorded by
`+"`Integration.OPENAI`"+` (`+"`openai` %s, `openinference-instrumentation-openai` %s"+`). It asks a scripted OpenAI-protocol server twice,
runs a tool, sets users, sessions, tags and metadata by context and by option, updates spans and the trace, fails once, and streams
twice, once to the end. Both send to one receiver, configured by the same variables; ids, times, line numbers, and the SDK's own name
and version are replaced by what they stand for, and then every key of every span is compared.

`+"`go test ./internal/e2e/parity`"+` runs it (Python 3.11 or newer makes itself a virtual environment; without one the test is skipped and
says so). What it finds must be what this page says. The page is written from the test's own tables by `+"`-update`"+`.

## What is the same

Value and form are equal, except where the next table says otherwise: %s.

## What differs, and why

| key | where | Python | Go | why |
| --- | --- | --- | --- | --- |
`, pinned(t, "traceroot"), pinned(t, "openai"), pinned(t, "openinference-instrumentation-openai"), code(agreed))
	for _, d := range differences {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", code(d.keys), where(d.at), d.python, d.ours, d.why)
	}
	b.WriteString(`
## Model calls: the same facts in other words

| fact | Python, by OpenInference | Go |
| --- | --- | --- |
`)
	for _, same := range translations {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", same.fact, path(same.python), path(same.ours))
	}
	b.WriteString(`
## What the release has and the run leaves out

` + "`update_current_span(cost=…)`" + ` has no field of its own here: agent.go sets the same attribute, ` + "`llm.cost.total`" + `, on the OpenTelemetry
span. ` + "`initialize(redact=…)`" + ` is [WithMask](masking.md). The functions for offline evaluation have no twin; spans of their kinds pass.

## Keys that the run does not reach

| key | what it is for |
| --- | --- |
`)
	for _, key := range slices.Sorted(maps.Keys(unreached)) {
		fmt.Fprintf(&b, "| `%s` | %s |\n", key, unreached[key])
	}
	return b.String()
}

// pinned is the version of a Python package that the comparison ran with.
func pinned(t *testing.T, name string) string {
	t.Helper()
	requirements, err := os.ReadFile(filepath.Join("testdata", "requirements.txt"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + `==(\S+)$`).FindSubmatch(requirements)
	if found == nil {
		t.Fatalf("requirements.txt does not pin %s", name)
	}
	return string(found[1])
}

func code(keys []string) string { return "`" + strings.Join(keys, "`, `") + "`" }

// where names places in words where there is one for them.
func where(at []string) string {
	switch {
	case slices.Equal(at, spans):
		return "every span"
	case slices.Equal(at, observed):
		return "observed functions"
	case slices.Equal(at, chats):
		return "model calls"
	case len(at) > len(spans)/2:
		missing := slices.DeleteFunc(slices.Clone(spans), func(name string) bool { return slices.Contains(at, name) })
		return "every span but " + code(missing)
	case len(at) == 1 && (at[0] == theRequest || at[0] == theResource):
		return at[0]
	default:
		return code(at)
	}
}

// path shows what lies inside of a value behind its key.
func path(p string) string {
	key, inside, found := strings.Cut(p, "#")
	if !found {
		return "`" + key + "`"
	}
	return "`" + strings.ReplaceAll(inside, "#", ".") + "` in `" + key + "`"
}
