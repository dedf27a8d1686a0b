package vocab

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// facts is one span on its way from words to a row. Each dialect in turn fills what is still missing.
type facts struct {
	raw     *RawSpan
	a       Attributes
	keys    []string // of a, sorted
	span    *store.Span
	call    store.Call
	decided bool // the platform's rules decided the kind, or a dialect did
	embeds  bool // a model's call though no rule makes it one
	shared  *shared
	before  *[]store.Message // what the call before it in the trace showed its model
	held    []string         // keys, and prefixes of keys that end with a dot, whose values stand elsewhere in the row
}

// shared is what the spans of one request need in turn.
type shared struct {
	scratch   []byte          // for texts on their way
	elsewhere map[string]bool // by key: what shownElsewhere says
	keys      [][]string      // sorted, of spans that were read lately

	resource map[string]any // the last one, and its JSON
	json     string
}

// has reports whether some key begins with prefix.
func (f *facts) has(prefix string) bool {
	i, found := slices.BinarySearch(f.keys, prefix)
	return found || i < len(f.keys) && strings.HasPrefix(f.keys[i], prefix)
}

// under is the keys that begin with prefix.
func (f *facts) under(prefix string) []string {
	from, _ := slices.BinarySearch(f.keys, prefix)
	to := from
	for to < len(f.keys) && strings.HasPrefix(f.keys[to], prefix) {
		to++
	}
	return f.keys[from:to]
}

// hold says that the values of keys stand whole elsewhere in the row.
func (f *facts) hold(keys ...string) { f.held = append(f.held, keys...) }

func (f *facts) holds(key string) bool {
	return slices.ContainsFunc(f.held, func(held string) bool {
		return held == key || strings.HasSuffix(held, ".") && strings.HasPrefix(key, held)
	})
}

// text fills a column with the first of keys that is not empty.
func (f *facts) text(column *string, keys ...string) {
	if *column == "" {
		*column = f.a.text(keys...)
	}
}

// captured fills Input or Output with the first of keys that has a value.
func (f *facts) captured(column **string, keys ...string) {
	if *column != nil {
		return
	}
	for _, key := range keys {
		if f.a.has(key) {
			*column = new(stored(f.a[key]))
			f.hold(key)
			return
		}
	}
}

// kind decides what the span did, where nothing has.
func (f *facts) kind(kind store.Kind) {
	if f.decided {
		return
	}
	f.span.Kind, f.decided = kind, true
	if kind == store.KindTool {
		f.span.Name = cmp.Or(f.a.text(toolKeys...), f.span.Name)
	}
}

// llm and tool tell what the span is so far.
func (f *facts) llm() bool  { return f.embeds || f.span.Kind == store.KindLLM }
func (f *facts) tool() bool { return f.span.Kind == store.KindTool }

// in and out read messages where there are none yet. They report whether some were found and say all that v says.
func (f *facts) in(v gjson.Result) bool { return f.messages(&f.call.In, "user", v) }

func (f *facts) out(v gjson.Result) bool { return f.messages(&f.call.Out, "assistant", v) }

func (f *facts) messages(column *[]store.Message, role string, v gjson.Result) (whole bool) {
	if *column != nil || !given(v) {
		return false
	}
	c := conversation{role: role}
	c.add(v)
	messages := c.messages
	if role == "assistant" {
		f.finished(c.finish)
	}
	for i := range messages {
		*column = append(*column, messages[i].stored())
	}
	return len(messages) > 0 && !c.lost
}

// inAt and outAt read what key holds, where there are no messages yet.
func (f *facts) inAt(key string) {
	if f.call.In == nil {
		f.in(f.unquoted(key))
	}
}

func (f *facts) outAt(key string) {
	if f.call.Out == nil {
		f.out(f.unquoted(key))
	}
}

// inBelow and outBelow read messages of which each member is an attribute of its own.
func (f *facts) inBelow(prefix string) {
	if f.call.In == nil && f.in(withContent(f.tree(prefix))) {
		f.hold(prefix)
	}
}

func (f *facts) outBelow(prefix string) {
	if f.call.Out == nil && f.out(withContent(f.tree(prefix))) {
		f.hold(prefix)
	}
}

// finished fills why the answers ended.
func (f *facts) finished(reasons []string) {
	if f.call.FinishReasons == nil && len(reasons) > 0 {
		f.call.FinishReasons = reasons
	}
}

// value is an attribute as JSON, whether it was sent as JSON text, as text or as a value of its own. What is not there
// does not exist.
func (f *facts) value(key string) gjson.Result {
	switch v := f.a[key].(type) {
	case nil:
		return gjson.Result{}
	case string:
		if parsed, ok := parseJSON(v); ok {
			return parsed
		}
		return gjson.Result{Type: gjson.String, Str: v, Raw: string(appendText(nil, v))} // nothing in it is found by a path
	default:
		return gjson.ParseBytes(appendValue(nil, v))
	}
}

// unquoted is value for senders that write every value as JSON, texts too.
func (f *facts) unquoted(key string) gjson.Result {
	v := f.value(key)
	if text := v.Str; v.Type == gjson.String && len(text) > 1 && text[0] == '"' && gjson.Valid(text) {
		return gjson.Parse(text)
	}
	return v
}

// first is the value of the first of keys that has one, and that key.
func (f *facts) first(keys ...string) (string, gjson.Result) {
	for _, key := range keys {
		if f.a.has(key) {
			return key, f.value(key)
		}
	}
	return "", gjson.Result{}
}
