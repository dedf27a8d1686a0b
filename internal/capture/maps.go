package capture

import (
	"encoding"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// manyMembers is from where on a map's keys are no longer held all at once to be sorted.
const manyMembers = 4 << 10

var (
	objectType = refTo(reflect.TypeFor[map[string]any]())
	labelsType = refTo(reflect.TypeFor[map[string]string]())
	countsType = refTo(reflect.TypeFor[map[string]int]())
	scoresType = refTo(reflect.TypeFor[map[string]float64]())
)

func newMapEncodeFunc(t reflect.Type) encodeFunc {
	if isSet(t) {
		return encodeSet(refTo(t), encodeElem(t.Key()))
	}
	keyText := keyTextOf(t.Key())
	if keyText == nil {
		return encodeUnencodable
	}
	encode := encodeMap(refTo(t), keyText, encodeElem(t.Elem()))
	switch t {
	case objectType.Type:
		return unlessMany((*encoder).object, encode)
	case labelsType.Type:
		return unlessMany((*encoder).labels, encode)
	case countsType.Type:
		return unlessMany((*encoder).counts, encode)
	case scoresType.Type:
		return unlessMany((*encoder).scores, encode)
	}
	return encode
}

// encodeElem asks for the plan of t when there is a value of that type.
func encodeElem(t reflect.Type) encodeFunc {
	p := planOf(t)
	return func(e *encoder, v reflect.Value) { p.made().encode(e, v) }
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

func (e *encoder) object(m map[string]any) { writeObject(e, m, objectType, (*encoder).any) }

func (e *encoder) labels(m map[string]string) { writeObject(e, m, labelsType, (*encoder).string) }

func (e *encoder) counts(m map[string]int) {
	writeObject(e, m, countsType, func(e *encoder, n int) { e.int(int64(n)) })
}

func (e *encoder) scores(m map[string]float64) {
	writeObject(e, m, scoresType, func(e *encoder, f float64) { e.float(f, 64) })
}

// writeObject writes a map without reflection.
func writeObject[V any](e *encoder, m map[string]V, t *typeRef, elem func(*encoder, V)) {
	if m == nil {
		e.null()
		return
	}
	if !e.enter(t, reflect.ValueOf(m).Pointer(), 0) {
		return
	}
	if e.open('{', t) {
		if len(m) <= fewEntries {
			writeFew(e, m, elem)
		} else {
			writeMany(e, m, elem)
		}
		e.close('}')
	}
	e.leave()
}

// entry is a map's entry. A second look at the map would take longer than keeping the value beside its key.
type entry[V any] struct {
	key   string
	value V
}

// fewEntries is how many are sorted on the stack.
const fewEntries = 8

// writeFew sorts the places of the entries, not the entries: moving pointers costs a write barrier each while the garbage
// collector runs.
func writeFew[V any](e *encoder, m map[string]V, elem func(*encoder, V)) {
	var entries [fewEntries]entry[V]
	var order [fewEntries]uint8
	n := 0
	for key, value := range m {
		entries[n%fewEntries] = entry[V]{key, value}
		at := n
		for ; at > 0 && key < entries[order[at-1]%fewEntries].key; at-- {
			order[at] = order[at-1]
		}
		order[at] = uint8(n)
		n++
	}
	for i, at := range order[:n] {
		entry := &entries[at%fewEntries]
		e.key(entry.key, i == 0)
		elem(e, entry.value)
		if !e.more() {
			break
		}
	}
}

func writeMany[V any](e *encoder, m map[string]V, elem func(*encoder, V)) {
	entries := make([]entry[V], 0, len(m))
	for key, value := range m {
		entries = append(entries, entry[V]{key, value})
	}
	slices.SortFunc(entries, func(a, b entry[V]) int { return strings.Compare(a.key, b.key) })
	for i, entry := range entries {
		e.key(entry.key, i == 0)
		elem(e, entry.value)
		if !e.more() {
			break
		}
	}
}

// member is a map's entry with its key as text, or the key of a set alone.
type member struct {
	name  string
	value reflect.Value
}

func encodeMap(t *typeRef, keyText func(reflect.Value) string, elem encodeFunc) encodeFunc {
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
