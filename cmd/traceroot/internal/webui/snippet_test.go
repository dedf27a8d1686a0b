package webui_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The snippet of the connect screen is what people copy first. It is compiled in the module of the examples, which has the
// client that it shows, beside a file with what it leaves to its reader.
func TestSnippetCompiles(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("compiles a program with a client of a model's provider")
	}
	examples := filepath.Join(repository(t), "examples")
	snippet := read(t, "src/snippets/sdk.txt")
	folder := t.TempDir()
	overlay := map[string]string{}
	for name, content := range map[string]string{
		"main.go":        "package main\n\n" + snippet,
		"application.go": read(t, "testdata/application.go.txt"),
	} {
		file := filepath.Join(folder, name)
		write(t, file, content)
		overlay[filepath.Join(examples, "connect-snippet", name)] = file
	}
	replaced, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	overlayFile := filepath.Join(folder, "overlay.json")
	write(t, overlayFile, string(replaced))
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlayFile, "-o", os.DevNull, "./connect-snippet")
	build.Dir = examples
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
}

// repository is the folder of go.work.
func repository(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.work")); err == nil {
			return folder
		}
	}
	t.Skip("not in a checkout of the repository")
	return ""
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
