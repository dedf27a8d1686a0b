package capture

import (
	"reflect"
	"unsafe"
)

func encodeStruct(t *typeRef, fields []field) encodeFunc {
	return func(e *encoder, v reflect.Value) {
		if !e.open('{', t) {
			return
		}
		var memory unsafe.Pointer // nil where v has no address
		if v.CanAddr() {
			memory = unsafe.Pointer(v.UnsafeAddr()) //nolint:gosec // G103: v keeps what it points to alive
		}
		first := true
		for i := range fields {
			if f := &fields[i]; memory == nil || f.at == nil {
				first = e.field(f, v, first)
			} else {
				first = e.fieldAt(f, memory, first)
			}
			if !e.more() {
				break
			}
		}
		e.close('}')
	}
}

// field writes a member, unless it is to be left out, and tells whether it still is the first one that is to come.
func (e *encoder) field(f *field, v reflect.Value, first bool) bool {
	value, ok := f.of(v)
	switch {
	case !ok || f.omits(value):
		return first
	case f.isOneof:
		return e.oneof(value, first)
	}
	e.label(f, first)
	f.plan.made().encode(e, value)
	return false
}

func (e *encoder) label(f *field, first bool) {
	label := f.label
	if first {
		label = label[len(","):]
	}
	e.literal(label)
}

// of returns the field in the struct v; there is none when a pointer to an embedded struct on the way is nil.
func (f *field) of(v reflect.Value) (reflect.Value, bool) {
	if len(f.index) == 1 {
		return v.Field(f.index[0]), true
	}
	for _, i := range f.index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return reflect.Value{}, false
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, true
}

func (f *field) omits(v reflect.Value) bool {
	return f.omitEmpty && isEmpty(v) || f.isZero != nil && f.isZero(v)
}

// isEmpty decides for the option omitempty.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct, reflect.Func, reflect.Chan, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		return false
	default:
		return v.IsZero()
	}
}

type zeroer interface{ IsZero() bool }

// zeroTest returns what decides for the option omitzero: the method IsZero of t or of its pointer, if there is one.
func zeroTest(t reflect.Type) func(reflect.Value) bool {
	zeroerType := reflect.TypeFor[zeroer]()
	switch {
	case t.Implements(zeroerType):
		return func(v reflect.Value) bool {
			if v.Kind() == reflect.Interface {
				v = v.Elem()
			}
			return !v.IsValid() || isNilPointer(v) || callIsZero(v)
		}
	case reflect.PointerTo(t).Implements(zeroerType):
		return func(v reflect.Value) bool { return v.CanInterface() && callIsZero(addressed(v)) }
	default:
		return reflect.Value.IsZero
	}
}

// addressed returns a pointer to v, or to a copy of it.
func addressed(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v.Addr()
	}
	copied := reflect.New(v.Type())
	copied.Elem().Set(v)
	return copied
}

// callIsZero reports false when the method panics: then the value is at least worth a look.
func callIsZero(v reflect.Value) (zero bool) {
	defer func() {
		if recover() != nil {
			zero = false
		}
	}()
	z, ok := reflect.TypeAssert[zeroer](v)
	return ok && z.IsZero()
}
