package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"sync"
	"time"
)

// suite is one run of the benchmark.
type suite struct {
	scale    scale
	parallel int
	only     *regexp.Regexp
	oursOnly bool // in the trials of faults, to save time
	log      func(format string, values ...any)
}

// measured is what became of one trial on one side.
type measured struct {
	trial   string
	side    side
	program outcome
	next    outcome // of its second run

	stored, again, cut int   // spans: at the server, there more than once, with a value that was cut
	atOnce             int   // of stored, before the program ran again
	requests, bytes    int64 // that came
}

// missing is how many spans ended and did not arrive.
func (m measured) missing() int { return m.program.Ended - m.stored }

// agrees tells whether the SDK says of itself what is true: its counts add up, and match the spans that the server has stored
// and those that it has not.
func (m measured) agrees() bool {
	c := m.program.Counts
	if c == nil {
		return false
	}
	var recovered int64
	if m.next.Counts != nil {
		recovered = m.next.Counts.Recovered
	}
	return c.addUp() && c.Ended == int64(m.program.Ended) && c.Exported+recovered == int64(m.stored) &&
		c.Dropped+c.Spooled-recovered+c.Queued == int64(m.missing())
}

// Trials beside those of the faults.
const (
	loadAlone     = "load alone"
	burst         = "burst at once"
	shutdownHangs = "shutdown, hanging server"
)

// run does the trials that mostly wait at the same time, and then one by one those in which CPU time matters.
func (s *suite) run(ctx context.Context) (*figures, error) {
	list := s.scale.trials()
	f := &figures{scale: s.scale, trials: list, processor: processor()}
	work := list[0].job
	halted := job{Rate: work.Rate, Spans: 2 * work.Rate, Size: work.Size, Shutdown: 3 * time.Second}
	list = slices.Concat(list, []trial{
		{name: loadAlone, job: work, sides: []side{nobody}},
		{name: shutdownHangs, fault: fault{ending: hanging}, job: halted, sides: []side{ours, stock}},
	})
	slices.Reverse(list) // the longest are the last of the table
	err := s.atOnce(ctx, list, f)

	many := job{Spans: s.scale.burst, Size: s.scale.burstSize, Shutdown: s.scale.shutdown, QueueBytes: s.scale.queueBytes}
	for _, side := range []side{ours, stock} {
		err = errors.Join(err, s.trial(ctx, trial{name: burst, job: many}, side, f))
	}
	var failed error
	if s.only.MatchString("stream") {
		f.streams, failed = measureStreams(ctx, s.scale)
		err = errors.Join(err, failed)
	}
	if s.only.MatchString("hello") {
		f.programs, failed = measurePrograms(ctx)
		err = errors.Join(err, failed)
	}
	return f, err
}

func (s *suite) atOnce(ctx context.Context, list []trial, f *figures) error {
	var all sync.WaitGroup
	places := make(chan struct{}, s.parallel)
	failures := make(chan error, len(list)*len(list))
	for _, t := range list {
		for _, side := range t.sides {
			if s.oursOnly && side == stock {
				continue
			}
			places <- struct{}{}
			all.Go(func() {
				failures <- s.trial(ctx, t, side, f)
				<-places
			})
		}
	}
	all.Wait()
	close(failures)
	var err error
	for failure := range failures {
		err = errors.Join(err, failure)
	}
	return err
}

// trial runs one program against one server, unless it is not asked for.
func (s *suite) trial(ctx context.Context, t trial, side side, f *figures) error {
	if !s.only.MatchString(t.name) {
		return nil
	}
	server, err := startServer(t.fault)
	if err != nil {
		return fmt.Errorf("%s: start server: %w", t.name, err)
	}
	defer server.close()
	j := t.job
	j.Side, j.URL = side, server.url()
	if side == spooled {
		if j.Spool, err = os.MkdirTemp("", "traceroot-bench-"); err != nil {
			return err
		}
		defer os.RemoveAll(j.Spool)
	}
	start := time.Now()
	m := measured{trial: t.name, side: side}
	if m.program, err = runJob(ctx, j, server.begin); err != nil {
		return fmt.Errorf("%s, %s: %w", t.name, side, err)
	}
	m.atOnce, _, _ = server.store.counts()
	if side == spooled {
		if err := server.open(); err != nil {
			return fmt.Errorf("%s: start server again: %w", t.name, err)
		}
		j.Spans, j.Rest, j.Shutdown = 0, 0, s.scale.shutdown
		if m.next, err = runJob(ctx, j, func() {}); err != nil {
			return fmt.Errorf("%s, %s, again: %w", t.name, side, err)
		}
	}
	m.stored, m.again, m.cut = server.store.counts()
	m.requests, m.bytes = server.requests.Load(), server.bytes.Load()
	f.add(m)
	s.log("%s, %s: %d of %d spans stored, %d again, %v", t.name, side, m.stored, m.program.Ended, m.again, time.Since(start).Round(time.Second))
	return nil
}
