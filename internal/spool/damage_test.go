package spool_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

func TestTornTailIsCutAtEveryOffset(t *testing.T) {
	t.Parallel()
	w := write(t, "first", "", "the third record", "fourth")
	for cut := range len(w.file) {
		dir := place(t, w.file[:cut])
		s := open(t, dir, roomy)
		whole := 0
		for whole < len(w.ends) && w.ends[whole] <= int64(cut) {
			whole++
		}
		atBoundary := slices.Contains(w.ends, int64(cut)) || cut == 16 // the file's header
		if got := s.Stats(); got.Torn == 0 != atBoundary || got.Corrupt != 0 || got.Spans != int64(whole) {
			t.Errorf("cut at %d of %d: Stats = %+v, want %d spans", cut, len(w.file), got, whole)
		}
		if whole > 0 && segmentBytes(t, dir) != w.ends[whole-1] {
			t.Errorf("cut at %d: the file has %d bytes after Open, want %d", cut, segmentBytes(t, dir), w.ends[whole-1])
		}
		appendAll(t, s, "behind")
		wantBodies(t, drain(t, s), append(slices.Clone(w.bodies[:whole]), "behind"))
		closeSpool(t, s)
	}
}

// TestTailWithoutItsData is what a machine that lost power can leave: the length is on disk, the data is not.
func TestTailWithoutItsData(t *testing.T) {
	t.Parallel()
	w := write(t, "first", "second", strings.Repeat("third", 100))
	for from := w.ends[1]; from < w.ends[2]; from += 7 {
		file := bytes.Clone(w.file)
		clear(file[from:])
		s := open(t, place(t, file), roomy)
		if got := s.Stats(); got.Torn != 1 || got.Spans != 2 {
			t.Errorf("zeros from %d: Stats = %+v, want a torn tail behind 2 spans", from, got)
		}
		wantBodies(t, drain(t, s), w.bodies[:2])
	}
}

func TestDamagedByteAtEveryOffset(t *testing.T) {
	t.Parallel()
	w := write(t, "first", "", "the third record", "fourth")
	behind := write(t, "in the next segment")
	for offset := range w.file {
		for _, flip := range []byte{1 << (offset % 8), 0xff} {
			file := bytes.Clone(w.file)
			file[offset] ^= flip
			s := open(t, place(t, file, behind.file), roomy)
			s.SetDisk(unsynced)
			got := drain(t, s)
			stats := s.Stats()
			if stats.Spans != 0 || stats.Bytes != 0 {
				t.Errorf("byte %d: Stats when empty = %+v", offset, stats)
			}

			hit := 0 // index of the damaged record
			for w.ends[hit] <= int64(offset) {
				hit++
			}
			intact := slices.Delete(slices.Concat(w.bodies, behind.bodies), hit, hit+1)
			if offset < 16 { // without the file's header nothing can be trusted
				intact = behind.bodies
			}
			inState := slices.Equal(got, slices.Concat(w.bodies, behind.bodies))
			if !inState && !slices.Equal(got, intact) {
				t.Errorf("byte %d ^ %#x: got %q, want all but the damaged %q", offset, flip, got, w.bodies[hit])
			}
			if inState == (stats.Corrupt+stats.Torn == 1) {
				t.Errorf("byte %d ^ %#x: Stats = %+v for %q", offset, flip, stats, got)
			}
		}
	}
}

// TestDamageThatHappensLater damages bytes under an open spool, so that what is on its books must come off them.
func TestDamageThatHappensLater(t *testing.T) {
	t.Parallel()
	for offset := int64(0); ; offset++ {
		dir := t.TempDir()
		s := open(t, dir, roomy)
		s.SetDisk(unsynced)
		bodies := []string{"first", "second", "third"}
		ends := []int64{}
		for _, body := range bodies {
			appendAll(t, s, body)
			ends = append(ends, s.Stats().Bytes)
		}
		if offset == ends[2] {
			return
		}
		damage(t, segments(t, dir)[0], offset)
		got := drain(t, s)
		stats := s.Stats()
		if lost := int64(len(bodies) - len(got)); stats.Spans != 0 || stats.Lost.Own != lost || stats.Corrupt != lost {
			t.Errorf("byte %d: got %q, Stats = %+v: want %d lost", offset, got, stats, lost)
		}
		for i, body := range got {
			if !slices.Contains(bodies, body) || slices.Contains(got[:i], body) {
				t.Errorf("byte %d: got %q", offset, got)
			}
		}
		if len(got) < 2 {
			t.Errorf("byte %d: got %q, want all but the damaged one", offset, got)
		}
		closeSpool(t, s)
	}
}

func TestRecordIsDamagedWhileItIsSent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	appendAll(t, s, "a")
	next(t, s)
	damage(t, segments(t, dir)[0], s.Stats().Bytes-1)
	wantBodies(t, drain(t, s), nil)
	if err := s.Remove(); err != nil {
		t.Errorf("Remove = %v", err)
	}
	appendAll(t, s, "b")
	wantBodies(t, drain(t, s), []string{"b"})
}

func damage(t *testing.T, path string, offset int64) {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file[offset] ^= 0xff
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSegmentIsGone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, 16*100) // a segment each
	bodies := []string{strings.Repeat("a", 60), strings.Repeat("b", 60), strings.Repeat("c", 60)}
	appendAll(t, s, bodies...)
	if got := next(t, s); got != bodies[0] {
		t.Fatalf("Next = %q", got)
	}
	for _, path := range segments(t, dir)[:2] {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	wantBodies(t, drain(t, s), bodies[2:])
	if got := s.Stats(); got.Lost != (spool.Evicted{Own: 2}) || got.Corrupt != 2 || got.Spans != 0 {
		t.Errorf("Stats = %+v, want 2 spans lost", got)
	}
}

// TestABodyIsNoRecord hides a record in a body, and damages the header in front of it.
func TestABodyIsNoRecord(t *testing.T) {
	t.Parallel()
	inner := write(t, "forged")
	outer := write(t, "first", string(inner.file), "last")
	outer.file[outer.ends[0]] ^= 0xff
	wantBodies(t, drain(t, open(t, place(t, outer.file), roomy)), []string{"first", "last"})
}

func TestNextRecordIsFoundBehindALongGap(t *testing.T) {
	t.Parallel()
	for _, length := range []int{64<<10 - 40, 64<<10 - 33, 64<<10 - 32, 64<<10 - 31, 64<<10 - 30, 64<<10 - 29, 64 << 10, 1 << 20} {
		w := write(t, "first", strings.Repeat("\xf5re", length/3)+"\xf5\xf5"[:length%3], "last")
		w.file[w.ends[0]] ^= 0xff
		wantBodies(t, drain(t, open(t, place(t, w.file), roomy)), []string{"first", "last"})
	}
}
