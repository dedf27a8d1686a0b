package app_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/app"
)

func TestScreenOfAFile(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for columns, want := range map[string]int{"": 120, "90": 90, "-1": 120, "wide": 120} {
		environment := map[string]string{"COLUMNS": columns, "TERM": "xterm-256color", "CLICOLOR_FORCE": "1"}
		got := app.Screen(file, func(name string) string { return environment[name] })
		if got.Width != want || got.Color {
			t.Errorf("COLUMNS=%q: %d columns, color %v; want %d and none", columns, got.Width, got.Color, want)
		}
	}
}
