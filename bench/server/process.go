package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// process is a server that runs beside us. Its owner ends it with stop or kill.
type process struct {
	cmd  *exec.Cmd
	log  string        // file with what it wrote to stderr
	done chan struct{} // closed when it has ended
	err  error         // of its end; to be read after done
}

// startProcess runs a command, and returns the first line that it prints if it is to print one.
func startProcess(log string, awaitLine bool, name string, arguments ...string) (*process, string, error) {
	stderr, err := os.Create(log) //nolint:gosec // in a folder of our own
	if err != nil {
		return nil, "", fmt.Errorf("start %s: %w", filepath.Base(name), err)
	}
	defer stderr.Close()
	cmd := exec.Command(name, arguments...) //nolint:gosec,noctx // what we built ourselves, ended by stop or kill
	cmd.Stderr = stderr
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Dir(log), "TMPDIR=" + os.TempDir()}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", fmt.Errorf("start %s: %w", filepath.Base(name), err)
	}
	if err := cmd.Start(); err != nil {
		return nil, "", fmt.Errorf("start %s: %w", filepath.Base(name), err)
	}
	p := &process{cmd: cmd, log: log, done: make(chan struct{})}
	lines := bufio.NewReader(stdout)
	first := ""
	if awaitLine {
		first, _ = lines.ReadString('\n') // what ended too early is told below
	}
	go func() { // ends with the process
		_, _ = io.Copy(io.Discard, lines)
		p.err = cmd.Wait()
		close(p.done)
	}()
	if awaitLine && first == "" {
		<-p.done
		return nil, "", p.ended()
	}
	return p, strings.TrimSpace(first), nil
}

// ended is the error of a process that was not told to end.
func (p *process) ended() error {
	const shown = 2000
	said, _ := os.ReadFile(p.log)
	said = said[max(len(said)-shown, 0):]
	return fmt.Errorf("%s ended (%w): %s", filepath.Base(p.cmd.Path), errors.Join(errors.New("unexpectedly"), p.err), said)
}

// stopTime is how long a server may take to end.
const stopTime = 2 * time.Minute

// stop asks it to end, and waits until it has.
func (p *process) stop(ctx context.Context) error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop %s: %w", filepath.Base(p.cmd.Path), err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, stopTime, errors.New("it did not end when it was asked to"))
	defer cancel()
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		p.kill()
		return fmt.Errorf("stop %s: %w", filepath.Base(p.cmd.Path), context.Cause(ctx))
	}
}

// kill ends it as a power cut would, but for what the system still writes.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.done
}

// usage is what a process has cost since its start.
type usage struct {
	cpu   time.Duration
	rss   int64 // bytes in memory now
	peak  int64 // and at most
	reads int64 // bytes read by system calls, from the page cache too
}

func (p *process) usage() (usage, error) { return usageOf(p.cmd.Process.Pid) }

// settle waits until it rests, for a minute at most: what it put off belongs to the costs.
func (p *process) settle(ctx context.Context) (usage, error) {
	const (
		interval = time.Second
		resting  = 30 * time.Millisecond
		limit    = 60
	)
	before, err := p.usage()
	for i := 0; err == nil && i < limit; i++ {
		if err := wait(ctx, interval); err != nil {
			return usage{}, err
		}
		var after usage
		after, err = p.usage()
		if err == nil && after.cpu-before.cpu < resting {
			return after, nil
		}
		before = after
	}
	return before, err
}

// wait waits that long, or until ctx is done, which is an error.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
