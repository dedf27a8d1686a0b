package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/storetest/memory"
)

func TestMain(m *testing.M) {
	if err := sqlite.Packers(); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

const project = "acme"

func open(t *testing.T, options sqlite.Options) *sqlite.Store {
	t.Helper()
	if options.Path == "" {
		options.Path = filepath.Join(t.TempDir(), "traceroot.db")
	}
	s, err := sqlite.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func write(t *testing.T, s store.Writer, batch store.Batch) {
	t.Helper()
	if err := s.Write(t.Context(), project, batch); err != nil {
		t.Fatalf("Write: %v", err)
	}
}

func conversations(seed uint64, turns int) *conversation {
	return &conversation{rand: rand.New(rand.NewPCG(seed, 0)), turns: turns, words: 20}
}

// count reads a number from the file beside the store.
func count(t *testing.T, path, query string) int {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var n int
	if err := db.QueryRow(query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// checkFile asks SQLite whether the file is sound.
func checkFile(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var verdict string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity_check says %q, %v", verdict, err)
	}
}

// same holds what two stores answer for a trace against each other.
func same(t *testing.T, got, want store.Reader, traceID string) {
	t.Helper()
	gotSum, gotSpans, err := got.Trace(t.Context(), project, traceID, true)
	if err != nil {
		t.Fatal(err)
	}
	wantSum, wantSpans, err := want.Trace(t.Context(), project, traceID, true)
	if err != nil {
		t.Fatal(err)
	}
	gotSum.Seq, wantSum.Seq = 0, 0
	slices.Sort(gotSum.Models)
	slices.Sort(wantSum.Models)
	if diff := cmp.Diff(wantSum, gotSum); diff != "" {
		t.Errorf("summary of %s (-want +got):\n%s", traceID, diff)
	}
	if diff := cmp.Diff(wantSpans, gotSpans); diff != "" {
		t.Errorf("spans of %s (-want +got):\n%s", traceID, diff)
	}
}

func TestWriteOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "deep", "traceroot.db")
	want := memory.New()
	s, err := sqlite.Open(t.Context(), sqlite.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	c := conversations(1, 5)
	batches := []store.Batch{c.next(), c.next()}
	for _, batch := range batches {
		write(t, s, batch)
		write(t, want, batch)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), project, batches[0]); !errors.Is(err, sqlite.ErrClosed) {
		t.Errorf("a write to a closed store: %v", err)
	}
	again := open(t, sqlite.Options{Path: path})
	for _, batch := range batches {
		same(t, again, want, batch.Traces[0].TraceID)
	}
	more := c.next() // ids go on where they were
	write(t, again, more)
	write(t, want, more)
	same(t, again, want, more.Traces[0].TraceID)
	checkFile(t, path)
}

func TestResendChangesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "traceroot.db")
	s, want := open(t, sqlite.Options{Path: path}), memory.New()
	batch := conversations(1, 5).next()
	write(t, s, batch)
	write(t, want, batch)
	pieces := count(t, path, "SELECT count(*) FROM pieces")
	for range 3 {
		write(t, s, batch)
	}
	same(t, s, want, batch.Traces[0].TraceID)
	if n := count(t, path, "SELECT count(*) FROM pieces"); n != pieces {
		t.Errorf("a resend makes %d pieces of %d", n, pieces)
	}
	metrics(t, s, want)
}

// metrics holds all roll-ups of two stores against each other.
func metrics(t *testing.T, got, want store.Reader) {
	t.Helper()
	for _, by := range []store.Dimension{
		store.ByNothing, store.ByModel, store.ByTool, store.ByAgent, store.ByUser, store.ByEnvironment, store.ByTag,
	} {
		query := store.MetricsQuery{By: by, From: time.Unix(0, 0), To: time.Unix(1<<40, 0)}
		gotHours, err := got.Metrics(t.Context(), project, query)
		if err != nil {
			t.Fatal(err)
		}
		wantHours, err := want.Metrics(t.Context(), project, query)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wantHours, gotHours); diff != "" {
			t.Errorf("metrics by %s (-want +got):\n%s", by, diff)
		}
	}
}

