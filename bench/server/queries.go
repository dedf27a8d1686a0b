package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// query is one that a person waits for.
type query struct {
	name   string
	path   string
	target time.Duration // zero: none
}

func queries() []query {
	long := spanRef{trace: longTrace}.traceHex()
	return []query{
		{"trace list, first page", "/api/ui/traces", 5 * time.Millisecond},
		{"public trace list, 50 rows and the total", "/api/v1/public/traces", 0},
		{"a trace of 1,000 spans", "/api/v1/public/traces/" + long, 25 * time.Millisecond},
		{"the same with all texts", "/api/v1/public/traces/" + long + "?fields=full", 0},
		{"search of a rare word", "/api/ui/traces?q=" + rareWord, 30 * time.Millisecond},
		{"search of a frequent word", "/api/ui/traces?q=delivered", 0},
		{"one user's traces", "/api/ui/traces?q=user:user-7", 0},
		{"dashboard of 30 days", "/api/ui/metrics?by=model&from=-30d", 30 * time.Millisecond},
	}
}

// asked is what a query cost, each time it was asked.
type asked struct {
	query

	median time.Duration
	cpu    time.Duration // of the server
	reads  int64         // bytes that the server read, from files and the connection
}

// repeats is how often a query is asked.
const repeats = 50

// measure asks a query again and again. A route that this server does not have is errUnknown.
func measure(ctx context.Context, at *runningTraceroot, q query) (asked, error) {
	if err := ask(ctx, at.url+q.path, nil); err != nil {
		if errors.Is(err, errUnknown) {
			return asked{}, err
		}
		return asked{}, fmt.Errorf("ask for %s: %w", q.name, err)
	}
	before, err := at.usage()
	if err != nil {
		return asked{}, err
	}
	times := make([]time.Duration, repeats)
	for i := range times {
		began := time.Now()
		if err := ask(ctx, at.url+q.path, nil); err != nil {
			return asked{}, fmt.Errorf("ask for %s: %w", q.name, err)
		}
		times[i] = time.Since(began)
	}
	after, err := at.usage()
	if err != nil {
		return asked{}, err
	}
	slices.Sort(times)
	return asked{q, times[repeats/2], (after.cpu - before.cpu) / repeats, (after.reads - before.reads) / repeats}, nil
}
