package llmhttp

import "encoding/json"

// A parameter is one canonical name and the members, as dotted paths, that may hold it; the first that does counts.
type parameter struct {
	name  string
	paths []string
}

// readParameters collects the parameters that a body gives.
func readParameters(body *value, table []parameter) map[string]json.RawMessage {
	found := make(map[string]json.RawMessage)
	for _, p := range table {
		for _, path := range p.paths {
			if v := canonical(p.name, body.path(path)); v != nil {
				found[p.name] = v
				break
			}
		}
	}
	return found
}

// canonical gives a parameter's value as it was sent, but for two: stop is always a list, and of a response format its
// type says enough. Nil when the value says nothing.
func canonical(name string, v *value) json.RawMessage {
	if !v.known() {
		return nil
	}
	switch {
	case name == "stop" && !v.given():
		return nil
	case name == "stop" && v.is(textKind):
		return append(append([]byte{'['}, v.raw()...), ']')
	case name == "response_format" && v.is(objectKind):
		v = v.get("type")
		if !v.known() {
			return nil
		}
	}
	return v.raw()
}
