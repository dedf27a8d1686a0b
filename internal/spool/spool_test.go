package spool_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

func TestRecordsComeBackInOrder(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), roomy)
	bodies := []string{"first", "", strings.Repeat("x", 3<<20), "last"}
	appendAll(t, s, bodies...)
	if got := s.Stats(); got.Spans != 4 || got.Earlier != 0 || got.Bytes < 3<<20 {
		t.Errorf("Stats = %+v, want 4 spans of our own", got)
	}
	wantBodies(t, drain(t, s), bodies)
	if got := s.Stats(); got != (spool.Stats{}) {
		t.Errorf("Stats of the empty spool = %+v, want zero", got)
	}
}

func TestRecordKeepsWhatItCounts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	if _, err := s.Append(7, 1_234_567_890, []byte("body")); err != nil {
		t.Fatal(err)
	}
	for _, earlier := range []bool{false, true} {
		got, ok, err := s.Next()
		if err != nil || !ok {
			t.Fatalf("Next = %v, %v", ok, err)
		}
		want := spool.Record{Spans: 7, Size: 1_234_567_890, Earlier: earlier, Body: []byte("body")}
		if got.Spans != want.Spans || got.Size != want.Size || got.Earlier != earlier || !bytes.Equal(got.Body, want.Body) {
			t.Errorf("Next = %+v, want %+v", got, want)
		}
		closeSpool(t, s)
		s = open(t, dir, roomy)
		if got := s.Stats(); got.Spans != 7 || got.Earlier != 7 {
			t.Errorf("Stats after opening again = %+v, want 7 earlier spans", got)
		}
	}
}

func TestNextReturnsTheSameUntilItIsRemoved(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), roomy)
	if err := s.Remove(); err != nil {
		t.Errorf("Remove of nothing = %v", err)
	}
	appendAll(t, s, "a", "b")
	if err := s.Remove(); err != nil {
		t.Errorf("Remove before Next = %v", err)
	}
	for range 2 {
		if got := next(t, s); got != "a" {
			t.Errorf("Next = %q, want a", got)
		}
	}
	for range 2 {
		if err := s.Remove(); err != nil {
			t.Errorf("Remove = %v", err)
		}
	}
	wantBodies(t, drain(t, s), []string{"b"})
}

func TestBodyIsTheCallers(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), roomy)
	body := []byte("body")
	if _, err := s.Append(1, 1, body); err != nil {
		t.Fatal(err)
	}
	clear(body)
	r, _, _ := s.Next()
	clear(r.Body)
	if got := next(t, s); got != "body" {
		t.Errorf("Next = %q after its callers wrote to their slices", got)
	}
}

func TestAppendRefusesWhatIsNoBatch(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), 1000)
	appendAll(t, s, "kept")
	if _, err := s.Append(1, 1, make([]byte, 1000)); !errors.Is(err, spool.ErrTooLarge) {
		t.Errorf("Append beyond the bound = %v, want ErrTooLarge", err)
	}
	for _, c := range []struct{ spans, size int }{{0, 1}, {-1, 1}, {1, -1}} {
		if _, err := s.Append(c.spans, c.size, nil); err == nil {
			t.Errorf("Append(%d, %d) succeeded", c.spans, c.size)
		}
	}
	wantBodies(t, drain(t, s), []string{"kept"})
}

func TestClosedSpool(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	appendAll(t, s, "a")
	for range 2 {
		closeSpool(t, s)
	}
	_, appendErr := s.Append(1, 1, nil)
	_, ok, nextErr := s.Next()
	for _, err := range []error{appendErr, nextErr, s.Remove()} {
		if !errors.Is(err, spool.ErrClosed) || ok {
			t.Errorf("a closed spool returned %v, want ErrClosed", err)
		}
	}
	if got := s.Stats().Spans; got != 1 {
		t.Errorf("Stats after Close tell of %d spans, want the one that is left", got)
	}
}

