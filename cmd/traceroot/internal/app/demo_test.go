package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/demo"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
)

// printedTrace is what these tests read of demo --json.
type printedTrace struct {
	TraceID   string   `json:"trace_id"`
	Name      string   `json:"name"`
	UserID    string   `json:"user_id"`
	SessionID string   `json:"session_id"`
	Output    string   `json:"output"`
	Tags      []string `json:"tags"`
	Spans     []printedSpan
}

type printedSpan struct {
	SpanID       string           `json:"span_id"`
	TraceID      string           `json:"trace_id"`
	ParentSpanID string           `json:"parent_span_id"`
	Name         string           `json:"name"`
	Kind         string           `json:"span_kind"`
	Start        string           `json:"span_start_time"`
	End          string           `json:"span_end_time"`
	Status       string           `json:"status"`
	Message      *string          `json:"status_message"`
	Model        *string          `json:"model_name"`
	InputTokens  *int64           `json:"input_tokens"`
	OutputTokens *int64           `json:"output_tokens"`
	TotalTokens  *int64           `json:"total_tokens"`
	Usage        map[string]int64 `json:"usage_details"`
	File         string           `json:"git_source_file"`
	Line         int              `json:"git_source_line"`
	Function     string           `json:"git_source_function"`
	Input        *string          `json:"input"`
	Output       *string          `json:"output"`
	FirstTokenMS float64          `json:"time_to_first_token_ms"`
	Errors       []struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	} `json:"error_chain"`
}

func parse(t *testing.T, printed string) printedTrace {
	t.Helper()
	var trace printedTrace
	if err := json.Unmarshal([]byte(printed), &trace); err != nil {
		t.Fatalf("%v in\n%s", err, printed)
	}
	return trace
}

// named is the spans of a name, in order of their start.
func (tr printedTrace) named(t *testing.T, name string, want int) []printedSpan {
	t.Helper()
	found := slices.DeleteFunc(slices.Clone(tr.Spans), func(s printedSpan) bool { return s.Name != name })
	if len(found) != want {
		t.Fatalf("%d spans are called %q, want %d", len(found), name, want)
	}
	return found
}

func TestDemoJSON(t *testing.T) {
	t.Parallel()
	status, stdout, stderr := run(t.Context(), "demo", "--json", "--data", t.TempDir())
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, stderr %q; want 0 and nothing", status, stderr)
	}
	trace := parse(t, stdout)
	agent := trace.named(t, "support-agent", 1)[0]
	models := trace.named(t, "chat claude-sonnet-4-5", 4)
	labels := trace.named(t, "create_return_label", 2)
	requests := trace.named(t, "POST /v1/labels", 3)

	t.Run("one trace", func(t *testing.T) {
		if trace.Name != "support-agent" || trace.UserID != "user-4821" || trace.SessionID != "sess_2291" || len(trace.Tags) == 0 {
			t.Errorf("trace %q of %q in %q, tags %q", trace.Name, trace.UserID, trace.SessionID, trace.Tags)
		}
		for _, s := range trace.Spans {
			if s.TraceID != trace.TraceID {
				t.Errorf("%s is in trace %s, want %s", s.Name, s.TraceID, trace.TraceID)
			}
		}
	})
	t.Run("parents", func(t *testing.T) {
		if agent.ParentSpanID != "" || agent.Kind != "AGENT" || agent.Status != "ERROR" {
			t.Errorf("root %s %s has the parent %q, want an agent that failed", agent.Kind, agent.Status, agent.ParentSpanID)
		}
		for _, s := range append(models, labels...) {
			if s.ParentSpanID != agent.SpanID {
				t.Errorf("parent of %s is %s, want the agent's %s", s.Name, s.ParentSpanID, agent.SpanID)
			}
		}
		for _, s := range requests {
			if s.ParentSpanID != labels[0].SpanID && s.ParentSpanID != labels[1].SpanID {
				t.Errorf("parent of %s is %s, want a tool's", s.Name, s.ParentSpanID)
			}
		}
	})
	t.Run("model calls", func(t *testing.T) {
		for _, s := range models {
			if s.Kind != "LLM" || s.Model == nil || *s.Model != "claude-sonnet-4-5" || s.Input == nil || s.Output == nil {
				t.Fatalf("%s: kind %s, model %v, input %v, output %v", s.Name, s.Kind, s.Model, s.Input, s.Output)
			}
			if s.InputTokens == nil || *s.InputTokens <= 0 || *s.TotalTokens != *s.InputTokens+*s.OutputTokens {
				t.Errorf("tokens: %v in, %v out, %v in all", s.InputTokens, s.OutputTokens, s.TotalTokens)
			}
			if s.FirstTokenMS <= 0 {
				t.Error("no time to first token")
			}
		}
		if models[3].Usage["cache_read_tokens"] == 0 {
			t.Errorf("usage of the fourth call: %v, want cached tokens", models[3].Usage)
		}
	})
	t.Run("tools", func(t *testing.T) {
		first, second := labels[0], labels[1]
		if first.Status != "ERROR" || second.Status != "ERROR" || first.Input == nil || *first.Input != *second.Input || len(first.Errors) == 0 {
			t.Errorf("labels: %s and %s; want the same call failed twice, with the chain of its error", first.Status, second.Status)
		}
		if !strings.Contains(*first.Input, "972O1") {
			t.Errorf("arguments %s, want a postal code with a letter O", *first.Input)
		}
	})
	t.Run("lines of code", func(t *testing.T) {
		for _, s := range trace.Spans {
			if line := sourceLine(t, s.File, s.Line); line == "" {
				t.Errorf("%s: no line %s:%d", s.Name, s.File, s.Line)
			}
		}
	})
}