// TestSumsOfRandomBatches writes pieces of traces in any order, some twice and in two versions, to the store and to the
// one that adds up anew whenever it is asked.
func TestSumsOfRandomBatches(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			s, want := open(t, sqlite.Options{}), memory.New()
			c := conversations(seed, 6)
			traces := []store.Batch{c.next(), c.next(), c.next()}
			for range 40 {
				batch := part(c.rand, traces[c.rand.IntN(len(traces))])
				write(t, s, batch)
				write(t, want, batch)
			}
			for _, whole := range traces {
				if _, _, err := want.Trace(t.Context(), project, whole.Traces[0].TraceID, false); err == nil {
					same(t, s, want, whole.Traces[0].TraceID)
				}
			}
			metrics(t, s, want)
			if n, err := s.Delete(t.Context(), project, []string{traces[0].Traces[0].TraceID}); err != nil || n > 1 {
				t.Fatalf("Delete: %d, %v", n, err)
			}
			if _, err := want.Delete(t.Context(), project, []string{traces[0].Traces[0].TraceID}); err != nil {
				t.Fatal(err)
			}
			metrics(t, s, want)
		})
	}
}

// part is some spans of a trace, as they may be sent at some moment of its life.
func part(r *rand.Rand, whole store.Batch) store.Batch {
	row := whole.Traces[0]
	var batch store.Batch
	hasRoot := false
	for _, i := range r.Perm(len(whole.Spans))[:1+r.IntN(4)] {
		span := whole.Spans[i]
		span.Kind = []store.Kind{store.KindAgent, store.KindLLM, store.KindTool}[r.IntN(3)]
		switch r.IntN(4) {
		case 0: // while it runs
			span.End, span.Output, span.Usage, span.Cost, span.TimeToFirstToken = time.Time{}, nil, nil, nil, 0
		case 1:
			span.Status, span.StatusMessage = store.StatusError, "it broke"
		case 2:
			span.Start = span.Start.Add(time.Duration(r.IntN(7200)-3600) * time.Second)
		}
		if i > 0 && span.ParentSpanID != "" && r.IntN(2) == 0 {
			span.ParentSpanID = whole.Spans[r.IntN(i)].SpanID
		}
		hasRoot = hasRoot || span.Root()
		batch.Spans = append(batch.Spans, span)
	}
	if row.HasRoot = hasRoot; !hasRoot {
		row.Input, row.Output, row.Start = nil, nil, batch.Spans[0].Start
	}
	batch.Traces = []store.Trace{row}
	return batch
}

func TestConversationsAreStoredOnce(t *testing.T) {
	t.Parallel()
	texts := func(turns int) int {
		path := filepath.Join(t.TempDir(), "traceroot.db")
		s := open(t, sqlite.Options{Path: path})
		write(t, s, conversations(1, turns).next())
		return count(t, path, "SELECT sum(length(body)) FROM pieces") +
			count(t, path, "SELECT sum(length(texts)) FROM spans") + count(t, path, "SELECT sum(length(body)) FROM sheets")
	}
	ten, forty := texts(10), texts(40)
	if forty > 5*ten {
		t.Errorf("40 turns take %d bytes, 10 take %d: that is not linear", forty, ten)
	}
}

func TestDeleteLeavesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "traceroot.db")
	s, want := open(t, sqlite.Options{Path: path}), memory.New()
	c := conversations(1, 5)
	first, second := c.next(), c.next() // both hold the system prompt, and the first one's question
	second.Spans[0].Call.In = append(second.Spans[0].Call.In, first.Spans[0].Call.In...)
	second.Spans[0].Input = list(second.Spans[0].Call.In)
	write(t, s, first)
	write(t, s, second)
	write(t, want, second)
	if n, err := s.Delete(t.Context(), project, []string{first.Traces[0].TraceID, "ffff"}); err != nil || n != 1 {
		t.Fatalf("Delete = %d, %v", n, err)
	}
	same(t, s, want, second.Traces[0].TraceID)
	if n := count(t, path, "SELECT count(*) FROM pieces WHERE id NOT IN (SELECT rowid FROM piece_words_docsize) AND substr(body, 1, 1) = x'02'"); n != 0 {
		t.Errorf("%d pieces have no words", n)
	}
	if n, err := s.Delete(t.Context(), project, []string{second.Traces[0].TraceID}); err != nil || n != 1 {
		t.Fatalf("Delete = %d, %v", n, err)
	}
	for _, table := range []string{
		"traces", "spans", "sheets", "pieces", "uses", "trace_terms", "terms", "rollups", "piece_words_docsize", "trace_words_docsize", "unindexed",
	} {
		if n := count(t, path, "SELECT count(*) FROM "+table); n != 0 {
			t.Errorf("%d rows of %s are left", n, table)
		}
	}
	write(t, s, first) // what memory knew of its texts is gone, too
	write(t, want, first)
	same(t, s, want, first.Traces[0].TraceID)
	checkFile(t, path)
}

// TestSpansOfASheet sends some of the spans whose literals lie together again, unchanged, changed, and as they run.
func TestSpansOfASheet(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "traceroot.db")
	s, want := open(t, sqlite.Options{Path: path}), memory.New()
	batch := conversations(1, 5).next()
	running := batch
	running.Spans = slices.Clone(batch.Spans[:2])
	running.Spans[0].End, running.Spans[1].End = time.Time{}, time.Time{}
	changed := batch
	changed.Spans = slices.Clone(batch.Spans[1:3])
	changed.Spans[0].Payload.Attributes = `{"colour":"blue"}`
	for _, sent := range []store.Batch{running, batch, batch, changed} {
		write(t, s, sent)
		write(t, want, sent)
		same(t, s, want, batch.Traces[0].TraceID)
	}
	if n := count(t, path, "SELECT count(*) FROM sheets"); n != 1 {
		t.Errorf("%d sheets, want the one of the spans that came first and ended", n)
	}
	for _, span := range changed.Spans {
		got, err := s.Span(t.Context(), project, span.TraceID, span.SpanID)
		if err != nil {
			t.Fatal(err)
		}
		if got.Payload.Attributes != span.Payload.Attributes {
			t.Errorf("attributes are %s, want %s", got.Payload.Attributes, span.Payload.Attributes)
		}
	}
	checkFile(t, path)
}

func TestBackupIsAStore(t *testing.T) {
	t.Parallel()
	s, want := open(t, sqlite.Options{}), memory.New()
	batch := conversations(1, 5).next()
	write(t, s, batch)
	write(t, want, batch)
	var copied bytes.Buffer
	if err := s.Backup(t.Context(), &copied); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(path, copied.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	restored := open(t, sqlite.Options{Path: path})
	same(t, restored, want, batch.Traces[0].TraceID)
	write(t, restored, conversations(2, 5).next())
	checkFile(t, path)
}

func TestWriteOfCancelledContext(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Write(ctx, project, conversations(1, 1).next()); !errors.Is(err, context.Canceled) {
		t.Errorf("Write = %v", err)
	}
}

func TestBadBatchCostsOnlyItself(t *testing.T) {
	t.Parallel()
	s, want := open(t, sqlite.Options{}), memory.New()
	good := conversations(1, 3).next()
	bad := store.Batch{Spans: []store.Span{{TraceID: "aa", SpanID: "bb"}}}
	if err := s.Write(t.Context(), project, bad); err == nil {
		t.Error("a span without a trace was taken")
	}
	write(t, s, good)
	write(t, want, good)
	same(t, s, want, good.Traces[0].TraceID)
}
