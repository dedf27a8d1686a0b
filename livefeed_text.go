package traceroot

import (
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

const (
	// maxLiveMasked bounds a text that passes masks, which have to see all of it each time.
	maxLiveMasked = 64 << 10

	// liveHoldBack is how much of the end of a masked text waits for what comes next: a mask finds only what has arrived
	// whole, and half of a secret tells much of it.
	liveHoldBack = 256
)

// liveText is what one span's stream says. A nil text takes nothing. Once some of it is dropped, the rest is, too: the
// reader waits for the finished span rather than to read a text with a hole.
type liveText struct {
	feed *liveFeed
	span *Span

	// Guarded by the feed's mutex.
	waiting []byte
	queued  bool // it is among the feed's texts, and its bytes are among those held
	ended   bool // nothing more is told of it

	// Of the feed's goroutine alone.
	offset int    // of the next byte to tell, where there are no masks
	whole  []byte // all that was said, where there are
	told   string // of whole, masked
}

// follow returns where the text goes that streams as the output of s; nil where nobody wants to know it, or may.
func (f *liveFeed) follow(s *Span, cfg *spanConfig) *liveText {
	if !f.isOpen() || !f.takes(s) || f.client.noContent || cfg.hideOutput || cfg.mapOutput != nil {
		return nil
	}
	return &liveText{feed: f, span: s}
}

// add takes the next piece of the text.
func (t *liveText) add(piece string) {
	if t == nil || piece == "" || !t.feed.isOpen() {
		return
	}
	f := t.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.closed.Load():
		return
	case t.ended || f.held+len(piece) > maxLiveHeld:
		t.ended = true
		f.dropped.Add(1)
		return
	}
	t.waiting = append(t.waiting, piece...)
	if t.queued {
		f.held += len(piece)
	} else {
		t.queueLocked()
	}
	f.wakeUp()
}

func (t *liveText) queueLocked() {
	t.queued = true
	t.feed.texts = append(t.feed.texts, t)
	t.feed.held += len(t.waiting)
}

// next takes the text off the queue and returns its next piece, in whole characters. What is more than fits one message
// goes back. False when nothing more is told of the text.
func (t *liveText) next() (piece string, ok bool) {
	f := t.feed
	hidden := t.isHidden()
	f.mu.Lock()
	defer f.mu.Unlock()
	t.queued = false
	f.held -= len(t.waiting)
	if hidden || len(t.whole) > maxLiveMasked {
		t.ended = true
		t.waiting = nil
		return "", false
	}
	n := wholeRunes(t.waiting, maxLivePiece)
	piece = string(t.waiting[:n])
	t.waiting = append(t.waiting[:0], t.waiting[n:]...)
	if wholeRunes(t.waiting, len(t.waiting)) > 0 {
		t.queueLocked()
	}
	return piece, true
}

// giveUp leaves the rest of the text to the finished span.
func (t *liveText) giveUp() {
	t.feed.mu.Lock()
	defer t.feed.mu.Unlock()
	t.ended = true
	if t.queued {
		t.feed.held -= len(t.waiting)
	}
	t.waiting = nil
}

// wholeRunes is how many of the first bytes up to limit do not cut a character.
func wholeRunes(text []byte, limit int) int {
	n := min(len(text), limit)
	for back := 1; back < utf8.UTFMax && back <= n; back++ {
		if c := text[n-back]; utf8.RuneStart(c) {
			if !utf8.FullRune(text[n-back : n]) {
				return n - back
			}
			return n
		}
	}
	return n
}

// message is the change that a new piece makes to what the host knows of the text; false for none.
func (t *liveText) message(piece string) (liveMessage, bool) {
	m := liveMessage{T: "text", Trace: t.span.TraceID(), Span: t.span.SpanID()}
	piece = capture.ValidUTF8(piece)
	if len(t.feed.client.masks) == 0 {
		m.Offset, m.Text = new(t.offset), new(piece)
		t.offset += len(piece)
		return m, piece != ""
	}
	t.whole = append(t.whole, piece...)
	shown := settled(t.masked())
	same := commonPrefix(t.told, shown)
	m.Offset, m.Text = new(same), new(shown[same:])
	changed := shown != t.told
	t.told = shown
	return m, changed
}

// masked is the text so far as the finished span would show it.
func (t *liveText) masked() string {
	output := []attribute.KeyValue{attribute.String(attr.SpanOutput, string(t.whole))}
	for _, kv := range t.feed.client.redactor.Attributes(output) {
		return capture.ValidUTF8(kv.Value.AsString())
	}
	return ""
}

// settled is the part of a masked text that may be told: without its end, and without a word that reaches into that.
func settled(text string) string {
	text = text[:max(len(text)-liveHoldBack, 0)]
	return text[:strings.LastIndexFunc(text, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' })+1]
}

// commonPrefix is the length of what two valid texts have in common, in whole characters.
func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(b) && !utf8.RuneStart(b[n]) {
		n--
	}
	return n
}

// isHidden tells that the text is not, or no longer, what the span will show as its output.
func (t *liveText) isHidden() bool {
	t.span.mu.Lock()
	defer t.span.mu.Unlock()
	return t.span.outputSet
}
