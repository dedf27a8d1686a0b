package api

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Keys that name a member.
const (
	keyAttribute = "attr."
	keyMetadata  = "metadata."
)

// Keys of time. They limit the window, so they cannot be negated.
const (
	keyFrom = "from"
	keyTo   = "to"
)

// textKeys compare text, numberKeys numbers with their units.
var (
	textKeys = map[string]store.Field{
		"status": store.FieldStatus, "agent": store.FieldAgent, "tool": store.FieldTool, "model": store.FieldModel,
		"user": store.FieldUser, "session": store.FieldSession, "tag": store.FieldTag, "env": store.FieldEnvironment,
		"service": store.FieldService, "version": store.FieldVersion, "name": store.FieldName, "trace": store.FieldTraceID,
	}
	numberKeys = map[string]struct {
		field store.Field
		units map[string]float64
	}{
		"cost":    {store.FieldCost, nil},
		"tokens":  {store.FieldTokens, thousands},
		"latency": {store.FieldDuration, durations},
		"ttft":    {store.FieldFirstToken, durations},
		"errors":  {store.FieldErrors, thousands},
		"spans":   {store.FieldSpans, thousands},
	}
	thousands = map[string]float64{"k": 1e3, "m": 1e6}
	durations = map[string]float64{"ms": 1, "s": 1e3, "m": 60e3, "h": 3600e3} // in milliseconds, as the store has them

	statuses = []string{
		string(store.TraceOK), string(store.TraceFailed), string(store.TraceRecovered), string(store.TraceRunning),
	}
)

func (p *queryParser) condition(key piece, op store.Op, values []piece, not bool, start int) error {
	name := strings.ToLower(key.text)
	if name == keyFrom || name == keyTo {
		return p.limit(name, op, values, not, start)
	}
	if number, known := numberKeys[name]; known {
		return p.numbers(name, number.field, number.units, op, values, not)
	}
	c := store.Condition{Field: textKeys[name], Op: op, Not: not}
	for prefix, field := range map[string]store.Field{keyAttribute: store.FieldAttribute, keyMetadata: store.FieldMetadata} {
		if member, found := strings.CutPrefix(key.text, prefix); found && member != "" {
			c.Field, c.Key = field, member
		}
	}
	if key.text == "" {
		return p.failed(start, values[0].at, "a key is missing before the colon")
	}
	if c.Field == "" {
		return p.failed(key.at, key.ends, "there is no key %q; to search for the text, put it in quotes", key.text)
	}
	switch op {
	case "", store.OpEqual:
		c.Op = store.OpIn
	case store.OpContains:
	default:
		return p.failed(key.at, values[0].at, "%s is text: it has no %s", key.text, p.text[key.ends+1:values[0].at])
	}
	for _, value := range values {
		if value.text == "" {
			return p.failed(start, p.at, "a value is missing after %s:", key.text)
		}
		if name == "status" && !slices.Contains(statuses, value.text) {
			return p.failed(value.at, value.ends, "status is one of %s, not %q", strings.Join(statuses, ", "), value.text)
		}
		c.Values = append(c.Values, value.text)
	}
	p.query.Where = append(p.query.Where, c)
	return nil
}

func (p *queryParser) numbers(
	key string, field store.Field, units map[string]float64, op store.Op, values []piece, not bool,
) error {
	value := values[0]
	if len(values) > 1 {
		return p.failed(value.at, values[len(values)-1].ends, "%s takes one number or a range such as 1..5", key)
	}
	if op == store.OpContains {
		return p.failed(value.at-1, value.ends, "%s is a number: it has no ~", key)
	}
	low, high, isRange := strings.Cut(value.text, "..")
	if !isRange || op != "" {
		n, err := p.number(key, value, value.text, units)
		p.query.Where = append(p.query.Where, store.Condition{Field: field, Op: cmp.Or(op, store.OpEqual), Number: n, Not: not})
		return err
	}
	if not {
		return p.failed(value.at, value.ends, "a range cannot be negated; compare with < or > instead")
	}
	if low == "" && high == "" {
		return p.failed(value.at, value.ends, "a range needs a number, such as 1..5, 1.. or ..5")
	}
	for _, bound := range []struct {
		text string
		op   store.Op
	}{{low, store.OpAtLeast}, {high, store.OpAtMost}} {
		if bound.text == "" {
			continue
		}
		n, err := p.number(key, value, bound.text, units)
		if err != nil {
			return err
		}
		p.query.Where = append(p.query.Where, store.Condition{Field: field, Op: bound.op, Number: n})
	}
	return nil
}

func (p *queryParser) number(key string, where piece, text string, units map[string]float64) (float64, error) {
	lower := strings.ToLower(text)
	digits := strings.TrimRight(lower, "kmsh")
	unit := lower[len(digits):]
	if key == "cost" {
		digits = strings.TrimPrefix(digits, "$")
	}
	factor, known := units[unit]
	if unit == "" {
		factor, known = 1, true
	}
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || !known || strings.ContainsAny(digits, "+-xXpPiInN_") || math.IsInf(n*factor, 0) {
		example := map[store.Field]string{store.FieldCost: "0.05", store.FieldDuration: "2s or 500ms", store.FieldFirstToken: "500ms"}
		return 0, p.failed(where.at, where.ends, "%s is a number such as %s, not %q",
			key, cmp.Or(example[numberKeys[key].field], "1500 or 1.5k"), text)
	}
	return n * factor, nil
}

// limit narrows the window.
func (p *queryParser) limit(key string, op store.Op, values []piece, not bool, start int) error {
	if not || op != "" || len(values) > 1 {
		return p.failed(start, p.at, "%s: takes one time, and cannot be negated", key)
	}
	t, ok := parseMoment(values[0].text, p.now)
	if !ok {
		return p.failed(values[0].at, values[0].ends, "%s: is a time such as -24h, -7d or 2026-01-02T15:04:05Z, not %q", key, values[0].text)
	}
	narrow(&p.query, key, t)
	return nil
}

// narrow makes a window smaller, never larger.
func narrow(q *store.Query, end string, t time.Time) {
	if end == keyFrom && t.After(q.From) {
		q.From = t
	}
	if end == keyTo && (q.To.IsZero() || t.Before(q.To)) {
		q.To = t
	}
}

// agoUnits are units of relative times.
var agoUnits = map[byte]time.Duration{
	's': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour,
}

// parseMoment reads a time in ISO 8601, or how long before now it was: -90s, -15m, -24h, -7d, -2w.
func parseMoment(text string, now time.Time) (time.Time, bool) {
	if text == "now" {
		return now, true
	}
	ago, relative := strings.CutPrefix(text, "-")
	if !relative {
		return parseTime(text)
	}
	if ago == "" {
		return time.Time{}, false
	}
	unit, known := agoUnits[ago[len(ago)-1]]
	n, err := strconv.ParseUint(ago[:len(ago)-1], 10, 32)
	if !known || err != nil || float64(n)*float64(unit) > math.MaxInt64 {
		return time.Time{}, false
	}
	return now.Add(-time.Duration(n) * unit), true
}
