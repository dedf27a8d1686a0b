package main

import (
	"context"
	"os"
	"regexp"
	"runtime"
	"testing"
)

func TestMain(m *testing.M) {
	if isProgram() {
		exitOn(runProgram(context.Background(), os.Stdin, os.Stdout))
		return
	}
	os.Exit(m.Run()) //nolint:forbidigo // this is the test binary's main
}

// slack is how much worse than its limit a figure may be here: machines that run tests are small and busy.
const slack = 1.25

// TestDelivery is the benchmark with a small load. It runs before the tests that are parallel, since it measures CPU time.
func TestDelivery(t *testing.T) {
	switch {
	case testing.Short():
		t.Skip("it takes a minute")
	case runtime.GOOS != "linux":
		t.Skip("what a process costs is read from /proc")
	case underRace:
		t.Skip("the figures are those of the race detector")
	}
	s := &suite{scale: small, parallel: 4 * runtime.NumCPU(), only: regexp.MustCompile(""), oursOnly: true, log: t.Logf}
	f, err := s.run(t.Context())
	t.Log("\n" + f.markdown())
	if err != nil {
		t.Fatal(err)
	}
	for _, trial := range f.trials {
		for _, side := range trial.sides {
			if side == stock {
				continue
			}
			t.Run(trial.name+", "+string(side), func(t *testing.T) {
				m, _ := f.get(trial.name, side)
				if m.missing() != 0 || m.program.Ended == 0 {
					t.Errorf("of %d spans %d did not arrive; last error: %s", m.program.Ended, m.missing(), lastError(m))
				}
				if !m.agrees() {
					t.Errorf("%d of %d spans are stored, and Stats say %+v", m.stored, m.program.Ended, m.program.Counts)
				}
				if large := trial.job.LargeEvery; large == 0 && m.cut > 0 || large > 0 && m.cut != m.program.Ended/large {
					t.Errorf("%d of %d spans have a value that was cut", m.cut, m.program.Ended)
				}
			})
		}
	}
	t.Run("a burst beyond the queue", func(t *testing.T) {
		mine, _ := f.get(burst, ours)
		if !mine.agrees() {
			t.Errorf("%d of %d spans are stored, and Stats say %+v", mine.stored, mine.program.Ended, mine.program.Counts)
		}
		if got := f.burstRatio(); got < burstTimes/slack {
			t.Errorf("%.1f times the spans of the stock exporter are stored, want %.1f", got, burstTimes)
		}
	})
	t.Run("Shutdown tells of every span that a hanging server has not answered for", func(t *testing.T) {
		m, _ := f.get(shutdownHangs, ours)
		if !m.agrees() || m.program.Unsent != int64(m.missing()) || m.missing() != m.program.Ended {
			t.Errorf("%d of %d spans are stored, Shutdown tells of %d, Stats say %+v", m.stored, m.program.Ended, m.program.Unsent, m.program.Counts)
		}
	})
	t.Run("a model's stream, read along", func(t *testing.T) {
		if got := 1 + f.streams.Lines.CPU; got > slack*(1+streamCPU) {
			t.Errorf("it takes %.2f times the CPU time of reading lines, want %.2f", got, 1+streamCPU)
		}
		if got := f.streams.Decoded.Allocs; got > slack*streamAllocs {
			t.Errorf("it adds %.1f %% to the allocations of a client that decodes, want %.1f %%", 100*got, 100*streamAllocs)
		}
	})
	t.Run("a hello-world program", func(t *testing.T) {
		none, with := f.programs[nobody], f.programs[ours]
		if with.grpc > 0 {
			t.Errorf("it has %d packages of gRPC", with.grpc)
		}
		if got := with.stripped - none.stripped; float64(got) > slack*programBytes {
			t.Errorf("it is %d bytes larger, want %d at most", got, programBytes)
		}
	})
}

func lastError(m measured) string {
	if m.program.Counts == nil {
		return m.program.Error
	}
	return m.program.Counts.LastError
}
