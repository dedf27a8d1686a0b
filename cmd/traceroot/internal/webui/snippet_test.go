package webui_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The snippets of the connect screen are what people copy first. Each is compiled in a module that has what it imports,
// beside what it leaves to its reader.
func TestSnippetCompiles(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("compiles programs with the client of a model's provider and OpenTelemetry's exporter")
	}
	otel := strings.ReplaceAll(read(t, "src/snippets/otel.txt"), "{http}", "http://localhost:4318")
	const key = `otlptracehttp.WithHeaders(map[string]string{"authorization": "Bearer " + os.Getenv("TRACEROOT_API_KEY")})`
	if !strings.Contains(strings.ReplaceAll(read(t, "src/screens/connect/snippets.tsx"), `\n\t`, ""), key) {
		t.Errorf("the screen adds something else than %s", key)
	}
	for name, program := range map[string]struct {
		module string
		files  map[string]string
	}{
		"of the SDK": {"examples", map[string]string{
			"main.go": "package main\n\n" + read(t, "src/snippets/sdk.txt"), "application.go": read(t, "testdata/application.go.txt"),
		}},
		"of OpenTelemetry": {"bench", map[string]string{
			"main.go": strings.Replace(read(t, "testdata/exporter.go.txt"), "SNIPPET", strings.ReplaceAll(otel, "{auth}", ""), 1),
		}},
		"of OpenTelemetry with a key": {"bench", map[string]string{
			"main.go": strings.Replace(read(t, "testdata/exporter.go.txt"), "SNIPPET", strings.ReplaceAll(otel, "{auth}", ", "+key), 1),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compiles(t, filepath.Join(repository(t), program.module), program.files)
		})
	}
}

// compiles builds a program as if its files lay in the module.
func compiles(t *testing.T, module string, files map[string]string) {
	t.Helper()
	folder := t.TempDir()
	overlay := map[string]string{}
	for name, content := range files {
		file := filepath.Join(folder, name)
		write(t, file, content)
		overlay[filepath.Join(module, "connect-snippet", name)] = file
	}
	replaced, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	overlayFile := filepath.Join(folder, "overlay.json")
	write(t, overlayFile, string(replaced))
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlayFile, "-o", os.DevNull, "./connect-snippet")
	build.Dir = module
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
