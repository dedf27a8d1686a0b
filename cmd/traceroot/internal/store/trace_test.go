package store_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	early := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	late := early.Add(time.Second)
	root := store.Trace{
		TraceID: "t", Name: "agent", Start: late, HasRoot: true, UserID: "root-user",
		Input: new("question"), Metadata: `{"plan":"pro"}`, Tags: []string{"a", "b"},
	}
	children := store.Trace{
		TraceID: "t", Name: "step", Start: early, UserID: "child-user", SessionID: "child-session",
		Environment: "dev", GitRepo: "acme/agent", GitRef: "abc", Tags: []string{"b", "c"}, IsEvaluation: true,
	}
	both := root
	both.SessionID, both.Environment, both.GitRepo, both.GitRef = "child-session", "dev", "acme/agent", "abc"
	both.Tags = []string{"a", "b", "c"}
	both.IsEvaluation = true
	ended := root
	ended.Output = new("answer")
	bare := store.Trace{TraceID: "t", Start: late, HasRoot: true}
	emptied, unanswered := bare, ended
	emptied.Output, unanswered.Output = new(""), new("")
	sooner := children
	sooner.Start = early.Add(-time.Second)

	for _, tt := range []struct {
		name                string
		stored, later, want store.Trace
	}{
		{"the root after its children decides", children, root, both},
		{"children after their root fill gaps only", root, children, both},
		{"the same batch again changes nothing", both, root, both},
		{"the root's end adds to its beginning", root, ended, ended},
		{"the root's beginning, sent late, does not undo its end", ended, root, ended},
		{"what the root does not say again stays", ended, bare, ended},
		{"an empty output is one", ended, emptied, unanswered},
		{"a root without a name does not take one that stood in", children, bare, store.Trace{
			TraceID: "t", Start: late, HasRoot: true, UserID: "child-user", SessionID: "child-session",
			Environment: "dev", GitRepo: "acme/agent", GitRef: "abc", Tags: []string{"b", "c"}, IsEvaluation: true,
		}},
		{"without a root the earliest start counts", children, sooner, sooner},
		{"without a root a later start does not", sooner, children, sooner},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := store.Merge(tt.stored, tt.later); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("Merge\n got %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestUsageDetails(t *testing.T) {
	t.Parallel()
	usage := store.Usage{Input: 10, Output: 5, CacheRead: 4, CacheWrite: 3, Reasoning: 2}
	want := map[string]int64{"cache_read_tokens": 4, "cache_write_tokens": 3, "reasoning_tokens": 2}
	if got := usage.Details(); !reflect.DeepEqual(got, want) {
		t.Errorf("Details() = %v, want %v", got, want)
	}
	usage.CacheWrite1h = 1
	if got := usage.Details()["cache_write_1h_tokens"]; got != 1 {
		t.Errorf("with a one-hour part, Details() says %d, want 1", got)
	}
}
