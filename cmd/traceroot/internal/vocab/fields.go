package vocab

import (
	"strings"

	"github.com/tidwall/gjson"
)

// fields are the members of an object, looked at once: gjson reads the object anew for each name that it is asked for.
type fields []field

type field struct {
	name  string
	value gjson.Result
}

// maxFields is how many members of one object are looked at; no vocabulary has as many.
const maxFields = 64

func fieldsOf(v gjson.Result) fields {
	if !v.IsObject() {
		return nil
	}
	all := make(fields, 0, 4)
	v.ForEach(func(name, value gjson.Result) bool {
		all = append(all, field{name.Str, value})
		return len(all) < maxFields
	})
	return all
}

// get is a member, or one of a member's own, with a dot between the names.
func (f fields) get(path string) gjson.Result {
	name, inner, isPath := strings.Cut(path, ".")
	for i := range f {
		if f[i].name != name {
			continue
		}
		if isPath {
			if f[i].value.IsObject() {
				return f[i].value.Get(inner)
			}
			break
		}
		return f[i].value
	}
	return gjson.Result{}
}

// first is the first of paths that is there and not null.
func (f fields) first(paths ...string) gjson.Result {
	for _, path := range paths {
		if found := f.get(path); given(found) {
			return found
		}
	}
	return gjson.Result{}
}

func (f fields) text(name string) string { return f.get(name).Str }

func (f fields) has(name string) bool { return f.get(name).Exists() }

func given(v gjson.Result) bool { return v.Exists() && v.Type != gjson.Null }

// eachOf calls do with each item of a list.
func eachOf(list gjson.Result, do func(gjson.Result)) {
	if !list.IsArray() {
		return
	}
	list.ForEach(func(_, item gjson.Result) bool {
		do(item)
		return true
	})
}
