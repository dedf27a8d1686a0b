package vocab

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// metadata is what the sender called so, with the span's paths, or else everything that no column shows.
func (f *facts) metadata() string {
	if f.a.has(attr.SpanMetadata) {
		return withPaths(stored(f.a[attr.SpanMetadata]), f.a)
	}
	rest := make([]string, 0, len(f.keys))
	for _, key := range f.keys {
		if !f.shared.showsElsewhere(key) {
			rest = append(rest, key)
		}
	}
	if len(rest) == 0 {
		return ""
	}
	return f.members(f.a, rest)
}

// withPaths adds the span's paths to explicit metadata. What is no JSON object stays as it is.
func withPaths(explicit string, a Attributes) string {
	members, ok := jsonObject(explicit)
	if !ok {
		return explicit
	}
	for _, key := range pathKeys {
		if a.has(key) {
			members[key] = json.RawMessage(jsonText(a[key]))
		}
	}
	return jsonText(members)
}

// showsElsewhere asks once for each key: the spans of a request have most in common.
func (s *shared) showsElsewhere(key string) bool {
	shows, known := s.elsewhere[key]
	if !known {
		shows = shownElsewhere(key)
		s.elsewhere[key] = shows
	}
	return shows
}

func shownElsewhere(key string) bool {
	return slices.Contains(readElsewhere, key) ||
		slices.ContainsFunc(readElsewherePrefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

// traceMetadata is what the root calls so. The metadata of the context that the root was started in fills what is missing.
func traceMetadata(root Attributes) string {
	given := root.value(attr.TraceMetadata)
	context, ok := jsonObject(plain(root[attr.Metadata]))
	switch {
	case given == nil && !ok:
		return ""
	case given == nil:
		return jsonText(context)
	}
	members, isObject := jsonObject(*given)
	if !ok || !isObject {
		return *given
	}
	for key, value := range context {
		if _, there := members[key]; !there {
			members[key] = value
		}
	}
	return jsonText(members)
}
