package capture

import (
	"encoding"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// manyMembers is from where on a map's keys are no longer held all at once to be sorted.
const manyMembers = maxPooledEntries

var (
	objectType = reflect.TypeFor[map[string]any]()
	labelsType = reflect.TypeFor[map[string]string]()
)

func newMapEncodeFunc(t reflect.Type) encodeFunc {
	if isSet(t) {
		return encodeSet(t, encoderOf(t.Key()))
	}
	keyText := keyTextOf(t.Key())
	if keyText == nil {
		return encodeUnencodable
	}
	encode := encodeMap(t, keyText, encoderOf(t.Elem()))
	switch t {
	case objectType:
		return unlessMany((*encoder).object, encode)
	case labelsType:
		return unlessMany((*encoder).labels, encode)
	}
	return encode
}

func unlessMany[V any](few func(*encoder, map[string]V), many encodeFunc) encodeFunc {
	return func(e *encoder, v reflect.Value) {
		if m, ok := reflect.TypeAssert[map[string]V](v); ok && len(m) <= manyMembers {
			few(e, m)
			return
		}
		many(e, v)
	}
}

func (e *encoder) object(m map[string]any) {
	writeObject(e, m, objectType, &e.entries, (*encoder).any)
}

func (e *encoder) labels(m map[string]string) {
	writeObject(e, m, labelsType, &e.labelEntries, (*encoder).string)
}

// entry is a map's entry. A second look at the map would take longer than moving the value with its key.
type entry[V any] struct {
	key   string
	value V
}

// writeObject writes a map of type t without reflection. On scratch stand the entries of the maps around it.
func writeObject[V any](e *encoder, m map[string]V, t reflect.Type, scratch *[]entry[V], elem func(*encoder, V)) {
	if m == nil {
		e.null()
		return
	}
	if !e.enter(t, reflect.ValueOf(m).Pointer(), 0) {
		return
	}
	if e.open('{', t) {
		entries, outer := *scratch, len(*scratch)
		for key, value := range m {
			entries = append(entries, entry[V]{key, value})
		}
		*scratch = entries
		entries = entries[outer:]
		sortEntries(entries)
		for i := range entries {
			e.key(entries[i].key, i == 0)
			elem(e, entries[i].value)
			if !e.more() {
				break
			}
		}
		clear(entries) // The pool must not keep them alive.
		*scratch = (*scratch)[:outer]
		e.close('}')
	}
	e.leave()
}

// sortEntries sorts by key. Most maps have few, and for those the plainest way is the fastest.
func sortEntries[V any](entries []entry[V]) {
	const few = 16
	if len(entries) > few {
		slices.SortFunc(entries, func(a, b entry[V]) int { return strings.Compare(a.key, b.key) })
		return
	}
	for i := 1; i < len(entries); i++ {
		if entries[i-1].key <= entries[i].key {
			continue
		}
		next, at := entries[i], i
		for ; at > 0 && next.key < entries[at-1].key; at-- {
			entries[at] = entries[at-1]
		}
		entries[at] = next
	}
}

// member is a map's entry with its key as text, or the key of a set alone.
type member struct {
	name  string
	value reflect.Value
}

func encodeMap(t reflect.Type, keyText func(reflect.Value) string, elem encodeFunc) encodeFunc {
	const least = len(`"":0,`)
	take := func(entry *reflect.MapIter) member { return member{keyText(entry.Key()), entry.Value()} }
	compare := func(a, b member) int { return strings.Compare(a.name, b.name) }
	return func(e *encoder, v reflect.Value) {
		if v.IsNil() {
			e.null()
			return
		}
		if !e.enter(t, v.Pointer(), 0) {
			return
		}
		if e.open('{', t) {
			first := true
			for m := range inOrder(v, e.left()/least+1, take, compare) {
				e.key(m.name, first)
				first = false
				elem(e, m.value)
				if !e.more() {
					break
				}
			}
			e.close('}')
		}
		e.leave()
	}
}

// left is how many bytes may still be written within the limit.
func (e *encoder) left() int { return max(e.keep-len(e.buf), 0) }

// keyTextOf returns what turns keys of type t into the names of members, nil when encoding/json knows no way either.
func keyTextOf(t reflect.Type) func(reflect.Value) string {
	switch {
	case t.Kind() == reflect.String:
		return reflect.Value.String
	case t.Implements(textMarshalerType):
		return marshaledKey
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(key reflect.Value) string { return strconv.FormatInt(key.Int(), 10) }
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return func(key reflect.Value) string { return strconv.FormatUint(key.Uint(), 10) }
	default:
		return nil
	}
}

func marshaledKey(key reflect.Value) string {
	if isNilPointer(key) {
		return ""
	}
	text, ok := callMarshaler(key, encoding.TextMarshaler.MarshalText)
	if !ok {
		return "<unencodable " + typeName(key.Type()) + ">"
	}
	return string(text)
}
