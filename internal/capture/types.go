package capture

import (
	"encoding"
	"encoding/json"
	"io"
	"log/slog"
	"math/big"
	"reflect"
	"time"
)

var (
	errorType         = reflect.TypeFor[error]()
	marshalerType     = reflect.TypeFor[json.Marshaler]()
	textMarshalerType = reflect.TypeFor[encoding.TextMarshaler]()
	readerType        = reflect.TypeFor[io.Reader]()
	numberType        = reflect.TypeFor[json.Number]()
	rawMessageType    = reflect.TypeFor[json.RawMessage]()
	timeType          = reflect.TypeFor[time.Time]()
	logValuerType     = reflect.TypeFor[slog.LogValuer]()
	logValueType      = reflect.TypeFor[slog.Value]()
)

// any is the entrance for values of the types that captured data mostly has; they need no reflection.
func (e *encoder) any(v any) {
	switch x := v.(type) {
	case nil:
		e.null()
	case string:
		e.string(x)
	case bool:
		e.bool(x)
	case int:
		e.int(int64(x))
	case int64:
		e.int(x)
	case float64:
		e.float(x, 64)
	case []byte:
		e.bytesOrNull(x)
	case []string:
		e.strings(x)
	case []any:
		e.list(x)
	case map[string]any:
		if len(x) <= manyMembers {
			e.object(x)
			return
		}
		e.reflected(v)
	default:
		e.reflected(v)
	}
}

func (e *encoder) reflected(v any) {
	if p := planOf(reflect.TypeOf(v)).made(); p.boxed {
		p.at(e, dataOf(v))
	} else {
		p.encode(e, reflect.ValueOf(v))
	}
}

// newEncodeFunc takes t apart. The methods of a type come before its kind, in the order error, slog.LogValuer,
// json.Marshaler, encoding.TextMarshaler, io.Reader. With quoted, a number, a bool or a string gets quotes of its own, as
// the option "string" of a json tag asks for; it has no effect on other kinds.
func newEncodeFunc(t reflect.Type, quoted bool) encodeFunc {
	if t.Kind() == reflect.Interface {
		return encodeInterface // The methods that count are those of the value inside.
	}
	switch t {
	case timeType:
		return encodeTime
	case rawMessageType:
		return encodeRawMessage
	case reflect.PointerTo(rawMessageType):
		return encodePointer(refTo(t), planOf(rawMessageType))
	case logValueType:
		return encodeLogValue
	case reflect.TypeFor[big.Int]():
		return encodeCopied(encodeMarshaler)
	case reflect.TypeFor[big.Float](), reflect.TypeFor[big.Rat]():
		return encodeCopied(encodeTextMarshaler)
	}
	switch {
	case t.Implements(errorType):
		return encodeError
	case t.Implements(logValuerType):
		return encodeLogValuer
	}
	return encodeAddressed(t, logValuerType, encodeLogValuer, newJSONEncodeFunc(t, quoted))
}

func newJSONEncodeFunc(t reflect.Type, quoted bool) encodeFunc {
	if t.Implements(marshalerType) {
		return encodeMarshaler
	}
	return encodeAddressed(t, marshalerType, encodeMarshaler, newTextEncodeFunc(t, quoted))
}

func newTextEncodeFunc(t reflect.Type, quoted bool) encodeFunc {
	switch {
	case t.Implements(textMarshalerType):
		return encodeTextMarshaler
	case t.Implements(readerType):
		return encodeTypeTag
	}
	return encodeAddressed(t, textMarshalerType, encodeTextMarshaler, newKindEncodeFunc(t, quoted))
}

func newKindEncodeFunc(t reflect.Type, quoted bool) encodeFunc {
	switch t.Kind() {
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return newScalarEncodeFunc(t, quoted)
	case reflect.Pointer:
		if isOpaque(t) {
			return encodeOpaque(t)
		}
		return encodePointer(refTo(t), newElemPlan(t, quoted))
	case reflect.Slice:
		if isBytes(t) {
			return encodeBytes
		}
		return encodeSlice(refTo(t), planOf(t.Elem()))
	case reflect.Array:
		return encodeArray(refTo(t), planOf(t.Elem()))
	case reflect.Map:
		return newMapEncodeFunc(t)
	case reflect.Struct:
		return encodeStruct(refTo(t), placedFieldsOf(t))
	case reflect.Func, reflect.Chan:
		return encodeTypeTag
	default: // complex numbers and unsafe.Pointer
		return encodeUnencodable
	}
}

func newElemPlan(pointer reflect.Type, quoted bool) *plan {
	if quoted {
		return &plan{typ: pointer.Elem(), quoted: true}
	}
	return planOf(pointer.Elem())
}

// isBytes tells whether a slice type holds plain bytes. Bytes with an encoding of their own are elements like others.
func isBytes(slice reflect.Type) bool {
	if slice.Elem().Kind() != reflect.Uint8 {
		return false
	}
	pointer := reflect.PointerTo(slice.Elem())
	return !pointer.Implements(marshalerType) && !pointer.Implements(textMarshalerType)
}
