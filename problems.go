package traceroot

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// problemInterval is how often the same problem is logged again.
const problemInterval = time.Minute

// problemLog logs each distinct problem at most once a minute, with the number of times it was left out.
type problemLog struct {
	mu   sync.Mutex
	seen map[problemKey]*problemState // guarded by mu
}

type problemKey struct {
	logger  *slog.Logger
	problem string
}

type problemState struct {
	logged  time.Time
	skipped int
}

// problems is shared by all clients: a program with many of them is told once.
var problems = problemLog{seen: map[problemKey]*problemState{}}

// warn logs problem. The key tells problems apart that share a message; the attributes may differ each time.
func (l *problemLog) warn(logger *slog.Logger, key, message string, attrs ...slog.Attr) {
	skipped, due := l.due(problemKey{logger, key}, time.Now())
	if !due {
		return
	}
	if skipped > 0 {
		attrs = append(attrs, slog.Int("repeated", skipped))
	}
	writeLog(logger, slog.LevelWarn, message, attrs...)
}

// writeLog survives a handler that panics. That is the program's, but the goroutine may be ours: tracing must not be what
// kills it.
func writeLog(logger *slog.Logger, level slog.Level, message string, attrs ...slog.Attr) {
	defer func() { _ = recover() }()
	logger.LogAttrs(context.Background(), level, "traceroot: "+message, attrs...) //nolint:sloglint // each caller's message is constant
}

func (l *problemLog) due(key problemKey, now time.Time) (skipped int, due bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if state, ok := l.seen[key]; ok && now.Sub(state.logged) < problemInterval {
		state.skipped++
		return 0, false
	} else if ok {
		skipped = state.skipped
	}
	for other, state := range l.seen {
		if now.Sub(state.logged) >= 2*problemInterval {
			delete(l.seen, other) // so that neither loggers nor distinct messages pile up
		}
	}
	l.seen[key] = &problemState{logged: now}
	return skipped, true
}
