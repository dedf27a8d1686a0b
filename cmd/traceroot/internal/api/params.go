package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// The public API's page.
const (
	defaultLimit = 50
	maxLimit     = 200
)

// params reads the query parameters of a public route and collects what is wrong with them.
type params struct {
	values   url.Values
	problems []string
}

func paramsOf(r *http.Request) *params { return &params{values: r.URL.Query()} }

// err is the first problem as one sentence.
func (p *params) err() error {
	if len(p.problems) == 0 {
		return nil
	}
	detail := p.problems[0]
	if more := len(p.problems) - 1; more > 0 {
		detail += fmt.Sprintf(" (and %d more error(s))", more)
	}
	return refusal{status: http.StatusUnprocessableEntity, detail: detail}
}

func (p *params) problem(format string, args ...any) {
	p.problems = append(p.problems, fmt.Sprintf(format, args...))
}

func (p *params) text(name string) string { return p.values.Get(name) }

// limit is the size of a page.
func (p *params) limit() int {
	if !p.values.Has("limit") {
		return defaultLimit
	}
	n, err := strconv.Atoi(p.text("limit"))
	if err != nil || n < 1 || n > maxLimit {
		p.problem("limit must be a whole number from 1 to %d, not %q", maxLimit, p.text("limit"))
		return defaultLimit
	}
	return n
}

// window is what most lists are limited to: from start_after, inclusive, to end_before, exclusive.
func (p *params) window() (from, to time.Time) {
	return p.time("start_after"), p.time("end_before")
}

func (p *params) time(name string) time.Time {
	if !p.values.Has(name) {
		return time.Time{}
	}
	t, ok := parseTime(p.text(name))
	if !ok {
		p.problem("%s must be a time in ISO 8601 such as 2025-10-09T08:53:20Z, not %q", name, p.text(name))
	}
	return t
}

func (p *params) bool(name string) bool {
	if !p.values.Has(name) {
		return false
	}
	switch strings.ToLower(p.text(name)) {
	case "true", "t", "yes", "y", "on", "1":
		return true
	case "false", "f", "no", "n", "off", "0":
		return false
	}
	p.problem("%s must be true or false, not %q", name, p.text(name))
	return false
}

// layouts are the forms of a time. Go reads a fraction of a second also where the layout has none.
var layouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02",
}

// parseTime reads ISO 8601. A time without a zone is in UTC.
func parseTime(text string) (time.Time, bool) {
	text = strings.ToUpper(strings.TrimSpace(text))
	if at := len("2006-01-02"); len(text) > at && text[at] == ' ' {
		text = text[:at] + "T" + text[at+1:]
	}
	text = strings.Replace(text, " ", "+", 1) // a plus sign that its client did not escape
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil && t.Year() > 0 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// timestamp is a time in the form of the API: UTC without saying so, with six digits of a fraction or none.
type timestamp time.Time

// MarshalText writes that form.
func (t timestamp) MarshalText() ([]byte, error) {
	utc := time.Time(t).UTC().Truncate(time.Microsecond)
	if utc.Nanosecond() == 0 {
		return utc.AppendFormat(nil, "2006-01-02T15:04:05"), nil
	}
	return utc.AppendFormat(nil, "2006-01-02T15:04:05.000000"), nil
}

// list is the envelope of the public lists. They have one page; clients narrow the window to see more.
type list[T any] struct {
	Data []T  `json:"data"`
	Meta meta `json:"meta"`
}

type meta struct {
	Page  int `json:"page"`
	Limit int `json:"limit"`
	Total int `json:"total"`
}

func listOf[T any](rows []T, limit, total int) list[T] {
	if rows == nil {
		rows = []T{}
	}
	return list[T]{rows, meta{Limit: limit, Total: total}}
}

// null is nil for an empty text.
func null(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// milliseconds are whole, as the platform has them.
func milliseconds(d time.Duration) float64 { return float64(d.Milliseconds()) }

func durationOf(sum *store.Summary) *float64 {
	d, known := sum.Duration()
	if !known {
		return nil
	}
	return new(milliseconds(d))
}

// count reads a parameter that is a number, or says that it is none.
func count(r *http.Request, name string, usual, most int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, invalid("%s must be a whole number from 1 to %d, not %q", name, most, text)
	}
	return n, nil
}
