package app_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestTypeScript takes in what TraceRoot's TypeScript SDK exported, recorded from the unmodified package.
func TestTypeScript(t *testing.T) {
	t.Parallel()
	recorded, err := os.ReadFile(filepath.Join("..", "vocab", "testdata", "interop", "traceroot-typescript.otlp.json"))
	if err != nil {
		t.Fatal(err)
	}
	var line bytes.Buffer
	if err := json.Compact(&line, recorded); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	file := filepath.Join(folder, "spans.jsonl")
	if err := os.WriteFile(file, line.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := run(t.Context(), "traces", "import", file, "--data", folder); status != 0 {
		t.Fatalf("import: status %d, %s", status, stderr)
	}
	status, stdout, stderr := run(t.Context(), "traces", "list", "--json", "--data", folder)
	var listed []printedTrace
	if err := json.Unmarshal([]byte(stdout), &listed); err != nil || len(listed) != 1 {
		t.Fatalf("list: status %d, %v, %s%s", status, err, stdout, stderr)
	}
	status, stdout, stderr = run(t.Context(), "traces", "get", listed[0].TraceID, "--json", "--data", folder)
	if status != 0 {
		t.Fatalf("get: status %d, %s", status, stderr)
	}
	t.Run("cli-10 spans of the TypeScript SDK", func(t *testing.T) {
		t.Parallel()
		trace := parse(t, stdout)
		if trace.Name != "helper" || trace.UserID != "user-1" || trace.SessionID != "session-1" {
			t.Errorf("trace %q of %q in %q", trace.Name, trace.UserID, trace.SessionID)
		}
		root := trace.named(t, "helper", 1)[0]
		for name, kind := range map[string]string{"get_weather": "TOOL", "OpenAI Chat Completions": "LLM", "ask": "LLM"} {
			s := trace.named(t, name, 1)[0]
			if s.Kind != kind || s.ParentSpanID != root.SpanID || s.Input == nil || s.Output == nil {
				t.Errorf("%s: kind %s below %s, input %v, output %v", name, s.Kind, s.ParentSpanID, s.Input, s.Output)
			}
		}
		if root.Kind != "AGENT" || root.ParentSpanID != "" {
			t.Errorf("the root is of kind %s below %q", root.Kind, root.ParentSpanID)
		}
	})
}
