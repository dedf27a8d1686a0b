package providers_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	exampleLink = regexp.MustCompile(`\(\.\.(/internal/e2e/[^)]*/example_[^)]*)\)`)
	shownCode   = regexp.MustCompile("`([^`]*)`")
)

// TestLinesOfThePage holds what the documentation says to write for a client to the example that it links there, which
// the tests run. Whole blocks of code are internal/arch's to hold to the code of the repository.
func TestLinesOfThePage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var linked []string
	for line := range strings.Lines(string(text)) {
		for _, link := range exampleLink.FindAllStringSubmatch(line, -1) {
			example := root + link[1]
			linked = append(linked, example)
			if isRow := strings.HasPrefix(line, "|"); isRow {
				expectCode(t, line, example)
			}
		}
	}
	examples, err := filepath.Glob(root + "/internal/e2e/*/example_*_test.go")
	if err != nil || len(examples) == 0 {
		t.Fatalf("found %d examples: %v", len(examples), err)
	}
	for _, example := range examples {
		if !slices.Contains(linked, example) {
			t.Errorf("%s has no link to %s", page, example)
		}
	}
}

// expectCode fails for the code in a row that does not stand in the example.
func expectCode(t *testing.T, row, example string) {
	t.Helper()
	source, err := os.ReadFile(example)
	if err != nil {
		t.Error(err)
		return
	}
	for _, code := range shownCode.FindAllStringSubmatch(row, -1) {
		if !strings.Contains(string(source), code[1]) {
			t.Errorf("%s says `%s`, which does not stand in %s", page, code[1], example)
		}
	}
}
