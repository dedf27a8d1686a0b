package spool_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

// What tells the test binary that it is the child, where to spool, and what to do: append, take, or wait.
const (
	childDir  = "SPOOL_TEST_DIR"
	childWork = "SPOOL_TEST_WORK"

	kills = 20

	// boundless lets a child that runs for long before it is killed evict nothing.
	boundless = 1 << 40
)

// runChild spools without end; each line that it prints is the number of a record, said once that is on disk or, with a minus
// sign, off it.
func runChild(dir, work string) {
	s, err := spool.Open(dir, destination, boundless)
	if err != nil {
		panic(err)
	}
	for i := 1; ; i++ {
		if _, err := s.Append(1, i, []byte(bodyOf(i))); err != nil {
			panic(err)
		}
		fmt.Fprintln(os.Stdout, i)
		switch {
		case work == "take" && i%3 != 0:
			r, ok, err := s.Next()
			if err == nil && ok {
				err = s.Remove()
			}
			if err != nil || !ok {
				panic(fmt.Sprint(ok, err))
			}
			fmt.Fprintln(os.Stdout, -r.Size)
		case work == "wait" && i == 3:
			_, _ = io.Copy(io.Discard, os.Stdin)
			_ = s.Close()
			return
		}
	}
}

// bodyOf is some 40 KB that tell their number.
func bodyOf(i int) string {
	line := strconv.Itoa(i) + "\n"
	return strings.Repeat(line, 1+(i*7919)%(80<<10)/len(line))
}

// child is a running [runChild].
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	lines *bufio.Scanner
}

func start(t *testing.T, dir, work string) *child {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), childDir+"="+dir, childWork+"="+work)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &child{cmd, stdin, bufio.NewScanner(stdout)}
}

// number returns the next number that the child says, 0 at the end.
func (c *child) number(t *testing.T) int {
	t.Helper()
	if !c.lines.Scan() {
		return 0
	}
	n, err := strconv.Atoi(c.lines.Text())
	if err != nil {
		t.Fatalf("the child said %q", c.lines.Text())
	}
	return n
}

// kill ends the child, after it has said so many numbers, by SIGKILL, and returns the last record that it said is on disk, and
// the last that it said is off it.
func (c *child) kill(t *testing.T, after int) (last, removed int) {
	t.Helper()
	for said := 1; ; said++ {
		n := c.number(t)
		if n == 0 {
			break
		}
		last, removed = max(last, n), max(removed, -n)
		if said == after {
			if err := c.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := c.cmd.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	return last, removed
}

// numbers checks each body and returns its number.
func numbers(t *testing.T, bodies []string) (numbers []int) {
	t.Helper()
	for _, body := range bodies {
		text, _, _ := strings.Cut(body, "\n")
		n, err := strconv.Atoi(text)
		if err != nil || body != bodyOf(n) {
			t.Fatalf("replayed %.60q, which nobody appended", body)
		}
		numbers = append(numbers, n)
	}
	return numbers
}

// TestKilledWhileSpooling kills one process after the other, each of which adopts what those before have left.
func TestKilledWhileSpooling(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var acknowledged []int // by each child
	for range kills {
		last, _ := start(t, dir, "append").kill(t, 1+rand.IntN(20))
		acknowledged = append(acknowledged, last)
	}
	got := numbers(t, drain(t, open(t, dir, boundless)))
	for round, last := range acknowledged {
		n := 0
		for n < len(got) && got[n] == n+1 {
			n++
		}
		if n != last && n != last+1 { // the one after may have been in flight
			t.Errorf("process %d: %d records are replayed in order, it was told that %d are synced", round, n, last)
		}
		got = got[n:]
	}
	if len(got) > 0 {
		t.Errorf("%d records too many are replayed: %v", len(got), got)
	}
}

func TestKilledWhileReplaying(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range kills {
		last, removed := start(t, dir, "take").kill(t, 1+rand.IntN(30))
		s := open(t, dir, boundless)
		got := numbers(t, drain(t, s))
		closeSpool(t, s)
		// The record after each may have been in flight.
		if !slices.ContainsFunc([][2]int{{1, 0}, {2, 0}, {1, 1}, {2, 1}}, func(d [2]int) bool {
			return slices.Equal(got, consecutive(removed+d[0], last+d[1]))
		}) {
			t.Errorf("%d to %d were synced, %d removed, replayed are %v", 1, last, removed, got)
		}
	}
}

func consecutive(first, last int) (numbers []int) {
	for i := first; i <= last; i++ {
		numbers = append(numbers, i)
	}
	return numbers
}

func TestTwoProcessesInOneFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wait := func() *child {
		c := start(t, dir, "wait")
		for want := 1; want <= 3; want++ {
			if got := c.number(t); got != want {
				t.Fatalf("the child said %d, want %d", got, want)
			}
		}
		return c
	}
	killed, closed := wait(), wait()

	s := open(t, dir, boundless)
	if got := s.Stats(); got != (spool.Stats{}) {
		t.Errorf("beside two processes that live, Stats = %+v, want nothing", got)
	}
	appendAll(t, s, "ours")
	if err := killed.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.cmd.Wait() // says that it was killed
	heir := open(t, dir, boundless)
	wantBodies(t, drain(t, heir), []string{bodyOf(1), bodyOf(2), bodyOf(3)})
	closeSpool(t, heir)

	if err := closed.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if err := closed.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	wantBodies(t, drain(t, s), []string{"ours"})
	closeSpool(t, s)
	s = open(t, dir, boundless)
	if got := s.Stats(); got.Earlier != 3 {
		t.Errorf("Stats = %+v, want what the other process has left", got)
	}
	wantBodies(t, drain(t, s), []string{bodyOf(1), bodyOf(2), bodyOf(3)})
}
