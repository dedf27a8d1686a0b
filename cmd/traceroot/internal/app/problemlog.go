package app

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
)

// problemLog keeps what the SDK warns of variables.
type problemLog struct {
	mu       sync.Mutex
	problems []string
}

// Enabled implements [slog.Handler].
func (*problemLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

// Handle implements [slog.Handler]. What is not about a variable is no problem of the environment.
func (l *problemLog) Handle(_ context.Context, r slog.Record) error {
	said := map[string]string{}
	r.Attrs(func(a slog.Attr) bool {
		said[a.Key] = a.Value.String()
		return true
	})
	variable, ok := said["variable"]
	if !ok {
		return nil
	}
	text := variable + " cannot be used"
	if value, ok := said["value"]; ok {
		text = fmt.Sprintf("%s is %q", variable, value)
	}
	if want, ok := said["want"]; ok {
		text += ", want " + want
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.problems = append(l.problems, text)
	return nil
}

// WithAttrs implements [slog.Handler].
func (l *problemLog) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup implements [slog.Handler].
func (l *problemLog) WithGroup(string) slog.Handler { return l }

// first is empty when there was none.
func (l *problemLog) first() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.problems) == 0 {
		return ""
	}
	return l.problems[0]
}
