package main

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"
)

// What the figures should be.
const (
	burstTimes   = 4.5        // as many spans as the stock exporter delivers
	programBytes = 10_000_000 // that tracing adds to a program
)

// figures are what a run has measured. What was not asked for is missing.
type figures struct {
	scale     scale
	trials    []trial // of the faults
	processor string

	mu       sync.Mutex
	runs     []measured // guarded by mu
	streams  *streamOutcome
	programs map[side]programSize
}

func (f *figures) add(m measured) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.runs = append(f.runs, m)
}

func (f *figures) get(trial string, s side) (measured, bool) {
	for _, m := range f.runs {
		if m.trial == trial && m.side == s {
			return m, true
		}
	}
	return measured{}, false
}

// markdown is the tables, with what they were measured on.
func (f *figures) markdown() string {
	parts := []string{f.where(), f.faults().String(), f.limits().String()}
	return strings.Join(parts, "\n") + "\n"
}

func (f *figures) where() string {
	return fmt.Sprintf("%s, %d cores, %s/%s, %s. %d spans/s of %d KB for %v, then Shutdown with %v. %s.\n", runtime.Version(),
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, f.processor,
		f.scale.rate, f.scale.size/1000, f.scale.load, f.scale.shutdown, time.Now().Format("January 2006"))
}

// faults has a row for each fault and side.
func (f *figures) faults() *table {
	t := newTable("fault", "exporter", "ended", "stored", "by the next run", "lost", "stored twice", "requests", "sent", "CPU", "memory", "Stats right")
	for _, trial := range f.trials {
		for _, s := range trial.sides {
			f.row(t, trial.name, s)
		}
	}
	f.row(t, burst, ours)
	f.row(t, burst, stock)
	if m, ok := f.get(loadAlone, nobody); ok {
		t.row(loadAlone, string(nobody), fmt.Sprint(m.program.Ended), "", "", "", "", "", "", m.cpu(), megabytes(m.program.Memory), "")
	}
	return t
}

func (f *figures) row(t *table, name string, s side) {
	m, ok := f.get(name, s)
	if !ok {
		return
	}
	right, later := "", ""
	if s == spooled {
		later = fmt.Sprint(m.stored - m.atOnce)
	}
	if m.program.Counts != nil {
		right = yes(m.agrees())
	}
	part := float64(m.missing()) / float64(max(m.program.Ended, 1))
	t.row(name, string(s), fmt.Sprint(m.program.Ended), fmt.Sprint(m.stored), later, fmt.Sprintf("%.1f %%", 100*part),
		fmt.Sprint(m.again), fmt.Sprint(m.requests), megabytes(m.bytes), m.cpu(), megabytes(m.program.Memory), right)
}

func (m measured) cpu() string { return fmt.Sprintf("%.2f s", m.program.CPU.Seconds()) }

// limits has a row for each figure that is to reach something.
func (f *figures) limits() *table {
	t := newTable("what", "must reach", string(ours), string(stock))
	t.row("spans lost in all faults together", "0", f.lost(ours, ours), f.lost(stock, ours))
	t.row("and in the outages, with a spool", "0", f.lost(spooled, spooled), f.lost(stock, spooled))
	f.memoryLimits(t)
	f.burstLimits(t)
	f.shutdownLimits(t)
	if s := f.streams; s != nil {
		for _, variant := range []struct {
			name, limit string
			added
		}{
			{"read line by line, as it comes", fmt.Sprintf("≤ %+.0f %% CPU", 100*streamCPU), s.Lines},
			{"read line by line and decoded, as it comes", fmt.Sprintf("≤ %+.0f %% allocations", 100*streamAllocs), s.Decoded},
			{"read line by line, all there at once", "", s.AtOnce},
		} {
			t.row("a model's stream, "+variant.name, variant.limit,
				fmt.Sprintf("%+.1f %% CPU, %+.1f %% allocations: %.0f a stream", 100*variant.CPU, 100*variant.Allocs, variant.Count), "")
		}
	}
	if none, ok := f.programs[nobody]; ok {
		cell := func(s side) string {
			size := f.programs[s]
			return fmt.Sprintf("%s, %s stripped; %d", megabytes(size.whole-none.whole), megabytes(size.stripped-none.stripped), size.grpc)
		}
		t.row("a hello-world program is larger by; gRPC packages in it", "≤ 10 MB; 0", cell(ours), cell(stock))
	}
	return t
}

// lost is how many spans a side lost in all trials in which the other one took part, too.
func (f *figures) lost(s, other side) string {
	var ended, missing int
	for _, trial := range f.trials {
		m, ok := f.get(trial.name, s)
		if _, both := f.get(trial.name, other); ok && both {
			ended += m.program.Ended
			missing += m.missing()
		}
	}
	return fmt.Sprintf("%d of %d", missing, ended)
}

func (f *figures) memoryLimits(t *table) {
	for _, name := range []string{outage, longOutage} {
		plain, ok := f.get(name, ours)
		theirs, _ := f.get(name, stock)
		if ok {
			t.row("memory over idle, "+name, "≤ 200 MB", megabytes(plain.program.Memory), megabytes(theirs.program.Memory))
		}
		if m, ok := f.get(name, spooled); ok {
			t.row("memory over idle, "+name+", with a spool", "≤ 100 MB", megabytes(m.program.Memory), "")
		}
	}
}

func (f *figures) burstLimits(t *table) {
	mine, ok := f.get(burst, ours)
	theirs, both := f.get(burst, stock)
	if !ok || !both {
		return
	}
	t.row(fmt.Sprintf("of %d spans at once, delivered", mine.program.Ended), fmt.Sprintf("≥ %.1f × stock; the rest counted exactly", burstTimes),
		fmt.Sprintf("%d, %.1f × stock; %s", mine.stored, f.burstRatio(), yes(mine.agrees())), fmt.Sprint(theirs.stored))
}

func (f *figures) burstRatio() float64 {
	mine, _ := f.get(burst, ours)
	theirs, _ := f.get(burst, stock)
	return float64(mine.stored) / float64(max(theirs.stored, 1))
}

func (f *figures) shutdownLimits(t *table) {
	cell := func(s side) string {
		m, ok := f.get(shutdownHangs, s)
		if !ok {
			return ""
		}
		late := m.program.Shutdown - m.program.Given
		if m.program.Counts == nil {
			return fmt.Sprintf("%+d ms, says of no span that it is lost", late.Milliseconds())
		}
		return fmt.Sprintf("%+d ms, %d of %d", late.Milliseconds(), m.program.Unsent, m.missing())
	}
	if _, ok := f.get(shutdownHangs, ours); ok {
		t.row("Shutdown, hanging server: beyond ctx; spans it says it has not sent", "≤ +100 ms, all", cell(ours), cell(stock))
	}
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
