package capture

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
)

// isSet tells whether maps of type t are sets by habit: their values can carry nothing.
func isSet(t reflect.Type) bool {
	elem := t.Elem()
	return elem.Kind() == reflect.Struct && elem.NumField() == 0 && !elem.Implements(errorType) &&
		!elem.Implements(logValuerType) && !elem.Implements(marshalerType) && !elem.Implements(textMarshalerType)
}

func encodeSet(t *typeRef, elem encodeFunc) encodeFunc {
	write := sortedTexts(elem)
	if compare := comparerOf(t.Key()); compare != nil {
		write = sortedKeys(elem, compare)
	}
	return func(e *encoder, v reflect.Value) {
		if v.IsNil() {
			e.null()
			return
		}
		if !e.enter(t, v.Pointer(), 0) {
			return
		}
		if e.open('[', t) {
			write(e, v)
			e.close(']')
		}
		e.leave()
	}
}

// sortedKeys writes the keys of a set whose type has an order.
func sortedKeys(elem encodeFunc, compare func(a, b reflect.Value) int) encodeFunc {
	const least = len(`0,`)
	take := func(entry *reflect.MapIter) member { return member{value: entry.Key()} }
	compareKeys := func(a, b member) int { return compare(a.value, b.value) }
	return func(e *encoder, set reflect.Value) {
		first := true
		for m := range inOrder(set, e.left()/least+1, take, compareKeys) {
			e.comma(first)
			first = false
			elem(e, m.value)
			if !e.more() {
				break
			}
		}
	}
}

// written is the text of a set's key, as far as it could be seen if it were the first.
type written struct {
	text string
	lost int // bytes that follow
}

// sortedTexts writes the keys of a set whose type has no order, so their texts are ordered. Each is written where it
// may end up standing, so that it is cut where it will be cut, and taken back.
func sortedTexts(elem encodeFunc) encodeFunc {
	return func(e *encoder, set reflect.Value) {
		e.trim()
		start, lost, most := len(e.buf), e.lost, e.left()
		var texts []written
		held, unseen := 0, 0
		for entry := set.MapRange(); entry.Next() && unseen <= maxCountedBytes; {
			elem(e, entry.Key())
			e.trim()
			texts = append(texts, written{string(e.buf[start:]), e.lost - lost})
			held += len(e.buf) - start + len(",")
			e.buf, e.lost = e.buf[:start], lost
			if held > 2*(most+chunkBytes) {
				var dropped int
				texts, held, dropped = firstTexts(texts, most)
				unseen += dropped
			}
		}
		texts, _, dropped := firstTexts(texts, most)
		for i, t := range texts {
			e.comma(i == 0)
			e.literal(t.text)
			e.lost += t.lost
		}
		e.lost += unseen + dropped
	}
}

// firstTexts sorts the texts and keeps those of which something is seen when most bytes are. It returns how many bytes
// these have with the commas between them, and how many all others had.
func firstTexts(texts []written, most int) (first []written, held, dropped int) {
	slices.SortFunc(texts, func(a, b written) int { return strings.Compare(a.text, b.text) })
	n := 0
	for n < len(texts) && held <= most {
		held += len(texts[n].text) + len(",")
		n++
	}
	for i, t := range texts[n:] {
		dropped += len(t.text) + t.lost + len(",")
		texts[n+i] = written{}
	}
	return texts[:n], held, dropped
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
