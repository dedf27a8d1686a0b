package vocab_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

var update = flag.Bool("update", false, "rewrite the rows of the recordings")

// TestInterop reads what real instrumentations exported, recorded by internal/e2e/interop, and compares the rows with
// those that were read and found right.
func TestInterop(t *testing.T) {
	t.Parallel()
	recordings, err := filepath.Glob("testdata/interop/*.otlp.json")
	if err != nil || len(recordings) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, recording := range recordings {
		name := strings.TrimSuffix(filepath.Base(recording), ".otlp.json")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := rows(t, vocab.Read(readOTLP(t, recording)))
			file := filepath.Join("testdata/interop", name+".rows.json")
			if *update {
				if err := os.WriteFile(file, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("rows differ (-want +got):\n%s", diff)
			}
		})
	}
}

// row is what the recordings are held to: everything that a reader of the trace sees first.
type row struct {
	Path       string           `json:"path"` // names from the root
	Kind       store.Kind       `json:"kind"`
	Status     string           `json:"status,omitempty"`
	Model      string           `json:"model,omitempty"`
	Tokens     map[string]int64 `json:"tokens,omitempty"`
	Streaming  bool             `json:"streaming,omitempty"`
	FirstToken bool             `json:"first_token,omitempty"` // its time is known
	Tags       []string         `json:"tags,omitempty"`
	Errors     []string         `json:"errors,omitempty"`
	Call       *store.Call      `json:"call,omitempty"`
	In         []any            `json:"in,omitempty"`
	Out        []any            `json:"out,omitempty"`
	Input      any              `json:"input,omitempty"` // left out where it begins as In does or is long
	Output     any              `json:"output,omitempty"`
	Parameters json.RawMessage  `json:"parameters,omitempty"`
	Tools      json.RawMessage  `json:"tools,omitempty"`
	Rest       []string         `json:"rest,omitempty"` // keys of the attributes that are kept as they are
}

func rows(t *testing.T, batch vocab.Batch) []byte {
	t.Helper()
	names, parents := make(map[string]string), make(map[string]string)
	for i := range batch.Spans {
		s := &batch.Spans[i]
		names[s.SpanID], parents[s.SpanID] = s.Name, s.ParentSpanID
	}
	path := func(id string) string {
		whole := names[id]
		for id = parents[id]; id != ""; id = parents[id] {
			whole = names[id] + " > " + whole
		}
		return whole
	}
	// Some senders tell times to the millisecond, so that a parent starts when its child does.
	slices.SortStableFunc(batch.Spans, func(x, y store.Span) int {
		return cmp.Or(x.Start.Compare(y.Start), cmp.Compare(strings.Count(path(x.SpanID), " > "), strings.Count(path(y.SpanID), " > ")))
	})
	var result struct {
		Traces []map[string]any `json:"traces"`
		Spans  []row            `json:"spans"`
	}
	for _, tr := range batch.Traces {
		result.Traces = append(result.Traces, map[string]any{"name": tr.Name, "user": tr.UserID, "session": tr.SessionID, "tags": tr.Tags})
	}
	for i := range batch.Spans {
		s := &batch.Spans[i]
		r := row{
			Path: path(s.SpanID), Kind: s.Kind, Status: s.StatusMessage, Model: s.Model, Tokens: tokens(s.Usage), Streaming: s.Streaming, FirstToken: s.TimeToFirstToken > 0,
			Tags: s.Tags, Errors: messagesOf(s.Errors), Call: s.Call, Input: shown(s.Input), Output: shown(s.Output),
			Parameters: json.RawMessage(s.Payload.Parameters), Tools: json.RawMessage(s.Payload.Tools), Rest: keysOf(t, s.Payload.Attributes),
		}
		if s.Call != nil {
			r.In, r.Out = bodies(t, s.Call.In), bodies(t, s.Call.Out)
		}
		result.Spans = append(result.Spans, r)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(result); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tokens is the counts above zero.
func tokens(usage *store.Usage) map[string]int64 {
	if usage == nil {
		return nil
	}
	counts := usage.Details()
	counts["input"], counts["output"] = usage.Input, usage.Output
	maps.DeleteFunc(counts, func(_ string, n int64) bool { return n == 0 })
	return counts
}

func messagesOf(chain []store.Error) []string {
	var texts []string
	for _, link := range chain {
		texts = append(texts, link.Type+": "+link.Message)
	}
	return texts
}

func shown(text *string) any {
	if text == nil {
		return nil
	}
	if runes := []rune(*text); len(runes) > 120 {
		return string(runes[:120]) + "…"
	}
	return *text
}

func bodies(t *testing.T, messages []store.Message) []any {
	t.Helper()
	var all []any
	for _, m := range messages {
		if !json.Valid([]byte(m.Body)) || m.Hash != store.HashOf(m.Body) {
			t.Errorf("message %s is no JSON, or not what its hash names", m.Body)
		}
		all = append(all, json.RawMessage(m.Body))
	}
	return all
}

func keysOf(t *testing.T, object string) []string {
	t.Helper()
	if object == "" {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object), &members); err != nil {
		t.Fatalf("attributes %s: %v", object, err)
	}
	var keys []string
	for key := range members {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
