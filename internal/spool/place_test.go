package spool_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

func TestTwoSpoolsInOneFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := open(t, dir, roomy), open(t, dir, roomy)
	appendAll(t, a, "a1", "a2")
	appendAll(t, b, "b1")
	wantBodies(t, drain(t, b), []string{"b1"})
	wantBodies(t, drain(t, a), []string{"a1", "a2"})
}

func TestDeadPlacesAreAdoptedInOrderOfTheirAge(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b, c := open(t, dir, roomy), open(t, dir, roomy), open(t, dir, roomy)
	alive := open(t, dir, roomy)
	appendAll(t, c, "c1")
	appendAll(t, a, "a1")
	appendAll(t, alive, "alive")
	appendAll(t, b, "b1")
	appendAll(t, c, "c2") // in the segment of c1
	closeSpool(t, a)
	closeSpool(t, b)
	closeSpool(t, c)

	heir := open(t, dir, roomy)
	if got := heir.Stats(); got.Spans != 4 || got.Earlier != 4 {
		t.Errorf("Stats = %+v, want 4 earlier spans", got)
	}
	appendAll(t, heir, "own")
	if got := heir.Stats(); got.Spans != 5 || got.Earlier != 4 {
		t.Errorf("Stats = %+v, want 4 earlier spans of 5", got)
	}
	wantBodies(t, drain(t, heir), []string{"c1", "c2", "a1", "b1", "own"})
	wantBodies(t, drain(t, alive), []string{"alive"})
}

// TestSegmentsOfOneAge adopts files whose names collide.
func TestSegmentsOfOneAge(t *testing.T) {
	t.Parallel()
	a, b := write(t, "a"), write(t, "b")
	dir := place(t, a.file)
	for n := 1; n < 4; n++ {
		slot := filepath.Join(dir, destination, fmt.Sprint(n))
		if err := os.Mkdir(slot, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(slot, "0000000000000001.spool1"), b.file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	wantBodies(t, drain(t, open(t, dir, roomy)), []string{"a", "b", "b", "b"})
}

func TestWhatAnHeirLeavesIsAdoptedAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var want []string
	for i := range 20 {
		s := open(t, dir, roomy)
		if i%3 == 1 { // takes one off
			if got := next(t, s); got != want[0] {
				t.Fatalf("Next = %q, want %q", got, want[0])
			}
			if err := s.Remove(); err != nil {
				t.Fatal(err)
			}
			want = want[1:]
		}
		body := fmt.Sprint(i)
		appendAll(t, s, body, body+"'")
		want = append(want, body, body+"'")
		closeSpool(t, s)
	}
	wantBodies(t, drain(t, open(t, dir, roomy)), want)
}

func TestTheClockIsSetBack(t *testing.T) {
	t.Parallel()
	w := write(t, "from the future")
	dir := place(t)
	path := filepath.Join(dir, destination, "0", "7fffffffffffffff.spool1")
	if err := os.WriteFile(path, w.file, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{"b", "c"} {
		s := open(t, dir, roomy)
		appendAll(t, s, body)
		closeSpool(t, s)
	}
	got := drain(t, open(t, dir, roomy))
	wantBodies(t, got, []string{"from the future", "b", "c"})
}

func TestPlaceThatIsNone(t *testing.T) {
	t.Parallel()
	dir, elsewhere := t.TempDir(), t.TempDir()
	home := filepath.Join(dir, destination)
	if err := os.MkdirAll(filepath.Join(home, "1"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"0": elsewhere, "1/lock": filepath.Join(elsewhere, "lock")} {
		if err := os.Symlink(target, filepath.Join(home, name)); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	if err := os.WriteFile(filepath.Join(home, "2"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, roomy)
	appendAll(t, s, "a")
	if got, want := filepath.Dir(segments(t, dir)[0]), filepath.Join(home, "3"); got != want {
		t.Errorf("the place is %s, want %s", got, want)
	}
	if left, err := os.ReadDir(elsewhere); err != nil || len(left) > 0 {
		t.Errorf("the spool followed a link: %v, %v", left, err)
	}
}

func TestLockHasOneOwner(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	var owners atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 2000 {
				remove, ok := spool.TryLock(path)
				if !ok {
					continue
				}
				if n := owners.Add(1); n != 1 {
					t.Errorf("%d own the lock", n)
				}
				runtime.Gosched()
				owners.Add(-1)
				remove()
			}
		})
	}
	wg.Wait()
}

// TestManyComeAndGo opens and closes places so fast that they are removed under the hands of the next.
func TestManyComeAndGo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const processes, each = 8, 30
	var mu sync.Mutex
	var got, want []string
	work := func(body string) error {
		s, err := spool.Open(dir, destination, roomy)
		if err != nil {
			return err
		}
		s.SetDisk(unsynced)
		if _, err := s.Append(1, 1, []byte(body)); err != nil {
			return err
		}
		for range 2 {
			r, ok, err := s.Next()
			if err != nil {
				return err
			}
			if ok {
				mu.Lock()
				got = append(got, string(r.Body))
				mu.Unlock()
			}
			if err := s.Remove(); err != nil {
				return err
			}
		}
		return s.Close()
	}
	var wg sync.WaitGroup
	for p := range processes {
		for i := range each {
			want = append(want, fmt.Sprint(p, i))
		}
		wg.Go(func() {
			for i := range each {
				if err := work(fmt.Sprint(p, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	got = append(got, drain(t, open(t, dir, roomy))...)
	slices.Sort(got)
	slices.Sort(want)
	wantBodies(t, got, want)
}

func TestManyPlaces(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var want []string
	for round := range 3 {
		spools := make([]interface{ Close() error }, 0, 10)
		for i := range 10 {
			s := open(t, dir, roomy)
			body := fmt.Sprint(round, i)
			appendAll(t, s, body)
			want = append(want, body)
			spools = append(spools, s)
		}
		for _, s := range slices.Backward(spools) {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	wantBodies(t, drain(t, open(t, dir, roomy)), want)
}
