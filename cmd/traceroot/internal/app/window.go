package app

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// window is the time that a list is about.
type window struct {
	since    age
	from, to moment
}

func (w *window) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var(&w.since, "since", "started at most so long ago: 90m, 24h, 7d")
	flags.Var(&w.from, "from", "started then or later: 2026-01-31, \"2026-01-31 14:05\", or RFC 3339")
	flags.Var(&w.to, "to", "started before then")
	cmd.MarkFlagsMutuallyExclusive("since", "from")
}

// start is where the window begins; zero when it has no beginning.
func (w *window) start(now time.Time) time.Time {
	if w.since > 0 {
		return now.Add(-time.Duration(w.since))
	}
	return w.from.Time
}

// age is a duration that may be counted in days and weeks.
type age time.Duration

var errAge = errors.New("write it as 90m, 24h, 7d or 2w")

// Set reads one.
func (a *age) Set(text string) error {
	const day = 24 * time.Hour
	for suffix, unit := range map[string]time.Duration{"d": day, "w": 7 * day} {
		number, counted := strings.CutSuffix(text, suffix)
		if !counted {
			continue
		}
		n, err := strconv.ParseFloat(number, 64)
		if err != nil || !(n > 0) || n > 1e5 {
			return errAge
		}
		*a = age(n * float64(unit))
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return errAge
	}
	*a = age(d)
	return nil
}

// String is empty for none.
func (a *age) String() string {
	if *a == 0 {
		return ""
	}
	return time.Duration(*a).String()
}

// Type is what the help calls it.
func (*age) Type() string { return "age" }

// moment is a point in time. Without a zone it is one of the user's clock.
type moment struct{ time.Time }

var momentForms = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly}

// Set reads one.
func (m *moment) Set(text string) error {
	for _, form := range momentForms {
		if t, err := time.ParseInLocation(form, text, time.Local); err == nil {
			m.Time = t
			return nil
		}
	}
	return fmt.Errorf("write it as 2026-01-31, %q or 2026-01-31T14:05:00Z", "2026-01-31 14:05")
}

// String is empty for none.
func (m *moment) String() string {
	if m.IsZero() {
		return ""
	}
	return m.Format(time.RFC3339)
}

// Type is what the help calls it.
func (*moment) Type() string { return "time" }

// rows is how many rows a list may have.
type rows int

// Set reads a number above zero.
func (r *rows) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return errors.New("write a number above zero")
	}
	*r = rows(n)
	return nil
}

// String is the number.
func (r *rows) String() string { return strconv.Itoa(int(*r)) }

// Type is what the help calls it.
func (*rows) Type() string { return "rows" }
