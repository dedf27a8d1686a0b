package ingest

import (
	"fmt"
	"strings"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// rejected remembers which spans of a request are not kept, and why.
type rejected struct {
	count int
	told  []string // of the first ones
}

// mostTold is how many spans a reply names.
const mostTold = 10

// span rejects the span at position, counted from 1.
func (r *rejected) span(position int, raw *vocab.RawSpan, why string) {
	r.count++
	if len(r.told) == mostTold {
		return
	}
	which := fmt.Sprintf("span %d", position)
	if raw.Name != "" {
		which += fmt.Sprintf(" %q", clip(raw.Name))
	}
	if raw.SpanID != "" {
		which += " (id " + clip(raw.SpanID) + ")"
	}
	r.told = append(r.told, which+": "+why)
}

// rest rejects what stands behind bytes that nobody can read. How many spans that were is not known.
func (r *rejected) rest(of string, err error) {
	r.count++
	if len(r.told) < mostTold {
		r.told = append(r.told, fmt.Sprintf("the rest of %s: %v", of, err))
	}
}

// String tells senders; it is empty where nothing is rejected.
func (r *rejected) String() string {
	if r.count == 0 {
		return ""
	}
	text := fmt.Sprintf("%d refused: %s", r.count, strings.Join(r.told, "; "))
	if more := r.count - len(r.told); more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}

// clip shortens what a sender wrote for people.
func clip(text string) string {
	const most = 64
	if len(text) <= most {
		return text
	}
	return cutText(text, most) + "…"
}
