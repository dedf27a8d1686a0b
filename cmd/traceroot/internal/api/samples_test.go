package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// beyond are members that only our own server has.
var beyond = []string{
	"environment", "tags", "streaming", "time_to_first_token_ms", "usage_estimated", "error_chain",
}

// TestSamples asks for what the sample replies show, and holds each reply to its sample: the same members, in lists and
// objects too, with values of the same type, and the same values wherever the stored trace decides them.
func TestSamples(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(shared(), "contract", "rest-samples")
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("the sample replies are not here: %v", err)
	}
	id := "0af7651916cd43dd8448eb211c80319c"
	for file, target := range map[string]string{
		"whoami.json":         "/whoami",
		"traces_list.json":    "/traces",
		"trace_get.json":      "/traces/" + id,
		"trace_get_full.json": "/traces/" + id + "?fields=full",
		"trace_export.json":   "/traces/" + id + "/export",
		"filter_values.json":  "/traces/filter-values/model_name?start_after=2025-10-09",
		"sessions_list.json":  "/sessions",
		"session_get.json":    "/sessions/sess-1",
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(s *service) {
				s.write(sampleTrace(id), runningTrace())
				text, err := os.ReadFile(filepath.Join(folder, file))
				if err != nil {
					s.Fatal(err)
				}
				var sample any
				if err := json.Unmarshal(text, &sample); err != nil {
					s.Fatal(err)
				}
				same := file != "filter_values.json" // whose counts are of other traces
				compareReply(s.T, file, sample, any(s.get(public+target, http.StatusOK)), same)
			})
		})
	}
	t.Run("error.json", func(t *testing.T) {
		t.Parallel()
		onEach(t, func(s *service) {
			compareReply(s.T, "error", any(object{"detail": "Trace not found"}), s.get(public+"/traces/none", http.StatusNotFound), true)
		})
	})
}

// addresses are of the server that answered.
var addresses = []string{"trace_url", "host", "ui_base_url"}

func compareReply(t *testing.T, at string, want, got any, same bool) {
	t.Helper()
	switch want := want.(type) {
	case object:
		got, ok := got.(object)
		if !ok {
			t.Errorf("%s: %v is no object", at, got)
			return
		}
		for _, name := range slices.Sorted(maps.Keys(want)) {
			value, there := got[name]
			if !there {
				t.Errorf("%s: %s is missing", at, name)
				continue
			}
			compareReply(t, at+"."+name, want[name], value, same && !slices.Contains(addresses, name))
		}
		for name := range got {
			if _, known := want[name]; !known && !slices.Contains(beyond, name) {
				t.Errorf("%s: %s is not in the sample", at, name)
			}
		}
	case []any:
		got, ok := got.([]any)
		if !ok || same && len(got) != len(want) {
			t.Errorf("%s: %v, want %v", at, got, want)
			return
		}
		for i := range min(len(got), len(want)) {
			compareReply(t, fmt.Sprintf("%s[%d]", at, i), want[i], got[i], same)
		}
	default:
		if same && want != got || fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) {
			t.Errorf("%s: %v, want %v", at, got, want)
		}
	}
}

// sampleTrace is the trace of the sample replies.
func sampleTrace(id string) store.Batch {
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	span := store.Span{TraceID: id, Status: store.StatusOK}
	agent, tool, call := span, span, span
	agent.SpanID, agent.Name, agent.Kind = "00000000000000a1", "run_agent", store.KindAgent
	agent.Start, agent.End = at(0), at(900)
	agent.Input, agent.Output = new(`{"task": "greet"}`), new(`{"ok": true}`)
	agent.Source = store.Source{File: "internal/agent/agent.go", Line: 42, Function: "Run"}
	agent.Metadata = `{"traceroot.sdk.name": "traceroot-go", "traceroot.sdk.version": "0.1.0", "traceroot.span.path": ["run_agent"], ` +
		`"traceroot.span.ids_path": [], "traceroot.span.starts_path": []}`

	tool.SpanID, tool.ParentSpanID, tool.Name, tool.Kind = "00000000000000b2", agent.SpanID, "plan", store.KindTool
	tool.Start, tool.End = at(100), at(800)
	tool.Status, tool.StatusMessage = store.StatusError, "upstream timeout"
	tool.Metadata = `{"traceroot.span.path": ["run_agent", "plan"], "traceroot.span.ids_path": ["00000000000000a1"], ` +
		`"traceroot.span.starts_path": ["1760000000000000000"]}`

	call.SpanID, call.ParentSpanID, call.Name, call.Kind = "00000000000000c3", tool.SpanID, "call_model", store.KindLLM
	call.Start, call.End = at(200), at(700)
	call.Input, call.Output = new(`[{"role": "user", "content": "hi"}]`), new("hello")
	call.Model, call.Usage = "golden-chat", &store.Usage{Input: 120, Output: 30}
	call.Cost = &store.Cost{Input: 240_000, Output: 300_000, Total: 540_000}
	return store.Batch{
		Traces: []store.Trace{{
			TraceID: id, Name: "run_agent", Start: at(0), HasRoot: true, UserID: "user-1", SessionID: "sess-1",
			GitRepo: "acme/agent", GitRef: "5f1c0ffee5f1c0ffee5f1c0ffee5f1c0ffee5f1c",
			Input: agent.Input, Output: agent.Output, Metadata: `{"plan": "pro"}`,
		}},
		Spans: []store.Span{agent, tool, call},
	}
}

// runningTrace is the other trace in the sample of the list.
func runningTrace() store.Batch {
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	at := start.Add(40*time.Second + 120*time.Millisecond)
	return store.Batch{
		Traces: []store.Trace{{TraceID: id, Name: "still_running", Start: at, HasRoot: true}},
		Spans:  []store.Span{{TraceID: id, SpanID: "00000000000000d4", Name: "still_running", Kind: store.KindSpan, Status: store.StatusOK, Start: at}},
	}
}

// shared is where the reference material is.
func shared() string {
	if folder := os.Getenv("TRACEROOT_SHARED"); folder != "" {
		return folder
	}
	return filepath.Join("..", "..", "..", "..", "..", "shared")
}
