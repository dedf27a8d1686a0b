package llmhttp

import (
	"iter"
	"slices"
	"strings"
)

// What the dialects of Google share: paths that end in a verb, and JSON that is read as protocol buffers are, whose members
// may be written in camel case or in snake case, and where one thing may stand for a list of one.

var (
	geminiHome = provider{"gemini", "gcp.gemini"}
	vertexHome = provider{"vertex_ai", "gcp.vertex_ai"}
)

// namedIn matches paths that end in collection/name:verb; the name is the model's.
func namedIn(a address, collections ...string) (place, bool) {
	slash := strings.LastIndexByte(a.path, '/')
	if slash < 0 {
		return place{}, false
	}
	collection := a.path[strings.LastIndexByte(a.path[:slash], '/')+1 : slash]
	last := unescape(a.path[slash+1:]) // some clients escape the colon
	colon := strings.LastIndexByte(last, ':')
	if colon <= 0 || !slices.Contains(collections, collection) {
		return place{}, false
	}
	return place{model: last[:colon]}, true
}

// either is the first member of these names that is there and not null.
func (v *value) either(names ...string) *value {
	for _, name := range names {
		if found := v.member(name); found.known() {
			return found
		}
	}
	return nil
}

// each yields what a list holds, or the one thing that stands in its place.
func (v *value) each() iter.Seq[*value] {
	if v.is(arrayKind) {
		return v.all()
	}
	return func(yield func(*value) bool) {
		if v.known() {
			yield(v)
		}
	}
}
