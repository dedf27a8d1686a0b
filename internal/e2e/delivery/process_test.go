package delivery_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"
	"testing"
)

// start runs a program against a host.
func start(t *testing.T, program, host string, settings ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.CommandContext(t.Context(), os.Args[0])}
	p.Env = append([]string{
		programVariable + "=" + program, "TRACEROOT_HOST_URL=" + host, "TRACEROOT_LIVE=false",
		"TRACEROOT_GIT_REPO=acme/shop", "TRACEROOT_GIT_REF=v1", "GORACE=atexit_sleep_ms=0",
	}, settings...)
	p.Stderr = &p.stderr
	stdout, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdout = bufio.NewReader(stdout)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

type process struct {
	*exec.Cmd

	stdout *bufio.Reader
	stderr bytes.Buffer
}

// signal waits until the program is ready, and signals it.
func (p *process) signal(t *testing.T, signal os.Signal) {
	t.Helper()
	if line, err := p.stdout.ReadString('\n'); line != "ready\n" {
		t.Fatalf("program said %q, error %v, and %s", line, err, p.stderr.Bytes())
	}
	if err := p.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
}

// end waits for the program's end, and returns what it printed.
func (p *process) end() string {
	printed, _ := io.ReadAll(p.stdout) // until it ends
	_ = p.Wait()                       // its status is what the tests look at
	return string(printed)
}

// What stands in the page's table of ends.
func TestEndOfAProgram(t *testing.T) {
	t.Parallel()
	work := []string{"first", "second"}
	for _, test := range []struct {
		program string
		signal  os.Signal
		arrived []string
		status  int // -1 is that of a signal
	}{
		{program: "return", arrived: work},
		{program: "log.Fatal", status: 1},
		{program: "log.Fatal outside of run", arrived: work, status: 1},
		{program: "log.Fatal after Flush", arrived: work, status: 1},
		{program: "os.Exit", status: 3},
		{program: "panic in main", arrived: []string{"first", "last: bad luck", "second"}, status: 2},
		{program: "panic in a goroutine", status: 2},
		{program: "signal, handled", signal: syscall.SIGTERM, arrived: work},
		{program: "signal, not handled", signal: syscall.SIGTERM, status: -1},
		{program: "signal, not handled", signal: syscall.SIGKILL, status: -1},
		{program: "signal, after a batch", signal: syscall.SIGKILL, arrived: slices.Repeat([]string{"batch"}, 10), status: -1},
	} {
		name := test.program
		if test.signal != nil {
			name += ", " + test.signal.String()
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.signal != nil && runtime.GOOS == "windows" {
				t.Skip("Windows has no signals")
			}
			server := newReceiver(t)
			p := start(t, test.program, server.URL)
			if test.signal != nil {
				p.signal(t, test.signal)
			}
			p.end()
			if got := server.spans(); !slices.Equal(got, test.arrived) {
				t.Errorf("%v arrived, want %v", got, test.arrived)
			}
			if got := p.ProcessState.ExitCode(); got != test.status {
				t.Errorf("it ended with status %d, want %d: %s", got, test.status, p.stderr.Bytes())
			}
		})
	}
}

func TestShutdownWithoutAServer(t *testing.T) {
	t.Parallel()
	t.Run("tells how many spans are lost", func(t *testing.T) {
		t.Parallel()
		server := newReceiver(t)
		server.down.Store(true)
		p := start(t, "Shutdown without a server", server.URL)
		if got := p.end(); got != "2 spans lost\n" {
			t.Errorf("it printed %q: %s", got, p.stderr.Bytes())
		}
	})
	t.Run("leaves them to the next process, with a spool", func(t *testing.T) {
		t.Parallel()
		server := newReceiver(t)
		server.down.Store(true)
		spool := "TRACEROOT_SPOOL_DIR=" + t.TempDir()
		p := start(t, "Shutdown without a server", server.URL, spool)
		if got := p.end(); got != "no span lost\n" {
			t.Fatalf("it printed %q: %s", got, p.stderr.Bytes())
		}
		server.down.Store(false)
		start(t, "empties the spool", server.URL, spool).end()
		if got := server.spans(); !slices.Equal(got, []string{"first", "second"}) {
			t.Errorf("%v arrived", got)
		}
	})
}

func TestSpoolOutlivesSIGKILL(t *testing.T) {
	t.Parallel()
	server := newReceiver(t)
	server.down.Store(true)
	spool := "TRACEROOT_SPOOL_DIR=" + t.TempDir()
	p := start(t, "fills the spool", server.URL, spool)
	var onDisk int
	if _, err := fmt.Fscanln(p.stdout, &onDisk); err != nil {
		t.Fatalf("%v: %s", err, p.stderr.Bytes())
	}
	p.signal(t, os.Kill)
	p.end()

	server.down.Store(false)
	start(t, "empties the spool", server.URL, spool).end()
	// It may have put more on disk after it said so.
	if got := server.spans(); len(got) < onDisk || onDisk < 10 {
		t.Errorf("%d spans arrived, %d were on disk", len(got), onDisk)
	}
}
