package capture

import (
	"reflect"
	"unsafe"
)

func pointerAt(t *typeRef, elem *plan) memoryFunc {
	return func(e *encoder, p unsafe.Pointer) { e.pointer(t, elem, *(*unsafe.Pointer)(p)) }
}

func (e *encoder) pointer(t *typeRef, elem *plan, p unsafe.Pointer) {
	if p == nil {
		e.null()
		return
	}
	if e.enter(t, uintptr(p), 0) {
		elem.made().pointed(e, p)
		e.leave()
	}
}

func sliceAt(t *typeRef, elem *plan) memoryFunc {
	return func(e *encoder, p unsafe.Pointer) {
		items := *(*[]struct{})(p)                                            // All slices are alike but for what their pointer refers to.
		e.slice(t, elem, unsafe.Pointer(unsafe.SliceData(items)), len(items)) //nolint:gosec // G103: items keeps it alive
	}
}

func (e *encoder) slice(t *typeRef, elem *plan, p unsafe.Pointer, length int) {
	if p == nil {
		e.null()
		return
	}
	if e.enter(t, uintptr(p), length) {
		e.items(t, elem.made().pointed, p, length, elem.typ.Size())
		e.leave()
	}
}

func arrayAt(typ reflect.Type) memoryFunc {
	t, elem, size, length := refTo(typ), planOf(typ.Elem()).made(), typ.Elem().Size(), typ.Len()
	if elem.at == nil {
		return nil
	}
	return func(e *encoder, p unsafe.Pointer) { e.items(t, elem.at, p, length, size) }
}

// items writes a list of what lies side by side from p on.
func (e *encoder) items(t *typeRef, item memoryFunc, p unsafe.Pointer, count int, size uintptr) {
	if !e.open('[', t) {
		return
	}
	for i := range count {
		e.comma(i == 0)
		item(e, unsafe.Add(p, uintptr(i)*size))
		if !e.more() {
			break
		}
	}
	e.close(']')
}

func mapAt(t reflect.Type, encode encodeFunc) memoryFunc {
	switch t {
	case objectType.Type:
		return fewAt((*encoder).object, encode)
	case labelsType.Type:
		return fewAt((*encoder).labels, encode)
	case countsType.Type:
		return fewAt((*encoder).counts, encode)
	case scoresType.Type:
		return fewAt((*encoder).scores, encode)
	}
	return byReflection(t, encode)
}

func fewAt[V any](few func(*encoder, map[string]V), many encodeFunc) memoryFunc {
	return func(e *encoder, p unsafe.Pointer) {
		if m := *(*map[string]V)(p); len(m) <= manyMembers {
			few(e, m)
		} else {
			many(e, reflect.ValueOf(m))
		}
	}
}

// structAt is nil for a struct of which some field has to be looked at by reflection.
func structAt(typ reflect.Type) memoryFunc {
	t, fields := refTo(typ), placedFieldsOf(typ)
	for i := range fields {
		if fields[i].at == nil {
			return nil
		}
	}
	return func(e *encoder, p unsafe.Pointer) {
		if !e.open('{', t) {
			return
		}
		first := true
		for i := range fields {
			first = e.fieldAt(&fields[i], p, first)
			if !e.more() {
				break
			}
		}
		e.close('}')
	}
}

// fieldAt writes a member of the struct at p, unless it is to be left out, and tells whether it still is the first one that
// is to come.
func (e *encoder) fieldAt(f *field, p unsafe.Pointer, first bool) bool {
	p = unsafe.Add(p, f.offset)
	if f.isOmitted != nil && f.isOmitted(p) {
		return first
	}
	e.label(f, first)
	f.at(e, p)
	return false
}

// omission returns what decides from memory whether a field is left out, nil when it never is.
func (f *field) omission() func(p unsafe.Pointer) bool {
	t := f.plan.typ
	isZero := f.isZero
	if isZero == nil {
		if f.omitEmpty {
			return emptyTest(t)
		}
		return nil
	}
	return func(p unsafe.Pointer) bool {
		v := reflect.NewAt(t, p).Elem()
		return isZero(v) || f.omitEmpty && isEmpty(v)
	}
}

// emptyTest returns what decides for the option omitempty as isEmpty does, nil for a kind that is never empty.
func emptyTest(t reflect.Type) func(p unsafe.Pointer) bool {
	switch t.Kind() {
	case reflect.String:
		return func(p unsafe.Pointer) bool { return *(*string)(p) == "" }
	case reflect.Slice:
		return func(p unsafe.Pointer) bool { return len(*(*[]struct{})(p)) == 0 }
	case reflect.Pointer:
		return func(p unsafe.Pointer) bool { return *(*unsafe.Pointer)(p) == nil }
	case reflect.Bool:
		return func(p unsafe.Pointer) bool { return !*(*bool)(p) }
	case reflect.Int:
		return func(p unsafe.Pointer) bool { return *(*int)(p) == 0 }
	case reflect.Int64:
		return func(p unsafe.Pointer) bool { return *(*int64)(p) == 0 }
	case reflect.Map:
		return func(p unsafe.Pointer) bool {
			return *(*unsafe.Pointer)(p) == nil || isEmpty(reflect.NewAt(t, p).Elem())
		}
	case reflect.Struct, reflect.Func, reflect.Chan, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		return nil
	default:
		return func(p unsafe.Pointer) bool { return isEmpty(reflect.NewAt(t, p).Elem()) }
	}
}
