package verdict

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// Bounds of what is looked at of one call's arguments.
const (
	maxScalars = 64
	maxDepth   = 32
	maxValue   = 4 << 10 // bytes; a longer text is no argument that stands in a conversation as it is
	minValue   = 3       // characters; a shorter one stands anywhere
)

// scalar is a text or number of a call's arguments.
type scalar struct {
	path   string // member names and indexes, parted by dots
	name   string // the last member name
	text   string
	number bool
}

// scalars are the values that can have come from somewhere: no booleans, no values that the tool's schema lists.
func scalars(args, schema string) []scalar {
	v := gjson.Parse(args)
	if !gjson.Valid(args) {
		if args == "" || strings.ContainsAny(args[:1], `{["`) { // JSON that was cut
			return nil
		}
		v = gjson.Result{Type: gjson.String, Str: args, Raw: args}
	}
	var s scalarWalk
	s.walk(v, gjson.Parse(schema), scalar{}, 0)
	return s.found
}

type scalarWalk struct{ found []scalar }

func (s *scalarWalk) walk(v, schema gjson.Result, at scalar, depth int) {
	if depth > maxDepth || len(s.found) == maxScalars {
		return
	}
	switch {
	case v.IsObject():
		properties := member(schema, "properties")
		v.ForEach(func(key, value gjson.Result) bool {
			s.walk(value, member(properties, key.Str), scalar{path: join(at.path, key.Str), name: key.Str}, depth+1)
			return len(s.found) < maxScalars
		})
	case v.IsArray():
		items, n := member(schema, "items"), 0
		v.ForEach(func(_, value gjson.Result) bool {
			s.walk(value, items, scalar{path: join(at.path, strconv.Itoa(n)), name: at.name}, depth+1)
			n++
			return len(s.found) < maxScalars
		})
	case v.Type == gjson.String || v.Type == gjson.Number:
		at.text, at.number = v.Str, v.Type == gjson.Number
		if at.number {
			at.text = v.Raw
		}
		if n := utf8.RuneCountInString(at.text); n >= minValue && len(at.text) <= maxValue && !listed(schema, v, 0) {
			s.found = append(s.found, at)
		}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// listed reports whether a schema names the value as one to choose from.
func listed(schema, value gjson.Result, depth int) bool {
	if depth > 3 {
		return false
	}
	for _, choice := range elements(member(schema, "enum")) {
		if choice.Raw == value.Raw || choice.Type == gjson.String && choice.Str == value.Str {
			return true
		}
	}
	for _, only := range []string{"const", "default"} {
		if choice := member(schema, only); choice.Exists() && choice.Raw == value.Raw {
			return true
		}
	}
	for _, several := range []string{"anyOf", "oneOf", "allOf"} {
		for _, inner := range elements(member(schema, several)) {
			if listed(inner, value, depth+1) {
				return true
			}
		}
	}
	return false
}

// offered is the tools that a model call was offered: name to schema. It is nil where that is not known.
func (t *Trace) offered(i int) map[string]string {
	tools := t.spans[i].Payload.Tools
	if read, known := t.tools[tools]; known || tools == "" {
		return read
	}
	t.tools[tools] = nil
	if !gjson.Valid(tools) {
		return nil
	}
	offered := map[string]string{}
	for _, tool := range elements(gjson.Parse(tools)) {
		offered[member(tool, "name").Str] = member(tool, "parameters").Raw
	}
	t.tools[tools] = offered
	return offered
}
