package capture

import (
	"cmp"
	"encoding"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

func newMapEncodeFunc(t reflect.Type) encodeFunc {
	if isSet(t) {
		return encodeSet(encoderOf(t.Key()))
	}
	keyText := keyTextOf(t.Key())
	if keyText == nil {
		return encodeUnencodable
	}
	if t == reflect.TypeFor[map[string]any]() {
		return encodeInterface // A map fits into an interface without an allocation.
	}
	return encodeMap(keyText, encoderOf(t.Elem()))
}

// member is a map's entry with its key as text.
type member struct {
	name  string
	value reflect.Value
}

func encodeMap(keyText func(reflect.Value) string, elem encodeFunc) encodeFunc {
	return func(e *encoder, v reflect.Value) {
		if v.IsNil() {
			e.null()
			return
		}
		if !e.enter(v.Type(), v.Pointer(), 0) {
			return
		}
		defer e.leave()
		if !e.open('{', v.Type()) {
			return
		}
		members := make([]member, 0, v.Len())
		for entries := v.MapRange(); entries.Next(); {
			members = append(members, member{keyText(entries.Key()), entries.Value()})
		}
		slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
		for i, m := range members {
			if i > 0 {
				e.byte(',')
			}
			e.key(m.name)
			elem(e, m.value)
		}
		e.close('}')
	}
}

// object encodes m, which v holds as an interface; making a new interface of it would allocate.
func (e *encoder) object(v any, m map[string]any) {
	if m == nil {
		e.null()
		return
	}
	rv := reflect.ValueOf(v)
	if !e.enter(rv.Type(), rv.Pointer(), 0) {
		return
	}
	defer e.leave()
	if !e.open('{', rv.Type()) {
		return
	}
	outer := len(e.keys)
	for key := range m {
		e.keys = append(e.keys, key)
	}
	keys := e.keys[outer:]
	slices.Sort(keys)
	for i, key := range keys {
		if i > 0 {
			e.byte(',')
		}
		e.key(key)
		e.any(m[key])
	}
	clear(keys) // The pool must not keep them alive.
	e.keys = e.keys[:outer]
	e.close('}')
}

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

// isSet tells whether maps of type t are sets by habit: their values can carry nothing.
func isSet(t reflect.Type) bool {
	elem := t.Elem()
	return elem.Kind() == reflect.Struct && elem.NumField() == 0 &&
		!elem.Implements(errorType) && !elem.Implements(marshalerType) && !elem.Implements(textMarshalerType)
}

func encodeSet(elem encodeFunc) encodeFunc {
	return func(e *encoder, v reflect.Value) {
		if v.IsNil() {
			e.null()
			return
		}
		if !e.enter(v.Type(), v.Pointer(), 0) {
			return
		}
		defer e.leave()
		if !e.open('[', v.Type()) {
			return
		}
		if compare := comparerOf(v.Type().Key()); compare != nil {
			e.sortedKeys(v, elem, compare)
		} else {
			e.sortedTexts(v, elem)
		}
		e.close(']')
	}
}

// sortedKeys writes the keys of a set whose type has an order.
func (e *encoder) sortedKeys(set reflect.Value, elem encodeFunc, compare func(a, b reflect.Value) int) {
	keys := set.MapKeys()
	slices.SortFunc(keys, compare)
	for i, key := range keys {
		if i > 0 {
			e.byte(',')
		}
		elem(e, key)
	}
}

// sortedTexts writes the keys of a set whose type has no order, so their texts are ordered. Each is written where it
// may end up standing, so that it is cut where it will be cut, and taken back.
func (e *encoder) sortedTexts(set reflect.Value, elem encodeFunc) {
	type written struct {
		text string
		lost int
	}
	start, lost := len(e.buf), e.lost
	var texts []written
	for _, key := range set.MapKeys() {
		elem(e, key)
		texts = append(texts, written{string(e.buf[start:]), e.lost - lost})
		e.buf, e.lost = e.buf[:start], lost
	}
	slices.SortFunc(texts, func(a, b written) int { return strings.Compare(a.text, b.text) })
	for i, t := range texts {
		if i > 0 {
			e.byte(',')
		}
		e.literal(t.text)
		e.lost += t.lost
	}
}

// comparerOf returns the natural order of values of type t, nil when they have none.
func comparerOf(t reflect.Type) func(a, b reflect.Value) int {
	switch t.Kind() {
	case reflect.String:
		return func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(a, b reflect.Value) int { return cmp.Compare(a.Int(), b.Int()) }
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return func(a, b reflect.Value) int { return cmp.Compare(a.Uint(), b.Uint()) }
	case reflect.Float32, reflect.Float64:
		return func(a, b reflect.Value) int { return cmp.Compare(a.Float(), b.Float()) }
	default:
		return nil
	}
}
