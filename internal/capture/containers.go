package capture

import (
	"reflect"
	"unsafe"
)

func encodeInterface(e *encoder, v reflect.Value) { e.any(v.Interface()) }

func encodePointer(t *typeRef, elem *plan) encodeFunc {
	return func(e *encoder, v reflect.Value) {
		switch {
		case v.CanInterface() || v.IsNil():
			e.pointer(t, elem, v.UnsafePointer())
		case e.enter(t, v.Pointer(), 0):
			elem.made().encode(e, v.Elem()) // An embedded field without a name of its own: its methods are not ours to call.
			e.leave()
		}
	}
}

func encodeBytes(e *encoder, v reflect.Value) {
	e.bytesOrNull(v.Bytes())
}

func encodeSlice(t *typeRef, elem *plan) encodeFunc {
	return func(e *encoder, v reflect.Value) { e.slice(t, elem, v.UnsafePointer(), v.Len()) }
}

func encodeArray(t *typeRef, elem *plan) encodeFunc {
	return func(e *encoder, v reflect.Value) {
		encode := elem.made().encode
		if !e.open('[', t) {
			return
		}
		for i := range v.Len() {
			e.comma(i == 0)
			encode(e, v.Index(i))
			if !e.more() {
				break
			}
		}
		e.close(']')
	}
}

var (
	listType    = refTo(reflect.TypeFor[[]any]())
	stringsType = refTo(reflect.TypeFor[[]string]())
)

func (e *encoder) list(items []any) {
	if items == nil {
		e.null()
		return
	}
	at := uintptr(unsafe.Pointer(unsafe.SliceData(items))) //nolint:gosec // G103: it is compared, not used
	if !e.enter(listType, at, len(items)) {
		return
	}
	if e.open('[', listType) {
		for i, item := range items {
			e.comma(i == 0)
			e.any(item)
			if !e.more() {
				break
			}
		}
		e.close(']')
	}
	e.leave()
}

func (e *encoder) strings(items []string) {
	switch {
	case items == nil:
		e.null()
	case e.open('[', stringsType):
		for i, item := range items {
			e.comma(i == 0)
			e.string(item)
			if !e.more() {
				break
			}
		}
		e.close(']')
	}
}

// isNil tells whether v is nil. A value of a kind that has no nil is not.
func isNil(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan, reflect.UnsafePointer, reflect.Interface:
		return v.IsNil()
	default:
		return false
	}
}
