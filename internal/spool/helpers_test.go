package spool_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

const (
	destination = "d0c5"
	roomy       = 64 << 20
)

func open(tb testing.TB, dir string, maxBytes int64) *spool.Spool {
	tb.Helper()
	s, err := spool.Open(dir, destination, maxBytes)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { closeSpool(tb, s) })
	return s
}

// unsynced is for tests that are about something else, and many.
var unsynced = spool.Disk{Sync: func(*os.File) error { return nil }}

func closeSpool(tb testing.TB, s *spool.Spool) {
	tb.Helper()
	if err := s.Close(); err != nil {
		tb.Errorf("Close = %v", err)
	}
}

// appendAll appends each body as a batch of one span.
func appendAll(tb testing.TB, s *spool.Spool, bodies ...string) {
	tb.Helper()
	for _, body := range bodies {
		if evicted, err := s.Append(1, len(body), []byte(body)); err != nil || evicted != (spool.Evicted{}) {
			tb.Fatalf("Append(%.20q) = %+v, %v, want nothing evicted", body, evicted, err)
		}
	}
}

// next returns the body of the oldest record, which must exist.
func next(tb testing.TB, s *spool.Spool) string {
	tb.Helper()
	r, ok, err := s.Next()
	if err != nil || !ok {
		tb.Fatalf("Next = %v, %v, want a record", ok, err)
	}
	return string(r.Body)
}

// drain takes all records off, and returns their bodies.
func drain(tb testing.TB, s *spool.Spool) (bodies []string) {
	tb.Helper()
	for {
		r, ok, err := s.Next()
		if err != nil {
			tb.Fatalf("Next after %d records: %v", len(bodies), err)
		}
		if !ok {
			return bodies
		}
		bodies = append(bodies, string(r.Body))
		if err := s.Remove(); err != nil {
			tb.Fatalf("Remove of record %d: %v", len(bodies), err)
		}
	}
}

func wantBodies(tb testing.TB, got, want []string) {
	tb.Helper()
	if !slices.Equal(got, want) {
		tb.Errorf("got %d records %.200q\nwant %d %.200q", len(got), got, len(want), want)
	}
}

// segments returns the paths of all segments below dir, oldest first.
func segments(tb testing.TB, dir string) (paths []string) {
	tb.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && strings.HasSuffix(path, ".spool1") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	slices.SortFunc(paths, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	return paths
}

func segmentBytes(tb testing.TB, dir string) (n int64) {
	tb.Helper()
	for _, path := range segments(tb, dir) {
		info, err := os.Stat(path)
		if err != nil {
			tb.Fatal(err)
		}
		n += info.Size()
	}
	return n
}

// written is one segment as a process left it.
type written struct {
	bodies []string
	ends   []int64 // offset behind each record
	file   []byte
}

// write returns a segment with these bodies.
func write(tb testing.TB, bodies ...string) written {
	tb.Helper()
	dir := tb.TempDir()
	s := open(tb, dir, roomy)
	w := written{bodies: bodies}
	for _, body := range bodies {
		appendAll(tb, s, body)
		w.ends = append(w.ends, s.Stats().Bytes)
	}
	closeSpool(tb, s)
	file, err := os.ReadFile(segments(tb, dir)[0])
	if err != nil {
		tb.Fatal(err)
	}
	w.file = file
	return w
}

// place puts the bytes where a process that died would have left them, and returns the spool's folder.
func place(tb testing.TB, files ...[]byte) (dir string) {
	tb.Helper()
	dir = tb.TempDir()
	slot := filepath.Join(dir, destination, "0")
	if err := os.MkdirAll(slot, 0o700); err != nil {
		tb.Fatal(err)
	}
	for i, file := range files {
		name := "000000000000000" + string(rune('1'+i)) + ".spool1"
		if err := os.WriteFile(filepath.Join(slot, name), bytes.Clone(file), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}
