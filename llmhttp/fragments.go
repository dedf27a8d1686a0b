package llmhttp

import (
	"slices"
	"strings"
)

// fragments are the pieces of one text that comes bit by bit.
type fragments struct {
	kept []byte // from its beginning
	size int    // bytes that have come, kept or not
}

// nextPieces is how many bytes there is room for at least when a text goes on.
const nextPieces = 256

// A room is what one stream may take: each of its texts, and what is left for all texts and for pieces of any kind.
type room struct {
	each, all, pieces int

	follow func(text string) // see [Parser.Follow]; nil where nobody follows

	repeats repetition // what the last event did, where that was nothing but to add to a text
}

// A repetition is a text and the value in the stream's events that adds to it.
type repetition struct {
	to    *fragments
	piece *value
}

// repeat adds the value to the text that the last event has added it to. It is false where that event did something else.
func (r *room) repeat(piece *value) bool {
	if r.repeats.piece != piece {
		return false
	}
	r.add(r.repeats.to, piece)
	return true
}

func newRoom(q *Request) room {
	return room{each: q.limits.bounds(q.spoken()).text, all: maxText, pieces: maxAllPieces, follow: q.follow}
}

// add keeps the next piece of a text as far as there is room and nothing before it is missing. It tells whether the piece
// says anything.
func (r *room) add(f *fragments, piece *value) bool {
	if !piece.hasText() {
		return false
	}
	if f.dropped() == 0 {
		before, limit := len(f.kept), min(r.each-len(f.kept), r.all)
		if len(f.kept) > 0 {
			f.kept = slices.Grow(f.kept, min(nextPieces, max(limit, 0))) // more will follow a second one
		}
		if piece.fresh != nil {
			f.kept = append(f.kept, cutText(*piece.fresh, limit)...)
		} else {
			f.kept = append(f.kept, cutText(piece.text, limit)...)
		}
		r.all -= len(f.kept) - before
	}
	f.size += piece.size
	return true
}

// say is add for the text of an answer, which somebody may follow.
func (r *room) say(f *fragments, piece *value) bool {
	before := len(f.kept)
	said := r.add(f, piece)
	if r.follow != nil && len(f.kept) > before {
		r.follow(string(f.kept[before:]))
	}
	return said
}

// label is a name or an id. Its beginning is kept even where there is no room any more.
func (r *room) label(text string) string {
	if limit := max(r.all, alwaysKept); len(text) > limit {
		text = strings.Clone(cutText(text, limit))
	}
	r.all -= len(text)
	return text
}

// name keeps the first name or id that is given.
func (r *room) name(kept *string, v *value) {
	if *kept == "" && v.str() != "" {
		*kept = r.label(v.str())
	}
}

// spend takes room for what is kept whole or not at all, and tells whether there is enough.
func (r *room) spend(n int) bool {
	if n > max(r.all, 0) {
		return false
	}
	r.all -= n
	return true
}

// takePiece tells whether there is room for one more, and takes it.
func (r *room) takePiece() bool {
	if r.pieces == 0 {
		return false
	}
	r.pieces--
	return true
}

func (f *fragments) dropped() int { return f.size - len(f.kept) }

// value is the text so far as a value.
func (f *fragments) value() *value { return &value{kind: textKind, text: string(f.kept), size: f.size} }

// part is the text so far as a part, none for an empty one.
func (f *fragments) part(t PartType) []Part {
	if f.size == 0 {
		return nil
	}
	return []Part{{Type: t, Text: string(f.kept), Dropped: f.dropped()}}
}
