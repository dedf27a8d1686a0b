package llmhttp

import "iter"

// How Google's servers read JSON: as protocol buffers, whose members may be written in camel case or in snake case, and
// where one thing may stand for a list of one.

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

// members yields what an object holds, nothing for anything else.
func (v *value) members() iter.Seq[*value] {
	return func(yield func(*value) bool) {
		if !v.is(objectKind) {
			return
		}
		for i := range v.items {
			if !yield(&v.items[i]) {
				return
			}
		}
	}
}

// droppedIn is how much of the texts in a value was not kept.
func droppedIn(v *value) int {
	n := dropped(v)
	if v != nil {
		for i := range v.items {
			n += droppedIn(&v.items[i])
		}
	}
	return n
}

// argumentsText is the JSON of arguments as a text, as it comes from providers that stream it in pieces. A text is taken
// for what it says.
func argumentsText(arguments *value) *value {
	if !arguments.given() || arguments.is(textKind) {
		return arguments
	}
	raw := string(arguments.raw())
	return &value{kind: textKind, text: raw, size: len(raw) + droppedIn(arguments)}
}