func TestEmptyPlaceIsRemoved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	appendAll(t, s, "a", "b")
	drain(t, s)
	closeSpool(t, s)
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v is left, want nothing", left, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, destination := range []string{"", ".", "..", "a/b", "../a", "/a", "a/"} {
		if s, err := spool.Open(t.TempDir(), destination, roomy); err == nil {
			closeSpool(t, s)
			t.Errorf("Open with destination %q succeeded", destination)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		if s, err := spool.Open(dir, destination, roomy); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("Open(%s) = %v, %v, want an error that names it", dir, s, err)
		}
	}
}

func TestDestinationsAreApart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	appendAll(t, s, "secret of the first")
	closeSpool(t, s)
	other, err := spool.Open(dir, "another", roomy)
	if err != nil {
		t.Fatal(err)
	}
	defer closeSpool(t, other)
	wantBodies(t, drain(t, other), nil)
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("windows has no such modes")
	}
	dir := filepath.Join(t.TempDir(), "made", "with parents")
	s := open(t, dir, roomy)
	appendAll(t, s, "a")
	seg := segments(t, dir)[0]
	slot := filepath.Dir(seg)
	for path, want := range map[string]os.FileMode{
		seg: 0o600, filepath.Join(slot, "lock"): 0o600,
		slot: os.ModeDir | 0o700, filepath.Dir(slot): os.ModeDir | 0o700,
		dir: os.ModeDir | 0o700, filepath.Dir(dir): os.ModeDir | 0o700,
	} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode(), want)
		}
	}
}

func TestStrangeFilesAreLeftAlone(t *testing.T) {
	t.Parallel()
	w := write(t, "a")
	dir := place(t, w.file)
	slot := filepath.Join(dir, destination, "0")
	precious := filepath.Join(t.TempDir(), "precious")
	strange := []string{"notes.txt", "0000000000000002.spool2", "2.spool1", "000000000000000G.spool1", "000000000000000A.spool1"}
	for _, path := range append([]string{precious}, prefixed(slot, strange)...) {
		if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(slot, "0000000000000003.spool1"), 0o700); err != nil {
		t.Fatal(err)
	}
	linked := []string{filepath.Join(slot, "0000000000000004.spool1"), filepath.Join(dir, destination, "1")}
	for i, target := range []string{precious, t.TempDir()} {
		if err := os.Symlink(target, linked[i]); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	s := open(t, dir, roomy)
	if got := s.Stats(); got.Corrupt != 0 || got.Torn != 0 {
		t.Errorf("Stats = %+v, want no damage", got)
	}
	wantBodies(t, drain(t, s), w.bodies)
	closeSpool(t, s)
	for _, path := range append(prefixed(slot, strange), precious, linked[0]) {
		if got, err := os.ReadFile(path); err != nil || string(got) != "precious" {
			t.Errorf("%s is %q, %v after the spool", path, got, err)
		}
	}
	if got, err := os.ReadDir(linked[1]); err != nil || len(got) > 0 {
		t.Errorf("the spool followed a link into %v, %v", got, err)
	}
}

func prefixed(dir string, names []string) (paths []string) {
	for _, name := range names {
		paths = append(paths, filepath.Join(dir, name))
	}
	return paths
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), roomy)
	const writers, each = 4, 25
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if _, err := s.Append(1, 1, fmt.Appendf(nil, "%d %02d", w, i)); err != nil {
					t.Errorf("Append = %v", err)
				}
			}
		})
	}
	var got []string
	for len(got) < writers*each && !t.Failed() {
		got = append(got, drain(t, s)...)
		_ = s.Stats()
	}
	wg.Wait()
	for w := range writers {
		of := slices.DeleteFunc(slices.Clone(got), func(body string) bool { return body[0] != byte('0'+w) })
		if len(of) != each || !slices.IsSorted(of) {
			t.Errorf("writer %d: got %v, want %d in order", w, of, each)
		}
	}
}