// sourceLine reads a line of a file of the repository.
func sourceLine(t *testing.T, file string, line int) string {
	t.Helper()
	if file == "" || filepath.IsAbs(file) {
		t.Fatalf("source file %q, want a path relative to the repository", file)
	}
	text, err := os.Open(filepath.Join("..", "..", "..", "..", filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	lines := bufio.NewScanner(text)
	for range line {
		if !lines.Scan() {
			return ""
		}
	}
	return lines.Text()
}

func TestDemoTree(t *testing.T) {
	t.Parallel()
	status, stdout, stderr := run(t.Context(), "demo", "--data", t.TempDir())
	if status != 0 || !strings.Contains(stderr, "--live") {
		t.Fatalf("status %d, stderr %q; want 0 and what to do next", status, stderr)
	}
	for _, part := range []string{
		"⬡ support-agent", "★ chat claude-sonnet-4-5", "┅", "━", "first ", " cached", "→ get_order(60418)",
		"■ create_return_label", "● POST /v1/labels", "✕", "972O1", "support.go:", "⬡ handover-writer",
	} {
		if !strings.Contains(stdout, part) {
			t.Errorf("%q is missing", part)
		}
	}
	if strings.Contains(stdout, "\x1b") {
		t.Error("colours in what is no terminal")
	}
	if t.Failed() {
		t.Log(stdout)
	}
}

// TestDemoElsewhere stands in for the servers of others: a scripted model for OpenAI, a second receiver for the host.
func TestDemoElsewhere(t *testing.T) {
	model, err := demo.StartModel(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := model.Shutdown(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	host := startServer(t, server.Config{})
	t.Setenv("OPENAI_BASE_URL", model.URL)
	t.Setenv("OPENAI_API_KEY", "sk-test")
	t.Setenv("TRACEROOT_HOST_URL", host.URL())

	status, stdout, stderr := run(t.Context(), "demo", "--live", "--to-host", "--json", "--data", t.TempDir())
	if status != 0 {
		t.Fatalf("status %d, stderr %q", status, stderr)
	}
	trace := parse(t, stdout)
	sent := parse(t, get(t, host.URL()+"/api/v1/public/traces/"+trace.TraceID))
	if sent.TraceID != trace.TraceID || len(sent.Spans) != len(trace.Spans) {
		t.Errorf("the host has %+v, want the trace that was printed", sent)
	}
	if want := host.URL() + "/t/" + trace.TraceID; !strings.Contains(stderr, want) {
		t.Errorf("stderr %q, want the address %s", stderr, want)
	}
}

func TestDemoWithoutWhatItNeeds(t *testing.T) {
	for _, name := range []string{"OPENAI_API_KEY", "TRACEROOT_API_KEY", "TRACEROOT_HOST_URL"} {
		t.Setenv(name, "")
	}
	for flag, want := range map[string]string{"--live": "OPENAI_API_KEY", "--to-host": "TRACEROOT_API_KEY"} {
		status, stdout, stderr := run(t.Context(), "demo", flag, "--data", t.TempDir())
		if status != 1 || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("demo %s: status %d, stdout %q, stderr %q; want 1 and the name of the variable", flag, status, stdout, stderr)
		}
	}
}

func TestDemoInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(500*time.Millisecond, cancel)
	begin := time.Now()
	status, stdout, stderr := run(ctx, "demo", "--data", t.TempDir())
	if status != 1 || stdout != "" || stderr != "traceroot: interrupted\n" {
		t.Errorf("status %d, stdout %q, stderr %q; want 1 and one line", status, stdout, stderr)
	}
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("took %v after the interrupt", took)
	}
}

// TestDemoStays shows that what the demo stored is there for a server that is started later on the same folder.
func TestDemoStays(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	status, stdout, stderr := run(t.Context(), "demo", "--exit", "--data", data)
	if status != 0 {
		t.Fatalf("status %d, stderr %q", status, stderr)
	}
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	_, id, found := strings.Cut(lines[len(lines)-1], "/projects/dev/traces?traceId=")
	if !found {
		t.Fatalf("the last line is %q, want the trace's address", lines[len(lines)-1])
	}
	again := startServer(t, server.Config{Data: data})
	if kept := parse(t, get(t, again.URL()+"/api/v1/public/traces/"+id)); kept.Name != "support-agent" || len(kept.Spans) != 19 {
		t.Errorf("after a restart there is %q with %d spans", kept.Name, len(kept.Spans))
	}
}
