package arch_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// TestCodeOfTheDocumentation holds each Go block under docs to code that is compiled, and mostly run, by the tests.
func TestCodeOfTheDocumentation(t *testing.T) {
	t.Parallel()
	var compiled []string
	for _, file := range repositoryFiles(t, ".go") {
		compiled = append(compiled, unindented(readFile(t, file)))
	}
	for _, file := range repositoryFiles(t, ".md") {
		if strings.HasPrefix(file, "docs/") {
			report(t, checkCode(file, readFile(t, file), compiled))
		}
	}
}

var goBlock = regexp.MustCompile("(?ms)^```go\n(.*?)^```")

// checkCode judges the Go blocks of one Markdown file: each must stand, line by line, in one of the compiled files.
func checkCode(file, text string, compiled []string) []string {
	var problems []string
	for _, found := range goBlock.FindAllStringSubmatch(text, -1) {
		block := strings.TrimSpace(unindented(found[1]))
		if !standsIn(block, compiled) {
			first, _, _ := strings.Cut(block, "\n")
			problems = append(problems, fmt.Sprintf("%s shows code that stands in no Go file, from %q on: show a part of an example that is tested", file, first))
		}
	}
	return problems
}

func standsIn(block string, compiled []string) bool {
	for _, source := range compiled {
		if strings.Contains(source, block) {
			return true
		}
	}
	return false
}

// unindented is text without indentation and blank lines.
func unindented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

func TestCheckCode(t *testing.T) {
	t.Parallel()
	compiled := []string{unindented("func ExampleX() {\n\tx := f(1)\n\n\ty := g(x)\n}\n")}
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{name: "a part of a compiled file", text: "```go\nx := f(1)\ny := g(x)\n```\n"},
		{name: "code of its own", text: "```go\nz := h(1)\n```\n", want: []string{`z := h(1)`}},
		{name: "lines that do not follow one another", text: "```go\nfunc ExampleX() {\ny := g(x)\n```\n", want: []string{"func ExampleX() {"}},
		{name: "another language", text: "```python\nz = h(1)\n```\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			expectProblems(t, checkCode("docs/x.md", test.text, compiled), test.want...)
		})
	}
}
