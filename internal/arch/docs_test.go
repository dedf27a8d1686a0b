package arch_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func TestLinksOfTheDocumentation(t *testing.T) {
	t.Parallel()
	repo := os.DirFS(repository(t))
	for _, file := range repositoryFiles(t, ".md") {
		text, err := fs.ReadFile(repo, file)
		if err != nil {
			t.Fatal(err)
		}
		report(t, checkLinks(repo, file, string(text)))
	}
}

// The README's commands are a promise, and CI keeps it by running the same one first.
func TestReadmeCommands(t *testing.T) {
	t.Parallel()
	readme := readFile(t, "README.md")
	for _, command := range []string{"go run ./cmd/traceroot demo", "go test work"} {
		if !strings.Contains(readme, "\n"+command) {
			t.Errorf("README.md has no line with %q: it is one of the two commands that a fresh clone is tried with", command)
		}
	}
	if !strings.Contains(readFile(t, ".ci/run"), " go test work\n") {
		t.Error(".ci/run does not run the README's go test work: make it the first gate")
	}
}

var (
	codeBlock = regexp.MustCompile("(?ms)^```.*?^```")
	codeSpan  = regexp.MustCompile("`[^`\n]*`")
	link      = regexp.MustCompile(`\]\(([^)\s]+)\)`)
)

// checkLinks judges the relative links and pictures of one Markdown file; those to other hosts are not followed.
func checkLinks(repo fs.FS, file, text string) []string {
	text = codeSpan.ReplaceAllString(codeBlock.ReplaceAllString(text, ""), "")
	var problems []string
	for _, found := range link.FindAllStringSubmatch(text, -1) {
		target, _, _ := strings.Cut(found[1], "#")
		if target == "" || strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
			continue
		}
		to := path.Join(path.Dir(file), target)
		if _, err := fs.Stat(repo, to); err != nil {
			problems = append(problems, fmt.Sprintf("%s links to %s, which is not there: correct the path or take the link out", file, found[1]))
		}
	}
	return problems
}

func readFile(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository(t), filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestCheckLinks(t *testing.T) {
	t.Parallel()
	repo := fstest.MapFS{"README.md": {}, "docs/guide.md": {}, "docs/images/demo.svg": {}}
	for _, test := range []struct {
		name, file, text string
		want             []string
	}{
		{name: "a file that is there", file: "README.md", text: "[guide](docs/guide.md#start) ![demo](docs/images/demo.svg) [folder](docs)"},
		{name: "relative to the page", file: "docs/guide.md", text: "[back](../README.md)"},
		{name: "a file that is missing", file: "docs/guide.md", text: "[back](README.md)", want: []string{"docs/guide.md links to README.md"}},
		{name: "a missing picture", file: "README.md", text: "![demo](docs/images/demo.png)", want: []string{"README.md links to docs/images/demo.png"}},
		{name: "out of the repository", file: "README.md", text: "[up](../elsewhere.md)", want: []string{"../elsewhere.md"}},
		{name: "elsewhere on the web, on the page, by mail", file: "README.md", text: "[a](https://example.org/x) [b](#install) [c](mailto:a@example.org)"},
		{name: "code is no link", file: "README.md", text: "`m[k](v)`\n```go\nf[int](x)\n```\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			expectProblems(t, checkLinks(repo, test.file, test.text), test.want...)
		})
	}
}
