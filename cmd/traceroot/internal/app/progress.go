package app

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

// progress draws how far a long work is, on one line of a terminal that it draws anew. On what is no terminal it draws
// nothing. It counts the bytes that pass through it, and is for one goroutine.
type progress struct {
	w     io.Writer
	label string
	total int64 // zero where the end is not known
	done  int64
	drawn time.Time
}

// startProgress is told nil for a stderr that is no terminal.
func startProgress(stderr io.Writer, label string, total int64) *progress {
	if _, ok := terminal(stderr); !ok {
		stderr = nil
	}
	return &progress{w: stderr, label: label, total: total}
}

// Write counts what is written.
func (p *progress) Write(b []byte) (int, error) {
	p.add(len(b))
	return len(b), nil
}

const redraw = 100 * time.Millisecond

func (p *progress) add(n int) {
	p.done += int64(n)
	if p.w == nil || time.Since(p.drawn) < redraw {
		return
	}
	p.drawn = time.Now()
	p.draw()
}

func (p *progress) draw() {
	const cells = 30
	text := term.Bytes(p.done)
	if p.total > 0 {
		share := min(float64(p.done)/float64(p.total), 1)
		full := int(share * cells)
		text = fmt.Sprintf("%s%s %3.0f %%  %s of %s",
			strings.Repeat("━", full), strings.Repeat("╌", cells-full), 100*share, text, term.Bytes(p.total))
	}
	_, _ = fmt.Fprintf(p.w, "\r\x1b[K%s %s", p.label, text) // a bar that cannot be drawn is no reason to stop
}

// end takes the line away.
func (p *progress) end() {
	if p.w != nil && !p.drawn.IsZero() {
		_, _ = io.WriteString(p.w, "\r\x1b[K")
	}
}
