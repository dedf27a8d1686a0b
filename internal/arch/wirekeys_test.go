package arch_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// keyRule lets only the rooms write string literals that begin as keys with the prefix do.
type keyRule struct{ prefix, rooms string }

func TestWireKeysAreWrittenOnce(t *testing.T) {
	t.Parallel()
	for _, file := range repositoryFiles(t, ".go") {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(filepath.Join(repository(t), filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		problems, err := checkWireKeys(file, source, wireKeys)
		if err != nil {
			t.Fatal(err)
		}
		report(t, problems)
	}
}

// checkWireKeys reads the syntax rather than the text, so that comments may name a key.
func checkWireKeys(file string, source []byte, rules []keyRule) ([]string, error) {
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, file, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	forbidden := slices.DeleteFunc(slices.Clone(rules), func(rule keyRule) bool { return matches(rule.rooms, path.Dir(file)) })
	var problems []string
	ast.Inspect(parsed, func(node ast.Node) bool {
		literal, ok := node.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		text, err := strconv.Unquote(literal.Value)
		if err != nil {
			return true
		}
		for _, rule := range forbidden {
			if spellsKey(rule.prefix).MatchString(text) {
				problems = append(problems, fmt.Sprintf(
					"%s spells a wire key, %s: name it once in package attr and write attr.X here", files.Position(literal.Pos()), literal.Value))
			}
		}
		return true
	})
	return problems, nil
}

// spellsKey matches a key with the prefix, by itself or in quotes as JSON has it. Keys go on in lower case, which tells
// them from Go names such as "traceroot.Observe" in a message.
func spellsKey(prefix string) *regexp.Regexp {
	return regexp.MustCompile(`(^|")` + regexp.QuoteMeta(prefix) + `([a-z]|"|$)`)
}

func TestCheckWireKeys(t *testing.T) {
	t.Parallel()
	rules := []keyRule{{prefix: "traceroot.", rooms: "attr"}, {prefix: "gen_ai.", rooms: "attr vocab"}}
	for _, test := range []struct {
		name, file, source string
		want               []string
	}{
		{name: "attr writes keys", file: "attr/attr.go", source: `const Input = "traceroot.span.input"`},
		{name: "others may not", file: "span.go", source: `const input = "traceroot.span.input"`, want: []string{`span.go:2:15 spells a wire key, "traceroot.span.input"`}},
		{name: "nor in raw strings", file: "span.go", source: "const input = `traceroot.span.input`", want: []string{"span.go:2:15"}},
		{name: "nor in the middle of JSON", file: "span.go", source: "const body = `{\"key\": \"traceroot.span.input\"}`", want: []string{"span.go:2:14"}},
		{name: "nor as a prefix to be joined", file: "span.go", source: `const prefix = "traceroot."`, want: []string{"span.go:2:16"}},
		{name: "each rule has rooms of its own", file: "vocab/vocab.go", source: `var keys = []string{"gen_ai.system", "traceroot.span.input"}`, want: []string{"traceroot.span.input"}},
		{name: "a name of Go's is no key", file: "span.go", source: `const message = "traceroot.Observe wants a function"`},
		{name: "a comment may name a key", file: "span.go", source: `// It sets "traceroot.span.input".`},
		{name: "a host is no key", file: "span.go", source: `const host = "https://app.traceroot.ai"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := checkWireKeys(test.file, []byte("package x\n"+test.source+"\n"), rules)
			if err != nil {
				t.Fatal(err)
			}
			expectProblems(t, got, test.want...)
		})
	}
}
