package api

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// findings are the spans of a trace that a text is in.
type findings struct {
	Data []finding `json:"data"`
	More bool      `json:"more,omitempty"` // there are others
}

// finding is one place of a text. A message is told of once, by the span that had it first.
type finding struct {
	Span  string `json:"span"`
	Field string `json:"field"`          // name, error, input, output, message or attributes
	Hash  string `json:"hash,omitempty"` // of a message
	Text  string `json:"text"`           // what stands around
	At    [2]int `json:"at"`             // where in text, in UTF-16 units
}

const (
	maxFindings = 200
	maxSought   = 500 // bytes
	around      = 60  // bytes that are shown on each side
)

// find searches all of a trace, upper and lower case being the same.
func (s *server) find(r *http.Request, who Identity) (any, error) {
	sought := strings.ToLower(r.URL.Query().Get("q"))
	if sought == "" || len(sought) > maxSought {
		return nil, invalid("q is the text to find, of up to %d bytes", maxSought)
	}
	v, err := s.views.get(r.Context(), who.Project, r.PathValue("trace_id"))
	if err != nil {
		return nil, err
	}
	f := finder{sought: sought, told: map[store.Hash]bool{}, found: findings{Data: []finding{}}}
	for i := range v.spans {
		if f.found.More {
			break
		}
		f.span(v, &v.spans[i])
	}
	return f.found, nil
}

type finder struct {
	sought string
	told   map[store.Hash]bool
	found  findings
}

func (f *finder) span(v *view, s *store.Span) {
	f.look(s, "name", "", s.Name)
	f.look(s, "error", "", errorOf(s))
	if s.Call != nil {
		for _, list := range [][]store.Message{s.Call.In, s.Call.Out} {
			for _, m := range list {
				if !f.told[m.Hash] {
					f.told[m.Hash] = true
					f.look(s, "message", m.Hash.String(), plain(dataless(v.bodies[m.Hash])))
				}
			}
		}
	}
	if s.Input != nil && (s.Call == nil || len(s.Call.In) == 0) {
		f.look(s, "input", "", plain(*s.Input))
	}
	if s.Output != nil {
		f.look(s, "output", "", plain(*s.Output))
	}
	f.look(s, "attributes", "", s.Payload.Attributes)
}

// plain undoes the escapes that part words of JSON.
func plain(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	return escapes.Replace(text)
}

var escapes = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\t`, "\t", `\"`, `"`, `\u003c`, "<", `\u003e`, ">", `\u0026`, "&")

func (f *finder) look(s *store.Span, field, hash, text string) {
	lower := strings.ToLower(text)
	if len(lower) != len(text) { // offsets would not fit
		lower = text
	}
	at := strings.Index(lower, f.sought)
	if at < 0 {
		return
	}
	if len(f.found.Data) == maxFindings {
		f.found.More = true
		return
	}
	excerpt, place := excerptAt(text, at, at+len(f.sought))
	f.found.Data = append(f.found.Data, finding{s.SpanID, field, hash, excerpt, place})
}

// excerptAt is what stands around a place of a text on one line, and where the place is in it, in UTF-16 units.
func excerptAt(text string, from, to int) (excerpt string, place [2]int) {
	start, end := max(from-around, 0), min(to+around, len(text))
	for start < from && !utf8.RuneStart(text[start]) {
		start++
	}
	for end < len(text) && end > to && !utf8.RuneStart(text[end]) {
		end--
	}
	line := strings.NewReplacer("\n", " ", "\r", " ", "\t", " ")
	before, found, after := line.Replace(text[start:from]), line.Replace(text[from:to]), line.Replace(text[to:end])
	at := utf16Length(before)
	return before + found + after, [2]int{at, at + utf16Length(found)}
}
