package capture

import "reflect"

func encodeInterface(e *encoder, v reflect.Value) {
	e.any(v.Interface())
}

func encodePointer(elem encodeFunc) encodeFunc {
	return func(e *encoder, v reflect.Value) {
		if v.IsNil() {
			e.null()
			return
		}
		if e.enter(v.Type(), v.Pointer(), 0) {
			elem(e, v.Elem())
			e.leave()
		}
	}
}

func encodeBytes(e *encoder, v reflect.Value) {
	if v.IsNil() {
		e.null()
		return
	}
	e.bytes(v.Bytes())
}

func encodeSlice(elem encodeFunc) encodeFunc {
	items := encodeArray(elem)
	return func(e *encoder, v reflect.Value) {
		if v.IsNil() {
			e.null()
			return
		}
		if e.enter(v.Type(), v.Pointer(), v.Len()) {
			items(e, v)
			e.leave()
		}
	}
}

func encodeArray(elem encodeFunc) encodeFunc {
	return func(e *encoder, v reflect.Value) {
		if !e.open('[', v.Type()) {
			return
		}
		for i := range v.Len() {
			if i > 0 {
				e.byte(',')
			}
			elem(e, v.Index(i))
		}
		e.close(']')
	}
}

// list encodes items, which v holds as an interface; making a new interface of them would allocate.
func (e *encoder) list(v any, items []any) {
	if items == nil {
		e.null()
		return
	}
	rv := reflect.ValueOf(v)
	if !e.enter(rv.Type(), rv.Pointer(), len(items)) {
		return
	}
	defer e.leave()
	if !e.open('[', rv.Type()) {
		return
	}
	for i, item := range items {
		if i > 0 {
			e.byte(',')
		}
		e.any(item)
	}
	e.close(']')
}

func (e *encoder) strings(items []string) {
	if items == nil {
		e.null()
		return
	}
	if !e.open('[', reflect.TypeFor[[]string]()) {
		return
	}
	for i, item := range items {
		if i > 0 {
			e.byte(',')
		}
		e.text(item)
	}
	e.close(']')
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
