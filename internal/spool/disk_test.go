package spool_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

var errNoSpace = errors.New("no space left on device")

// fullAfter is a disk with so many bytes left.
func fullAfter(left int) spool.Disk {
	return spool.Disk{Write: func(f *os.File, b []byte, offset int64) (int, error) {
		if len(b) <= left {
			left -= len(b)
			return f.WriteAt(b, offset)
		}
		n, err := f.WriteAt(b[:left], offset)
		left = 0
		return n, errors.Join(err, errNoSpace)
	}}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	for _, before := range [][]string{nil, {"first", "second"}} {
		for left := range 60 { // the record that does not fit is longer
			dir := t.TempDir()
			s := open(t, dir, roomy)
			appendAll(t, s, before...)
			was := s.Stats()
			s.SetDisk(fullAfter(left))
			for range 2 {
				if _, err := s.Append(1, 1, make([]byte, 40)); !errors.Is(err, errNoSpace) {
					t.Fatalf("Append with %d bytes left = %v, want that", left, err)
				}
				if got := s.Stats(); got != was || segmentBytes(t, dir) != was.Bytes {
					t.Fatalf("%d bytes left: Stats = %+v, %d bytes on disk, want %+v as before", left, got, segmentBytes(t, dir), was)
				}
			}
			s.SetDisk(unsynced)
			appendAll(t, s, "behind")
			closeSpool(t, s)
			s = open(t, dir, roomy)
			s.SetDisk(unsynced)
			if got := s.Stats(); got.Torn != 0 {
				t.Errorf("%d bytes left: Stats = %+v", left, got)
			}
			wantBodies(t, drain(t, s), append(slices.Clip(before), "behind"))
		}
	}
}

func TestDiskThatCannotEvenTruncate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	appendAll(t, s, "first")
	broken := fullAfter(50)
	broken.Truncate = func(string, int64) error { return errNoSpace }
	s.SetDisk(broken)
	if _, err := s.Append(1, 1, make([]byte, 100)); !errors.Is(err, errNoSpace) {
		t.Fatalf("Append = %v", err)
	}
	s.SetDisk(spool.Disk{})
	appendAll(t, s, "second")
	if got := next(t, s); got != "first" {
		t.Errorf("Next = %q", got)
	}
	closeSpool(t, s)
	s = open(t, dir, roomy)
	if got := s.Stats(); got.Torn != 1 || got.Spans != 2 {
		t.Errorf("Stats = %+v, want a torn tail", got)
	}
	wantBodies(t, drain(t, s), []string{"first", "second"})
}

func TestSyncFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	for range 2 { // as the first record of a segment, and as the second
		s.SetDisk(spool.Disk{Sync: func(*os.File) error { return errNoSpace }})
		if _, err := s.Append(1, 1, []byte("not synced")); !errors.Is(err, errNoSpace) {
			t.Fatalf("Append = %v, want the error of the sync", err)
		}
		s.SetDisk(spool.Disk{})
		appendAll(t, s, "synced")
	}
	closeSpool(t, s)
	wantBodies(t, drain(t, open(t, dir, roomy)), []string{"synced", "synced"})
}

func TestRemoveThatFailsIsNotRepeatedHere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	appendAll(t, s, "first", "second")
	next(t, s)
	s.SetDisk(fullAfter(0))
	if err := s.Remove(); !errors.Is(err, errNoSpace) {
		t.Errorf("Remove = %v", err)
	}
	if got := next(t, s); got != "second" {
		t.Errorf("Next = %q, want the second", got)
	}
	closeSpool(t, s)
	wantBodies(t, drain(t, open(t, dir, roomy)), []string{"first", "second"})
}

func TestEvictedCountAlsoWhenTheWriteFails(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), 1000)
	appendAll(t, s, numbered(0, 600))
	s.SetDisk(fullAfter(0))
	for _, want := range []spool.Evicted{{Own: 1}, {}} {
		if got, err := s.Append(1, 1, []byte(numbered(1, 600))); err == nil || got != want {
			t.Errorf("Append = %+v, %v, want %+v and an error", got, err, want)
		}
	}
	if got := s.Stats(); got.Spans != 0 {
		t.Errorf("Stats = %+v, want nothing left", got)
	}
}

func TestWhatIsAcknowledgedIsSynced(t *testing.T) {
	t.Parallel()
	var unsynced int // bytes
	s := open(t, t.TempDir(), roomy)
	s.SetDisk(spool.Disk{
		Write: func(f *os.File, b []byte, offset int64) (int, error) { unsynced += len(b); return f.WriteAt(b, offset) },
		Sync:  func(f *os.File) error { unsynced = 0; return f.Sync() },
	})
	for range 3 {
		appendAll(t, s, "a", "b")
		if unsynced > 0 {
			t.Errorf("%d bytes were not synced when Append returned", unsynced)
		}
		next(t, s)
		if err := s.Remove(); err != nil || unsynced > 0 {
			t.Errorf("Remove = %v, %d bytes were not synced when it returned", err, unsynced)
		}
	}
}

func TestFolderIsGone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "spool")
	s := open(t, dir, roomy)
	if err := os.RemoveAll(dir); err != nil {
		t.Skipf("a folder in use stays: %v", err)
	}
	for range 2 {
		if _, err := s.Append(1, 1, nil); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("Append = %v, want an error", err)
		}
	}
	if _, ok, err := s.Next(); ok || err != nil {
		t.Errorf("Next = %v, %v", ok, err)
	}
}
