package app_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/app"
)

func TestCompletion(t *testing.T) {
	t.Parallel()
	for shell, sign := range map[string]string{"bash": "complete -o default", "zsh": "#compdef traceroot", "fish": "complete -c traceroot"} {
		if status, stdout, stderr := run(t.Context(), "completion", shell); status != 0 || stderr != "" || !strings.Contains(stdout, sign) {
			t.Errorf("%s: status %d, stderr %q, no %q", shell, status, stderr, sign)
		}
	}
	for typed, want := range map[string]string{"traces ": "search", "traces list --se": "--session", "keys create --sc": "--scope"} {
		args := append([]string{"__complete"}, strings.Split(typed, " ")...)
		if _, stdout, _ := run(t.Context(), args...); !strings.Contains(stdout, want) {
			t.Errorf("%q is not completed to %s: %q", typed, want, stdout)
		}
	}
}

// TestDocumentation holds that docs/cli.md has each command, and no other.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "cli.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range app.Commands() {
		if name == "help" {
			continue
		}
		if !strings.Contains(string(page), "traceroot "+name) {
			t.Errorf("docs/cli.md has no example of traceroot %s", name)
		}
	}
	for _, shown := range regexp.MustCompile("(?m)^\\| `traceroot ([a-z]+)").FindAllStringSubmatch(string(page), -1) {
		if cmd, _, err := app.NewRoot().Find([]string{shown[1]}); shown[1] != "completion" && (err != nil || cmd == cmd.Root()) {
			t.Errorf("docs/cli.md shows traceroot %s, which is no command", shown[1])
		}
	}
}
