package store

import (
	"cmp"
	"slices"
	"time"
)

// Preview is what a list shows of a trace beside its summary.
type Preview struct {
	TraceID    string
	Shape      []Segment
	Outcome    string // what Outcome says
	FirstInput string // what FirstInput says
	Failed     int    // root causes that the trace failed through, see Causes
	Recovered  int    // those that it survived
	Context    int64  // tokens of the largest input that a model was given
	Cause      Cause  // the first of Failed
}

// Cause is where an error arose. The zero value is none.
type Cause struct {
	Kind Kind
	Name string // of the span; of a model call, the model where it is known
	Text string // what the span says of its error, cut as Outcome is
}

// NewPreview returns the preview of a trace with those spans, of which it looks at the texts of Telling alone.
func NewPreview(traceID string, spans []Span) Preview {
	failed, recovered := Causes(spans)
	outcome, _ := Outcome(spans)
	var context int64
	for i := range spans {
		if usage := spans[i].Usage; usage != nil && spans[i].Kind == KindLLM {
			context = max(context, usage.Input)
		}
	}
	var cause Cause
	for i := range spans {
		if s := &spans[i]; len(failed) > 0 && s.SpanID == failed[0] {
			cause = Cause{s.Kind, s.Name, excerpt(errorText(s))}
			if s.Kind == KindLLM {
				cause.Name = cmp.Or(s.Model, s.Name)
			}
		}
	}
	return Preview{
		TraceID: traceID, Shape: Shape(spans), Outcome: outcome, FirstInput: FirstInput(spans),
		Failed: len(failed), Recovered: len(recovered), Context: context, Cause: cause,
	}
}

// Segment is one bar of a trace in small: a call of a model or a tool, or several near each other.
type Segment struct {
	Kind       Kind // KindLLM or KindTool
	Start, End int  // in thousandths of the trace

	Error     bool // the trace failed through it
	Recovered bool // it failed, the trace did not through it
	Open      bool // it runs
}

// maxSegments is how many segments a trace has at most.
const maxSegments = 24

// Shape draws a trace in at most 24 segments, ordered by start. Where there are more calls, short neighbours of one
// kind become one, first those of the same flags.
func Shape(spans []Span) []Segment {
	from, to := extent(spans)
	through := newCauses(spans).through()
	var models, tools []Segment
	for i := range spans {
		s := &spans[i]
		segment := Segment{
			Kind: s.Kind, Start: thousandths(s.Start, from, to), End: 1000, Open: s.Running(),
			Error: through[i],
		}
		segment.Recovered = s.Status == StatusError && !segment.Error
		if !s.Running() {
			segment.End = max(thousandths(s.End, from, to), segment.Start)
		}
		switch s.Kind {
		case KindLLM:
			models = append(models, segment)
		case KindTool:
			tools = append(tools, segment)
		default:
		}
	}
	byStart := func(a, b Segment) int { return cmp.Or(a.Start-b.Start, a.End-b.End) }
	slices.SortStableFunc(models, byStart)
	slices.SortStableFunc(tools, byStart)
	for _, anyFlags := range []bool{false, true} {
		for width := 1; width <= 1024 && len(models)+len(tools) > maxSegments; width *= 2 {
			models, tools = join(models, width, anyFlags), join(tools, width, anyFlags)
		}
	}
	all := slices.Concat(models, tools)
	slices.SortStableFunc(all, byStart)
	return all
}

// extent is from the first start to the last moment that any span tells of.
func extent(spans []Span) (from, to time.Time) {
	for i := range spans {
		s := &spans[i]
		if from.IsZero() || s.Start.Before(from) {
			from = s.Start
		}
		for _, at := range []time.Time{s.Start, s.End} {
			if at.After(to) {
				to = at
			}
		}
	}
	return from, to
}

func thousandths(at, from, to time.Time) int {
	whole := to.Sub(from)
	if whole <= 0 {
		return 0
	}
	return int(min(max(float64(at.Sub(from))/float64(whole), 0), 1) * 1000)
}

// join makes neighbours one that together are at most width long.
func join(segments []Segment, width int, anyFlags bool) []Segment {
	var joined []Segment
	for _, next := range segments {
		if len(joined) == 0 {
			joined = append(joined, next)
			continue
		}
		last := &joined[len(joined)-1]
		end := max(last.End, next.End)
		if end-last.Start > width || !anyFlags && !last.sameFlags(next) {
			joined = append(joined, next)
			continue
		}
		last.End = end
		last.Error = last.Error || next.Error
		last.Recovered = last.Recovered || next.Recovered
		last.Open = last.Open || next.Open
	}
	return joined
}

func (s Segment) sameFlags(other Segment) bool {
	return s.Error == other.Error && s.Recovered == other.Recovered && s.Open == other.Open
}
