package api

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// QueryError says what is wrong with a query, and where: between two offsets into it, counted in UTF-16 units, since it
// is a browser that underlines them.
type QueryError struct {
	Problem   string
	At, Until int
}

// Error is the problem.
func (e *QueryError) Error() string { return e.Problem }

// ParseQuery reads the language in which people look for traces. Terms stand between spaces, and all have to hold:
//
//	refund "bent cage"           words and phrases in what went in or came out; refund* for the beginning of a word
//	tool:search agent:"my bot"   some tool was called search
//	status:failed,running        one of them
//	model:~mini                  a part of the model's name, in any case
//	cost:>0.5 latency:>=2s       also < <= and ranges: tokens:1k..5k, latency:..500ms
//	attr.http.route:/chat        an attribute of some span; metadata.plan:pro of the metadata
//	from:-24h to:-1h             times, relative to now or in ISO 8601
//	-status:ok -refund           anything but
//
// What has a space, a colon or a quote in it stands in quotes, in which \" and \\ are characters. An error is a
// *[QueryError].
func ParseQuery(text string, now time.Time) (store.Query, error) {
	p := queryParser{text: text, now: now}
	for p.skipSpace(); p.at < len(text); p.skipSpace() {
		if err := p.term(); err != nil {
			return store.Query{}, err
		}
	}
	return p.query, nil
}

type queryParser struct {
	text  string
	at    int // in bytes
	now   time.Time
	query store.Query
}

// piece is a part of a term: quoted, or as it stands.
type piece struct {
	text     string
	quoted   bool
	at, ends int
}

func (p *queryParser) term() error {
	start := p.at
	not := strings.HasPrefix(p.text[p.at:], "-")
	if not {
		p.at++
	}
	first, err := p.piece(":")
	if err != nil {
		return err
	}
	if !first.quoted && (first.text == keyAttribute || first.text == keyMetadata) && p.at > 0 && p.text[p.at-1] == '.' {
		inner, err := p.piece(":") // attr."a key: with a colon":value
		if err != nil {
			return err
		}
		first.text, first.ends = first.text+inner.text, inner.ends
	}
	if first.quoted || !strings.HasPrefix(p.text[p.at:], ":") {
		return p.words(first, not, start)
	}
	p.at++
	op := p.operator()
	values, err := p.values()
	if err != nil {
		return err
	}
	return p.condition(first, op, values, not, start)
}

func (p *queryParser) words(w piece, not bool, start int) error {
	words := store.Words{Text: w.text, Not: not}
	if !w.quoted {
		words.Text, words.Prefix = strings.CutSuffix(w.text, "*")
	}
	if len(store.Terms(words.Text)) == 0 {
		return p.failed(start, p.at, "there is no letter or digit to search for")
	}
	p.query.Words = append(p.query.Words, words)
	return nil
}

// operators, longer ones first.
var operators = []struct {
	sign string
	op   store.Op
}{
	{">=", store.OpAtLeast},
	{"<=", store.OpAtMost},
	{">", store.OpGreater},
	{"<", store.OpLess},
	{"=", store.OpEqual},
	{"~", store.OpContains},
}

func (p *queryParser) operator() store.Op {
	for _, o := range operators {
		if strings.HasPrefix(p.text[p.at:], o.sign) {
			p.at += len(o.sign)
			return o.op
		}
	}
	return ""
}

// values are parted by commas; one at least.
func (p *queryParser) values() ([]piece, error) {
	var values []piece
	for {
		value, err := p.piece(",")
		if err != nil {
			return nil, err
		}
		values = append(values, value)
		if !strings.HasPrefix(p.text[p.at:], ",") {
			return values, nil
		}
		p.at++
	}
}

// piece reads up to a space, an end or the end of a quoted text. A key may be followed by a quote: attr."key".
func (p *queryParser) piece(end string) (piece, error) {
	start := p.at
	if strings.HasPrefix(p.text[p.at:], `"`) {
		return p.quotedPiece()
	}
	for p.at < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[p.at:])
		if unicode.IsSpace(r) || strings.ContainsRune(end, r) {
			break
		}
		if r == '"' {
			if before := p.text[start:p.at]; before == keyAttribute || before == keyMetadata {
				break
			}
			return piece{}, p.failed(p.at, p.at+1, `a quote can only stand at the beginning of a word or value; in quotes write it \"`)
		}
		p.at += size
	}
	return piece{text: p.text[start:p.at], at: start, ends: p.at}, nil
}

func (p *queryParser) quotedPiece() (piece, error) {
	start := p.at
	var text strings.Builder
	for at := p.at + 1; at < len(p.text); at++ {
		switch c := p.text[at]; c {
		case '"':
			p.at = at + 1
			if rest := p.text[p.at:]; rest != "" && !strings.ContainsRune(":,", rune(rest[0])) {
				if r, size := utf8.DecodeRuneInString(rest); !unicode.IsSpace(r) {
					return piece{}, p.failed(p.at, p.at+size, "a space is missing after the quote")
				}
			}
			return piece{text.String(), true, start, p.at}, nil
		case '\\':
			if at+1 < len(p.text) && (p.text[at+1] == '"' || p.text[at+1] == '\\') {
				at++
			}
			text.WriteByte(p.text[at])
		default:
			text.WriteByte(c)
		}
	}
	return piece{}, p.failed(start, len(p.text), "the quote is not closed")
}

func (p *queryParser) skipSpace() {
	rest := strings.TrimLeftFunc(p.text[p.at:], unicode.IsSpace)
	p.at = len(p.text) - len(rest)
}

func (p *queryParser) failed(at, until int, format string, args ...any) error {
	return &QueryError{fmt.Sprintf(format, args...), utf16Length(p.text[:at]), utf16Length(p.text[:until])}
}

func utf16Length(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
