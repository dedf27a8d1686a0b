package parity_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// kind is how two places compare in one key.
type kind string

const (
	equal      kind = "equal"
	other      kind = "both send it, not the same"
	onlyPython kind = "Python sends it, Go does not"
	onlyGo     kind = "Go sends it, Python does not"
)

type comparison struct {
	kind         kind
	python, ours fact
}

// compare holds the facts of one place side by side, by key.
func compare(python, ours facts) map[string]comparison {
	found := map[string]comparison{}
	for key, theirs := range python {
		if _, ok := ours[key]; !ok {
			found[key] = comparison{kind: onlyPython, python: theirs}
		}
	}
	for key, our := range ours {
		theirs, ok := python[key]
		switch {
		case !ok:
			found[key] = comparison{kind: onlyGo, ours: our}
		case reflect.DeepEqual(theirs, our):
			found[key] = comparison{equal, theirs, our}
		default:
			found[key] = comparison{other, theirs, our}
		}
	}
	return found
}

// difference is a row of the table in docs/parity.md: what the two SDKs do not send alike, and why that stays so.
type difference struct {
	keys   []string // one that ends with * stands for all that begin so
	at     []string // the places
	python string   // what the Python SDK sends, in words
	ours   string   // what we send
	why    string

	// undo makes Python's value ours, where the difference is one of form alone.
	undo func(fact) fact
}

// nothing is what an SDK sends that does not have the key.
const nothing = "–"

func (d difference) kind() kind {
	switch nothing {
	case d.python:
		return onlyGo
	case d.ours:
		return onlyPython
	default:
		return other
	}
}

// covers returns the one of the row's keys that stands for key.
func (d difference) covers(place, key string, k kind) (pattern string, ok bool) {
	if d.kind() != k || !slices.Contains(d.at, place) {
		return "", false
	}
	i := slices.IndexFunc(d.keys, func(pattern string) bool {
		prefix, open := strings.CutSuffix(pattern, "*")
		return key == pattern || open && strings.HasPrefix(key, prefix)
	})
	if i < 0 {
		return "", false
	}
	return d.keys[i], true
}

// lookUp finds a value by its key and, behind a # each, the members and elements inside of it.
func lookUp(known facts, path string) (value any, found bool) {
	key, inside, _ := strings.Cut(path, "#")
	f, found := known[key]
	if !found || inside == "" {
		return f.value, found
	}
	value = f.value
	for step := range strings.SplitSeq(inside, "#") {
		switch container := value.(type) {
		case map[string]any:
			value, found = container[step]
		case []any:
			i, err := strconv.Atoi(step)
			found = err == nil && i < len(container)
			if found {
				value = container[i]
			}
		default:
			found = false
		}
		if !found {
			return nil, false
		}
	}
	return value, true
}

// text is a JSON value as text.
func text(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(encoded)
}
