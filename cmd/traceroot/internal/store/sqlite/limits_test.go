package sqlite_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/storetest/memory"
)

func TestFullDisk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "traceroot.db")
	s, want := open(t, sqlite.Options{Path: path}), memory.New()
	c := conversations(1, 20)
	acked := c.next()
	write(t, s, acked)
	write(t, want, acked)
	pages, err := s.Pages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.LimitPages(t.Context(), pages+2); err != nil {
		t.Fatal(err)
	}
	var refused []store.Batch
	for len(refused) < 3 {
		batch := c.next()
		err := s.Write(t.Context(), project, batch)
		switch {
		case errors.Is(err, store.ErrFull):
			refused = append(refused, batch)
		case err != nil:
			t.Fatalf("a write to a full disk: %v", err)
		default:
			write(t, want, batch)
			acked = batch
		}
	}
	same(t, s, want, acked.Traces[0].TraceID)
	if err := s.LimitPages(t.Context(), 1<<30); err != nil {
		t.Fatal(err)
	}
	for _, batch := range refused {
		if _, _, err := s.Trace(t.Context(), project, batch.Traces[0].TraceID, false); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a refused trace is there: %v", err)
		}
		write(t, s, batch)
		write(t, want, batch)
		same(t, s, want, batch.Traces[0].TraceID)
	}
	metrics(t, s, want)
	checkFile(t, path)
}

func TestRetentionByAge(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Options{RetainAge: time.Hour})
	c := conversations(1, 3)
	var batches []store.Batch
	for range 50 {
		batches = append(batches, c.next()) // one a second
		write(t, s, batches[len(batches)-1])
	}
	now := batches[30].Traces[0].Start.Add(time.Hour)
	if err := s.RetainNow(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	stats, err := s.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if stats.Traces != 20 || !stats.Oldest.Equal(batches[30].Traces[0].Start) {
		t.Errorf("%d traces are left, the oldest of %v", stats.Traces, stats.Oldest)
	}
}

func TestRetentionByBytes(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	path := filepath.Join(t.TempDir(), "traceroot.db")
	s := open(t, sqlite.Options{Path: path, RetainBytes: limit})
	c := conversations(1, 10)
	var last store.Batch
	for range 200 {
		last = c.next()
		write(t, s, last)
	}
	before, err := s.Pages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RetainNow(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, path, "PRAGMA freelist_count"); n != 0 {
		t.Errorf("%d pages are free and not given back", n)
	}
	after := count(t, path, "PRAGMA page_count")
	if size := after * count(t, path, "PRAGMA page_size"); size > limit || after > before || size < limit/2 {
		t.Errorf("the file has %d pages of %d, %d bytes", after, before, size)
	}
	if _, _, err := s.Trace(t.Context(), project, last.Traces[0].TraceID, false); err != nil {
		t.Errorf("the latest trace: %v", err)
	}
	checkFile(t, path)
}
