package capture

import (
	"encoding/json"
	"reflect"
	"slices"
	"sync"
	"time"
	"unsafe"
)

type (
	// encodeFunc writes a value of the one type that it was made for.
	encodeFunc func(e *encoder, v reflect.Value)

	// memoryFunc writes the value that lies at p, which takes a part of the time. What p points to is kept alive by p.
	memoryFunc func(e *encoder, p unsafe.Pointer)
)

// plan is how values of one type are written. Before its first use it has to be made.
type plan struct {
	typ    reflect.Type
	quoted bool // as the option "string" of a json tag asks for

	once   sync.Once
	encode encodeFunc
	at     memoryFunc // nil where methods count only of values that can be addressed, those of typ or of what it holds
	boxed  bool       // at takes what an interface points to

	pointed memoryFunc // writes what a pointer or a slice refers to, which can be addressed
}

var plans sync.Map // reflect.Type → *plan

func planOf(t reflect.Type) *plan {
	known, ok := plans.Load(t)
	if !ok {
		known, _ = plans.LoadOrStore(t, &plan{typ: t})
	}
	return known.(*plan) //nolint:errcheck // the map holds nothing else
}

// made takes the type apart, once in the life of the process. A plan asks so for the plans of what its values contain, but
// not, while it is being made itself, for those of what they refer to: that may be of its own type.
func (p *plan) made() *plan {
	p.once.Do(func() {
		p.encode = newEncodeFunc(p.typ, p.quoted)
		if !p.quoted && !hasPointerMethods(p.typ) {
			p.at = newMemoryFunc(p.typ, p.encode)
		}
		if p.pointed = p.at; p.at == nil {
			p.pointed = byReflection(p.typ, p.encode)
		}
		p.boxed = p.at != nil && isBoxed(p.typ) && !hasMethods(p.typ)
	})
	return p
}

// methodTypes are the interfaces whose methods write a value.
var methodTypes = []reflect.Type{errorType, logValuerType, marshalerType, textMarshalerType, readerType}

// hasMethods tells whether something else than the kind of t decides how its values are written.
func hasMethods(t reflect.Type) bool {
	return slices.ContainsFunc(methodTypes, t.Implements) || t == logValueType || t == numberType || isOpaque(t)
}

// hasPointerMethods tells whether pointers to t have methods that its values have not.
func hasPointerMethods(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface {
		return false
	}
	return slices.ContainsFunc(methodTypes, func(iface reflect.Type) bool {
		return reflect.PointerTo(t).Implements(iface) && !t.Implements(iface)
	})
}

// isBoxed tells whether an interface points to its value when that is a t. What has more than one word has no room in it.
func isBoxed(t reflect.Type) bool { return t.Size() > unsafe.Sizeof(uintptr(0)) }

// dataOf returns where the value of v lies, the type of which is boxed. The second word of an interface says it.
func dataOf(v any) unsafe.Pointer {
	return (*[2]unsafe.Pointer)(unsafe.Pointer(&v))[1] //nolint:gosec // G103: so have interfaces been in all releases of Go
}

func newMemoryFunc(t reflect.Type, encode encodeFunc) memoryFunc {
	switch t {
	case timeType:
		return func(e *encoder, p unsafe.Pointer) { e.time(*(*time.Time)(p)) }
	case rawMessageType:
		return func(e *encoder, p unsafe.Pointer) { e.rawMessage(*(*json.RawMessage)(p)) }
	}
	if hasMethods(t) {
		return byReflection(t, encode)
	}
	switch t.Kind() { //nolint:exhaustive // the others are rare
	case reflect.Bool:
		return func(e *encoder, p unsafe.Pointer) { e.bool(*(*bool)(p)) }
	case reflect.String:
		return func(e *encoder, p unsafe.Pointer) { e.string(*(*string)(p)) }
	case reflect.Int:
		return intAt[int]
	case reflect.Int8:
		return intAt[int8]
	case reflect.Int16:
		return intAt[int16]
	case reflect.Int32:
		return intAt[int32]
	case reflect.Int64:
		return intAt[int64]
	case reflect.Uint:
		return uintAt[uint]
	case reflect.Uint8:
		return uintAt[uint8]
	case reflect.Uint16:
		return uintAt[uint16]
	case reflect.Uint32:
		return uintAt[uint32]
	case reflect.Uint64:
		return uintAt[uint64]
	case reflect.Uintptr:
		return uintAt[uintptr]
	case reflect.Float32:
		return func(e *encoder, p unsafe.Pointer) { e.float(float64(*(*float32)(p)), 32) }
	case reflect.Float64:
		return func(e *encoder, p unsafe.Pointer) { e.float(*(*float64)(p), 64) }
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return func(e *encoder, p unsafe.Pointer) { e.any(*(*any)(p)) }
		}
	case reflect.Pointer:
		return pointerAt(refTo(t), planOf(t.Elem()))
	case reflect.Slice:
		if !isBytes(t) {
			return sliceAt(refTo(t), planOf(t.Elem()))
		}
		return func(e *encoder, p unsafe.Pointer) { e.bytesOrNull(*(*[]byte)(p)) }
	case reflect.Array:
		return arrayAt(t)
	case reflect.Map:
		return mapAt(t, encode)
	case reflect.Struct:
		return structAt(t)
	}
	return byReflection(t, encode)
}

// byReflection is for what is rare, or slow anyway.
func byReflection(t reflect.Type, encode encodeFunc) memoryFunc {
	return func(e *encoder, p unsafe.Pointer) { encode(e, reflect.NewAt(t, p).Elem()) }
}

func intAt[T int | int8 | int16 | int32 | int64](e *encoder, p unsafe.Pointer) {
	e.int(int64(*(*T)(p)))
}

func uintAt[T uint | uint8 | uint16 | uint32 | uint64 | uintptr](e *encoder, p unsafe.Pointer) {
	e.uint(uint64(*(*T)(p)))
}
