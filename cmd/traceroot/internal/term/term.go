// Package term draws for a terminal: lists as tables, and a trace as the tree of its spans, each with its place in time,
// its tokens, its line of code, and the first line of what went in and came out. What traces hold was written by
// strangers, so nothing of it reaches the terminal but as text to be read.
//
// It asks neither the terminal nor the environment what they can do, and fetches nothing.
package term

import (
	"bytes"
	"io"
	"slices"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Options says for what to draw.
type Options struct {
	Width int       // in columns; below 40 counts as 40
	Color bool      // paint with the terminal's colours
	Now   time.Time // how far spans reach that run; the zero time is as far as anything is known
}

const minWidth = 40

// WriteTrace draws a trace. The spans may come in any order, without their parents, running, or with times that no single
// clock can have shown. No line is wider than asked for. The error is that of w.
func WriteTrace(w io.Writer, trace store.Trace, spans []store.Span, o Options) error {
	o.Width = max(o.Width, minWidth)
	all := make([]*store.Span, len(spans))
	for i := range spans {
		all[i] = &spans[i]
	}
	roots := forest(all)
	indent(roots, maxDepth(o.Width))
	c := canvas{Options: o, layout: newLayout(roots, newScale(all, o.Now), o.Width)}
	c.header(trace, all, roots)
	each(roots, c.row)
	_, err := w.Write(c.out.Bytes())
	return err
}

// maxDepth leaves room for the names of spans however deep they are.
func maxDepth(width int) int { return width/10 - 2 }

// canvas collects the lines.
type canvas struct {
	Options
	layout

	out bytes.Buffer
}

func (c *canvas) line(write func(*line)) {
	l := line{color: c.Color}
	write(&l)
	c.out.WriteString(l.text.String())
	c.out.WriteByte('\n')
}

func (c *canvas) row(r *row) {
	c.line(func(l *line) { c.span(l, r) })
	for _, d := range details(r) {
		c.line(func(l *line) { c.detail(l, r, d) })
	}
}

func (c *canvas) span(l *line, r *row) {
	kind := look(r.Kind)
	l.put(dim, r.prefix)
	l.put(kind.paint, kind.glyph)
	l.skip(1)
	l.put(kind.name, cut(r.title(), c.name-l.at()))
	l.to(c.name + gap)
	c.bar(l, r, kind)
	l.to(c.name + gap + c.scale.cells + gap)
	text, paint := took(r)
	l.right(paint, text, c.duration)
	c.tokens(l, r.Usage)
	l.cell(dim, cached(r.Usage), c.cached)
	l.cell(dim, firstToken(r, c.firstLabel), c.first)
	l.cell(dim, place(r.Source, c.elements), c.source)
}

func (c *canvas) tokens(l *line, u *store.Usage) {
	if c.input == 0 {
		return
	}
	l.skip(gap)
	if u == nil {
		l.skip(c.input + arrowWidth + c.output)
		return
	}
	l.right(plain, tokenCount(u, u.Input), c.input)
	l.put(dim, arrow)
	l.right(plain, tokenCount(u, u.Output), c.output)
}

// bar marks the end of a span that failed, or that has not ended.
func (c *canvas) bar(l *line, r *row, kind kindLook) {
	var first time.Time
	if r.TimeToFirstToken > 0 {
		first = r.Start.Add(r.TimeToFirstToken)
	}
	end := r.ends()
	if r.Running() {
		end = c.scale.end(r.Span)
	}
	bar := []rune(c.scale.bar(r.Start, first, end))
	last := len(bar) - 1
	blank := slices.IndexFunc(bar, func(r rune) bool { return r != ' ' })
	l.skip(blank)
	switch {
	case r.failed():
		l.put(kind.bar, string(bar[blank:last]))
		l.put(failurePaint(r), "✕")
	case r.Running():
		l.put(green, string(bar[blank:last])+"▸")
	default:
		l.put(kind.bar, string(bar[blank:]))
	}
}

func failurePaint(r *row) style {
	if r.recovered() {
		return yellow
	}
	return red
}

func took(r *row) (string, style) {
	if r.Running() {
		return "running", green
	}
	return Duration(r.ends().Sub(r.Start)), plain
}

func (c *canvas) detail(l *line, r *row, d detail) {
	l.put(dim, r.below)
	label := dim
	if d.paint != plain {
		label = d.paint
	}
	l.put(label, cut(d.label, labelWidth-1))
	l.to(width(r.below) + labelWidth)
	l.put(d.paint, cut(d.text, c.Width-l.at()))
}

type kindLook struct {
	glyph string
	paint style // of the glyph
	name  style
	bar   style // dim where the time is mostly that of others
}

// look is how a kind is drawn, by shape first: a colour never says anything alone.
func look(kind store.Kind) kindLook {
	switch kind {
	case store.KindAgent:
		return kindLook{"⬡", bold, bold, dim}
	case store.KindLLM:
		return kindLook{"★", blue, plain, blue}
	case store.KindTool:
		return kindLook{"■", yellow, plain, yellow}
	case store.KindSpan, store.KindEvaluation, store.KindTask, store.KindScorer:
	}
	return kindLook{"●", dim, plain, dim}
}
