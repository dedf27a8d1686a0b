package store

import (
	"cmp"
	"slices"
	"time"
)

// Trace is one stored trace, as far as it is known without its spans. Most of it comes from the root span; until that
// one arrives the rest stands in for it. Text is empty where the table has NULL, except in Input and Output.
type Trace struct {
	TraceID string
	Name    string
	Start   time.Time // UTC, to the microsecond
	HasRoot bool      // the root span has arrived

	UserID      string
	SessionID   string
	Environment string
	GitRepo     string
	GitRef      string

	Input    *string
	Output   *string
	Metadata string   // JSON text, usually an object
	Tags     []string // in the senders' order, each once

	IsEvaluation bool // some span is of an evaluation kind
}

// Merge returns what is known of a trace after a later batch. A batch that holds the root decides everything it has a
// value for, and leaves the rest as an earlier root had it: a root is sent again when it ends. A batch without fills gaps
// and never overwrites. Merging the same batch again changes nothing. The result shares memory with both.
func Merge(stored, later Trace) Trace {
	merged, other := stored, later
	if later.HasRoot {
		merged, other = later, stored
	}
	if stored.HasRoot && later.HasRoot { // without its root, a trace has a name that only stands in for the root's
		merged.Name = cmp.Or(later.Name, stored.Name)
		merged.Input = cmp.Or(later.Input, stored.Input)
		merged.Output = cmp.Or(later.Output, stored.Output)
		merged.Metadata = cmp.Or(later.Metadata, stored.Metadata)
	}
	merged.UserID = cmp.Or(merged.UserID, other.UserID)
	merged.SessionID = cmp.Or(merged.SessionID, other.SessionID)
	merged.Environment = cmp.Or(merged.Environment, other.Environment)
	merged.GitRepo = cmp.Or(merged.GitRepo, other.GitRepo)
	merged.GitRef = cmp.Or(merged.GitRef, other.GitRef)
	merged.Tags = union(merged.Tags, other.Tags)
	merged.IsEvaluation = merged.IsEvaluation || other.IsEvaluation
	if !merged.HasRoot && other.Start.Before(merged.Start) {
		merged.Start = other.Start
	}
	return merged
}

// union copies, since both lists may be read by others meanwhile.
func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, tag := range b {
		if !slices.Contains(all, tag) {
			all = append(all, tag)
		}
	}
	return all
}
