package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// suggestion completes the term that a position is in: text takes the place of what stands between from and to.
type suggestion struct {
	Text  string `json:"text"`
	Count int    `json:"count,omitempty"` // traces that have it
	From  int    `json:"from"`            // in UTF-16 units, as is to
	To    int    `json:"to"`
	Note  string `json:"note,omitempty"`
}

// suggestions are the likeliest first.
type suggestions struct {
	Data []suggestion `json:"data"`
}

// keyNotes say what a key is about, in the order in which keys are told.
var keyNotes = []struct{ key, note string }{
	{"status", "failed, recovered, ok or running"},
	{"agent", "name of an agent"},
	{"tool", "name of a tool that was called"},
	{"model", "name of a model"},
	{"user", "user id"},
	{"session", "session id"},
	{"tag", "tag"},
	{"env", "environment"},
	{"cost", "dollars, as in >0.05"},
	{"tokens", "input and output, as in >10k"},
	{"latency", "as in >2s or 500ms..2s"},
	{"ttft", "wait for the first token, as in >1s"},
	{"errors", "spans with an error, as in >0"},
	{"spans", "as in >100"},
	{"service", "service.name"},
	{"version", "service.version"},
	{"name", "name of the trace"},
	{"trace", "trace id"},
	{"from", "as in -24h"},
	{"to", "as in -1h"},
	{"attr.", "an attribute of a span, as in attr.http.route:/chat"},
	{"metadata.", "metadata, as in metadata.plan:pro"},
}

const maxSuggestions = 20

func (s *server) suggest(r *http.Request, who Identity) (any, error) {
	text := r.URL.Query().Get("q")
	at, err := strconv.Atoi(r.URL.Query().Get("at"))
	if err != nil {
		at = utf16Length(text)
	}
	term := termAt(text, at)
	reply := suggestions{Data: []suggestion{}}
	if term.values == nil {
		for _, known := range keyNotes {
			if !strings.HasPrefix(known.key, strings.ToLower(term.key)) || len(reply.Data) == maxSuggestions {
				continue
			}
			key := known.key
			if !strings.HasSuffix(key, ".") {
				key += ":"
			}
			reply.Data = append(reply.Data, suggestion{Text: key, From: term.from, To: term.to, Note: known.note})
		}
		return reply, nil
	}
	field := textKeys[strings.ToLower(term.key)]
	if !slices.Contains(facetFields, field) && field != store.FieldName {
		return reply, nil
	}
	counts, err := s.valuesLike(r, who, text, term, field)
	if err != nil {
		return nil, err
	}
	for _, c := range counts {
		reply.Data = append(reply.Data, suggestion{Text: quoted(c.Value), Count: c.Count, From: term.from, To: term.to})
	}
	return reply, nil
}

// valuesLike are the values of a field that what was typed is a part of, among the traces that the rest of the query
// selects.
func (s *server) valuesLike(r *http.Request, who Identity, text string, term termUnder, field store.Field) ([]store.Count, error) {
	typed := *term.values
	query, err := ParseQuery(text[:term.start]+text[term.end:], s.now())
	if err != nil {
		query = store.Query{} // the rest is not finished either
	}
	if typed != "" {
		query.Where = append(query.Where, store.Condition{Field: field, Op: store.OpContains, Values: []string{typed}})
	}
	found, err := s.store.Facets(r.Context(), who.Project, query, []store.Field{field}, 10*maxSuggestions)
	if err != nil {
		return nil, err
	}
	lower := strings.ToLower(typed)
	counts := slices.DeleteFunc(found[field], func(c store.Count) bool { return !strings.Contains(strings.ToLower(c.Value), lower) })
	slices.SortStableFunc(counts, func(a, b store.Count) int {
		return prefixed(b.Value, lower) - prefixed(a.Value, lower)
	})
	return counts[:min(len(counts), maxSuggestions)], nil
}

func prefixed(value, prefix string) int {
	if strings.HasPrefix(strings.ToLower(value), prefix) {
		return 1
	}
	return 0
}

// termUnder is the term that a position is in.
type termUnder struct {
	start, end int     // of the whole term, in bytes
	key        string  // or what may become one
	values     *string // what was typed of the last value; nil: no value is begun
	from, to   int     // of what a suggestion takes the place of, in UTF-16 units
}

func termAt(text string, at int) termUnder {
	end := byteAt(text, at)
	start, inQuotes := 0, false
	for i, r := range text[:end] {
		switch {
		case r == '"' && (i == 0 || text[i-1] != '\\'):
			inQuotes = !inQuotes
		case unicode.IsSpace(r) && !inQuotes:
			start = i + len(string(r))
		}
	}
	term := termUnder{start: start, end: end}
	typed := text[start:end]
	skipped := len(typed) - len(strings.TrimPrefix(typed, "-"))
	typed = typed[skipped:]
	key, values, hasValue := strings.Cut(typed, ":")
	term.key = key
	from := start + skipped
	if hasValue {
		last := strings.LastIndexByte(values, ',') + 1
		value := strings.TrimLeft(values[last:], "~=")
		from = end - len(value)
		value = strings.Trim(value, `"`)
		term.values = &value
	}
	term.from, term.to = utf16Length(text[:from]), at
	return term
}

// byteAt is the offset in bytes of one in UTF-16 units.
func byteAt(text string, units int) int {
	n := 0
	for i, r := range text {
		if n >= units {
			return i
		}
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return len(text)
}

// quoted is a value as a query has it.
func quoted(value string) string {
	if value != "" && !strings.ContainsFunc(value, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(`",:\`, r)
	}) && !strings.ContainsAny(value[:1], "<>=~") {
		return value
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}
