package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func changes(t *testing.T, s store.Reader, after int64, limit int) []store.Change {
	t.Helper()
	got, err := s.Changes(t.Context(), project, after, limit)
	if err != nil {
		t.Fatalf("Changes: %v", err)
	}
	if !slices.IsSortedFunc(got, func(a, b store.Change) int { return int(a.Seq - b.Seq) }) {
		t.Errorf("not in order: %+v", got)
	}
	return got
}

func changed(changes []store.Change) string {
	var b strings.Builder
	for _, c := range changes {
		b.WriteString(strings.TrimLeft(c.TraceID, "0"))
		if c.Deleted {
			b.WriteString("-")
		}
		b.WriteString(" ")
	}
	return b.String()
}

func (s suite) TestChanges(t *testing.T) {
	write(t, s, run(1))
	write(t, s, run(2))
	writeTo(t, s, "other", run(9))
	all := changes(t, s, 0, 10)
	same(t, "changes", changed(all), "1 2 ")
	sum, _ := get(t, s, 2)
	same(t, "seq", sum.Seq, all[1].Seq)
	last := func() int64 {
		t.Helper()
		seq, err := s.Seq(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return seq
	}
	if got := last(); got <= all[1].Seq {
		t.Errorf("Seq is %d, but another project changed after %d", got, all[1].Seq)
	}
	same(t, "limited", changed(changes(t, s, 0, 1)), "1 ")
	same(t, "after", changed(changes(t, s, all[0].Seq, 10)), "2 ")
	same(t, "after all", changed(changes(t, s, all[1].Seq, 10)), "")

	write(t, s, run(1))
	same(t, "only the last of a trace", changed(changes(t, s, 0, 10)), "2 1 ")
	if _, err := s.Delete(t.Context(), project, []string{traceID(2)}); err != nil {
		t.Fatal(err)
	}
	same(t, "deleted", changed(changes(t, s, 0, 10)), "1 2- ")
	same(t, "Seq after a deletion", last(), changes(t, s, 0, 10)[1].Seq)
	write(t, s, run(3))
	same(t, "mixed", changed(changes(t, s, all[1].Seq, 10)), "1 2- 3 ")
	same(t, "mixed, limited", changed(changes(t, s, all[1].Seq, 2)), "1 2- ")
}

func (s suite) TestChanged(t *testing.T) {
	wait := func(c <-chan struct{}) {
		t.Helper()
		select {
		case <-c:
		case <-time.After(10 * time.Second):
			t.Fatal("not told of a change")
		}
	}
	first := s.Changed()
	select {
	case <-first:
		t.Fatal("told of a change that was not")
	default:
	}
	write(t, s, run(1))
	wait(first)
	second := s.Changed()
	if _, err := s.Delete(t.Context(), project, []string{traceID(1)}); err != nil {
		t.Fatal(err)
	}
	wait(second)
}

func (s suite) TestDelete(t *testing.T) {
	zoo(t, s)
	n, err := s.Delete(t.Context(), project, []string{traceID(1), traceID(99), traceID(2), traceID(1)})
	if err != nil || n != 2 {
		t.Fatalf("Delete = %d, %v, want 2", n, err)
	}
	wantList(t, s, store.Query{}, 6, 4, 3)
	wantList(t, s, store.Query{Where: []store.Condition{in(store.FieldUser, "ann", "bob")}}, 3)
	wantList(t, s, store.Query{Where: []store.Condition{keyed(in(store.FieldAttribute, "GET"), "http.method")}})
	wantList(t, s, store.Query{Words: []store.Words{{Text: "question"}}}, 6, 4, 3)
	if _, _, err := s.Trace(t.Context(), project, traceID(1), true); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Trace: %v, want ErrNotFound", err)
	}
	if _, err := s.Span(t.Context(), project, "", spanID(1, 1)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Span: %v, want ErrNotFound", err)
	}
	same(t, "sessions", sessionIDs(sessions(t, s, store.SessionQuery{})), []string{"s1"})
	write(t, s, run(1))
	sum, spans := get(t, s, 1)
	if sum.Spans != 3 || len(spans) != 3 || sum.UserID != "" || sum.Cost != 0 {
		t.Errorf("written anew: %+v", sum)
	}
	t.Run("nothing is nothing", func(t *testing.T) {
		if n, err := s.Delete(t.Context(), project, nil); err != nil || n != 0 {
			t.Errorf("Delete = %d, %v", n, err)
		}
	})
}

func (s suite) TestKeys(t *testing.T) {
	created := at(0)
	keys := []store.Key{
		{ID: "k1", Project: project, Name: "laptop", Scope: store.ScopeIngest, Hint: "tr-1…", Created: created},
		{ID: "k2", Project: "other", Name: "laptop", Scope: store.ScopeAdmin, Hint: "tr-2…", Created: created.Add(time.Second)},
		{ID: "k3", Project: project, Name: "", Scope: store.ScopeRead, Created: created.Add(2 * time.Second)},
	}
	for _, key := range keys {
		if err := s.AddKey(t.Context(), key, store.HashKey(key.ID)); err != nil {
			t.Fatal(err)
		}
	}
	listed := func(project string) []store.Key {
		t.Helper()
		got, err := s.Keys(t.Context(), project)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(got, func(a, b store.Key) int { return strings.Compare(a.ID, b.ID) })
		return got
	}
	same(t, "of all projects", listed(""), keys)
	same(t, "of one", listed(project), []store.Key{keys[0], keys[2]})
	got, err := s.FindKey(t.Context(), store.HashKey("k2"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "found", got, keys[1])
	if _, err := s.FindKey(t.Context(), store.HashKey("k")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("FindKey of an unknown one: %v, want ErrNotFound", err)
	}

	revoked := keys[0]
	revoked.Revoked = created.Add(time.Hour)
	got, err = s.RevokeKey(t.Context(), "k1", revoked.Revoked)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "revoked", got, revoked)
	if _, err := s.FindKey(t.Context(), store.HashKey("k1")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("FindKey of a revoked one: %v, want ErrNotFound", err)
	}
	same(t, "still listed", listed(project), []store.Key{revoked, keys[2]})
	if _, err := s.RevokeKey(t.Context(), "k9", created); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("RevokeKey of an unknown one: %v, want ErrNotFound", err)
	}
}

func (s suite) TestStats(t *testing.T) {
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("Ping: %v", err)
	}
	zoo(t, s)
	stats, err := s.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if stats.Projects != 2 || stats.Traces != 7 || stats.Spans != 21 || !stats.Oldest.Equal(at(1)) {
		t.Errorf("%+v", stats)
	}
}
