package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

// job is what a program does: it ends spans at a steady rate, rests, and shuts the exporter down.
type job struct {
	Side side   `json:"side"`
	URL  string `json:"url"`

	Spans        int           `json:"spans"`
	Rate         int           `json:"rate"` // spans a second; 0 is as fast as it can
	Size         int           `json:"size"` // bytes of a span's texts
	InvalidEvery int           `json:"invalid_every"`
	LargeEvery   int           `json:"large_every"`
	LargeSize    int           `json:"large_size"`
	Rest         time.Duration `json:"rest"` // between the last span and Shutdown, or what an earlier program left
	Shutdown     time.Duration `json:"shutdown"`

	Timeout    time.Duration `json:"timeout"`     // of one request; 0 keeps the default
	QueueBytes int           `json:"queue_bytes"` // of the SDK; 0 keeps the default
	Spool      string        `json:"spool"`       // a folder of the SDK

	Streams *streamJob `json:"streams,omitempty"` // does this instead
}

// outcome is what a program says of itself when it is done.
type outcome struct {
	Ended    int           `json:"ended"`
	CPU      time.Duration `json:"cpu"`      // from the first span until Shutdown returned
	Memory   int64         `json:"memory"`   // most resident bytes in that time, over those before it
	Shutdown time.Duration `json:"shutdown"` // how long it took
	Given    time.Duration `json:"given"`    // how long it could take
	Unsent   int64         `json:"unsent"`   // spans that Shutdown said it had not sent
	Error    string        `json:"error"`    // of Shutdown
	Counts   *counts       `json:"counts"`   // what the exporter says; nil if it counts nothing

	Streams *streamOutcome `json:"streams,omitempty"`
}

// counts is what the SDK's Stats say.
type counts struct {
	Started    int64 `json:"started"`
	Ended      int64 `json:"ended"`
	Exported   int64 `json:"exported"`
	Dropped    int64 `json:"dropped"`
	Suppressed int64 `json:"suppressed"`
	Spooled    int64 `json:"spooled"`
	Queued     int64 `json:"queued"`
	Recovered  int64 `json:"recovered"` // of those that an earlier process spooled

	LastError string `json:"last_error"`
}

// addUp tells whether every span that ended is in one of the counts, and only there.
func (c counts) addUp() bool {
	return c.Ended == c.Exported+c.Dropped+c.Suppressed+c.Spooled+c.Queued
}

// jobVariable holds the job of a process that is a program under load.
const jobVariable = "DELIVERY_JOB"

func isProgram() bool { return os.Getenv(jobVariable) != "" }

// runProgram does the job in the environment. It says on stdout when it is ready, begins when it is told to, and prints its
// outcome.
func runProgram(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	var j job
	if err := json.Unmarshal([]byte(os.Getenv(jobVariable)), &j); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	do := j.prepare
	if j.Streams != nil {
		do = j.Streams.prepare
	}
	begin, err := do(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "ready")
	if _, err := bufio.NewReader(stdin).ReadString('\n'); err != nil {
		return errors.New("nobody said go")
	}
	result, err := begin(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(result)
}

// prepare sets up everything that costs memory before the first span.
func (j job) prepare(ctx context.Context) (begin func(context.Context) (outcome, error), err error) {
	pipe, err := j.open(ctx)
	if err != nil {
		return nil, err
	}
	work := newWork(j, pipe.provider)
	return func(ctx context.Context) (outcome, error) {
		runtime.GC()
		debug.FreeOSMemory()
		before, err := restartUsage()
		if err != nil {
			return outcome{}, err
		}
		work.run()
		<-time.After(j.Rest)
		for start := time.Now(); pipe.left() > 0 && time.Since(start) < j.Shutdown; {
			<-time.After(10 * time.Millisecond)
		}

		limited, cancel := context.WithTimeout(ctx, j.Shutdown)
		defer cancel()
		start := time.Now()
		failed := pipe.shutdown(limited)
		result := outcome{Ended: j.Spans, Shutdown: time.Since(start), Given: j.Shutdown, Unsent: unsent(failed), Counts: pipe.counts()}
		if failed != nil {
			result.Error = failed.Error()
		}
		after, err := ownUsage()
		result.CPU, result.Memory = after.cpu-before.cpu, after.peak-before.resident
		return result, err
	}, nil
}
