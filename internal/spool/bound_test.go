package spool_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

// numbered is a batch of so many bytes on disk that begins with its number.
func numbered(i, size int) string {
	const header = 32
	return fmt.Sprintf("%04d", i) + strings.Repeat("x", size-header-4)
}

func TestOldestGoFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const maxBytes, size, records = 64 << 10, 200, 1000
	s := open(t, dir, maxBytes)
	s.SetDisk(unsynced)
	var evicted int64
	for i := range records {
		e, err := s.Append(3, 1, []byte(numbered(i, size)))
		if err != nil || e.Earlier != 0 || e.Own%3 != 0 {
			t.Fatalf("Append %d = %+v, %v", i, e, err)
		}
		evicted += e.Own / 3
		if got := s.Stats(); got.Bytes > maxBytes || got.Spans != 3*(int64(i)+1-evicted) {
			t.Fatalf("Stats after %d records, %d evicted: %+v", i+1, evicted, got)
		}
	}
	if got, want := segmentBytes(t, dir), s.Stats().Bytes; got != want {
		t.Errorf("%d bytes on disk, Stats tell of %d", got, want)
	}
	kept := drain(t, s)
	if int64(len(kept)) != records-evicted || len(kept)*size < maxBytes*7/8 {
		t.Errorf("kept %d records, evicted %d of %d", len(kept), evicted, records)
	}
	for i, body := range kept {
		if want := numbered(int(evicted)+i, size); body != want {
			t.Fatalf("record %d is %.4s, want %.4s", i, body, want)
		}
	}
}

func TestEvictedAreOwnAndEarlier(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, 64<<10)
	for i := range 10 {
		appendAll(t, s, numbered(i, 4<<10))
	}
	closeSpool(t, s)
	s = open(t, dir, 16<<10) // less than what is there
	if got := s.Stats(); got.Earlier != 10 {
		t.Fatalf("Stats = %+v, want all 10 that were left", got)
	}
	for i, want := range []spool.Evicted{{Earlier: 7}, {Earlier: 1}, {Earlier: 1}, {Earlier: 1}, {Own: 1}, {Own: 1}} {
		if got, err := s.Append(1, 1, []byte(numbered(10+i, 4<<10-100))); err != nil || got != want {
			t.Errorf("Append %d = %+v, %v, want %+v", i, got, err, want)
		}
	}
}

func TestTheBatchThatIsBeingSentStays(t *testing.T) {
	t.Parallel()
	for _, size := range []int{100, 900, 5000, 7000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			const maxBytes = 16 << 10
			s := open(t, dir, maxBytes)
			s.SetDisk(unsynced)
			appendAll(t, s, numbered(0, size), numbered(1, size))
			sending := next(t, s)
			evicted := 0
			for i := 2; i < 500; i++ {
				e, err := s.Append(1, 1, []byte(numbered(i, size)))
				if err != nil {
					t.Fatal(err)
				}
				evicted += int(e.Own)
				if got := segmentBytes(t, dir); got > maxBytes {
					t.Fatalf("%d bytes on disk", got)
				}
			}
			if got := next(t, s); got != sending {
				t.Errorf("Next = %.4s, want the same as before", got)
			}
			kept := drain(t, s)
			if kept[0] != sending || len(kept)+evicted != 500 {
				t.Errorf("kept %d from %.4s on, evicted %d of 500", len(kept), kept[0], evicted)
			}
			for i, body := range kept[1:] {
				if want := numbered(1+evicted+i, size); body != want {
					t.Fatalf("record %d is %.4s, want %.4s", i, body, want)
				}
			}
		})
	}
}

// TestNewestGoesBesideTheBatchThatIsBeingSent evicts the segment that records are appended to.
func TestNewestGoesBesideTheBatchThatIsBeingSent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, 16_000)
	appendAll(t, s, numbered(0, 15_200), numbered(1, 300), numbered(2, 300))
	next(t, s)
	if e, err := s.Append(1, 1, []byte(numbered(3, 300))); err != nil || e != (spool.Evicted{Own: 2}) {
		t.Errorf("Append = %+v, %v, want both small batches evicted", e, err)
	}
	appendAll(t, s, numbered(4, 300))
	if got, want := segmentBytes(t, dir), s.Stats().Bytes; got != want {
		t.Errorf("%d bytes on disk, Stats tell of %d", got, want)
	}
	wantBodies(t, drain(t, s), []string{numbered(0, 15_200), numbered(3, 300), numbered(4, 300)})
}

func TestNoRoomBesideTheBatchThatIsBeingSent(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), 1000)
	appendAll(t, s, numbered(0, 600))
	next(t, s)
	for i := range 3 {
		if e, err := s.Append(1, 1, []byte(numbered(1+i, 600))); err == nil || e != (spool.Evicted{}) {
			t.Errorf("Append = %+v, %v, want an error", e, err)
		}
	}
	if err := s.Remove(); err != nil {
		t.Fatal(err)
	}
	appendAll(t, s, numbered(9, 600))
	wantBodies(t, drain(t, s), []string{numbered(9, 600)})
}
