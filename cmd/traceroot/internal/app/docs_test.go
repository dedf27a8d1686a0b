package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/app"
)

// TestTableOfFlags holds the table of docs/server.md against the flags.
func TestTableOfFlags(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "server.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{} // by flag
	for line := range strings.Lines(string(page)) {
		if flag, rest, found := strings.Cut(strings.TrimPrefix(line, "| `--"), "` |"); found && strings.HasPrefix(line, "| `--") {
			rows[flag] = rest
		}
	}
	known := map[string]bool{}
	for _, command := range []string{"dev", "serve"} {
		app.FlagsOf(command).VisitAll(func(flag *pflag.Flag) {
			known[flag.Name] = true
			value := " |"
			if flag.DefValue != "" && flag.DefValue != "false" {
				value = " `" + flag.DefValue + "` |"
			}
			if want := " `" + app.Variable(flag.Name) + "` |" + value; !strings.HasPrefix(rows[flag.Name], want) {
				t.Errorf("--%s has the row %q, want it to begin with %q", flag.Name, rows[flag.Name], want)
			}
		})
	}
	for flag := range rows {
		if !known[flag] {
			t.Errorf("there is no --%s", flag)
		}
	}
	if len(rows) == 0 {
		t.Error("the page has no table")
	}
}
