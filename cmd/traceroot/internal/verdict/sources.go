package verdict

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// maxNear bounds for how many values of one call what is close to them is looked for.
const maxNear = 16

// Source is where an argument of a tool call came from, as far as a search for its text tells: what was computed from
// what the model was shown is found nowhere, and what was shown by chance is.
type Source struct {
	Path  string // of the argument: member names and indexes, parted by dots; empty where the arguments are one value
	Value string

	Seen *Place // where the model had been shown it first; nil: it is not in context

	Closest string // of what is not in context, the likeliest that is meant; empty where nothing is close
	At      *Place // of Closest
	Odd     []int  // the characters of Value, from 0, that Closest has not

	name string
}

// Place is a place in a message.
type Place struct {
	Message store.Hash
	Path    string // of the text in the message's body, as in content.1.text; empty where the body is the text
	Offset  int    // in the text with escapes undone, in UTF-16 units, as a browser counts
	SpanID  string // of the tool or model call that the message came from; empty where it came with the question
}

// Sources are the texts and numbers of a call's arguments that can be told to come from somewhere or from nowhere. The
// search leaves out what stands anywhere (values shorter than three characters, booleans, what the tool's schema lists)
// and, where it is not found, what a model rightly makes up: sentences, plain words, round numbers, dates.
//
// A repeated call is asked about its first time, since an argument is in context once it was used. Nothing is said to be
// not in context where the context is not known whole: content was not captured, was cut or masked, lies with the
// provider, or is an image.
func Sources(t *Trace, call Call) []Source {
	for n := 0; call.Repeats >= 0 && n < len(Calls(t)); n++ {
		call = Calls(t)[call.Repeats]
	}
	if call.AskedBy == "" || call.asker < 0 || call.asker >= len(t.spans) {
		return nil
	}
	shown := t.context(call.asker)
	var sources []Source
	searched := 0
	for _, value := range scalars(call.Args, t.offered(call.asker)[call.Name]) {
		source := Source{Path: value.path, Value: value.text, name: value.name}
		source.Seen = shown.find(value)
		if source.Seen == nil {
			if !shown.whole || shown.inTools(value) {
				continue
			}
			var near *near
			if searched++; searched <= maxNear {
				near = shown.closest(value)
			}
			if near == nil && !telling(value) || near != nil && !near.tells(value) {
				continue
			}
			if near != nil {
				source.Closest, source.At, source.Odd = near.text, shown.place(near.in, near.at), near.odd
			}
		}
		sources = append(sources, source)
	}
	for i := range sources {
		t.credit(sources[i].Seen)
		t.credit(sources[i].At)
	}
	return sources
}

// credit fills which span a place came from.
func (t *Trace) credit(p *Place) {
	if p == nil {
		return
	}
	for _, c := range Calls(t) {
		if c.Result == p.Message {
			p.SpanID = c.where()
			return
		}
	}
	for _, th := range t.threads().threads {
		for _, turn := range th.turns {
			if turn.Hash == p.Message && turn.MadeBy != "" {
				p.SpanID = turn.MadeBy
				return
			}
		}
	}
}

// telling reports whether a value that is nowhere near anything in context is worth a word: it names one thing, as an id
// does.
func telling(value scalar) bool {
	if value.number {
		return !round(value.text) && len(digits(value.text)) >= minValue
	}
	return !strings.ContainsFunc(value.text, unicode.IsSpace) &&
		strings.ContainsAny(value.text, "0123456789") && len(value.text) <= 64 &&
		!round(value.text) && !moment(value.text)
}

// round reports whether a number is one that people pick: 250, 1000, 0.5.
func round(number string) bool {
	n := strings.TrimRight(strings.Trim(strings.Trim(number, "-"), "0."), "0")
	return len(n) <= 1 || n == "25" || n == "75" || n == "12" || n == "15"
}

// moment reports whether a text is a date or a time of day, which models rightly put in a form of their own.
func moment(text string) bool {
	separators := 0
	for _, r := range text {
		switch {
		case '0' <= r && r <= '9', r == 'T', r == 'Z', r == '+', r == '.':
		case r == '-' || r == ':' || r == '/':
			separators++
		default:
			return false
		}
	}
	return separators >= 1 && utf8.RuneCountInString(text) <= len("2006-01-02T15:04:05.000000000+00:00") &&
		len(digits(text)) >= 3 && len(digits(text)) <= 23 && dateLike(text)
}

// dateLike reports whether the first part of a text parted by separators has the size of a year, day or hour.
func dateLike(text string) bool {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("-:/TZ+. ", r) })
	if len(parts) < 2 {
		return false
	}
	for _, part := range parts[:2] {
		if len(part) > 4 || len(part) == 3 {
			return false
		}
	}
	return true
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, text)
}
