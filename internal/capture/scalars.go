package capture

import (
	"cmp"
	"math"
	"reflect"
)

func newScalarEncodeFunc(t reflect.Type, quoted bool) encodeFunc {
	switch t.Kind() {
	case reflect.Bool:
		return inQuotes(encodeBool, quoted)
	case reflect.String:
		switch {
		case t == numberType:
			return encodeNumber(quoted)
		case quoted:
			return encodeStringTwice
		}
		return encodeString
	case reflect.Float32:
		return encodeFloat(32, quoted)
	case reflect.Float64:
		return encodeFloat(64, quoted)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return inQuotes(encodeInt, quoted)
	default:
		return inQuotes(encodeUint, quoted)
	}
}

func encodeBool(e *encoder, v reflect.Value) { e.bool(v.Bool()) }

func encodeInt(e *encoder, v reflect.Value) { e.int(v.Int()) }

func encodeUint(e *encoder, v reflect.Value) { e.uint(v.Uint()) }

func encodeString(e *encoder, v reflect.Value) { e.string(v.String()) }

// encodeStringTwice writes the JSON text of a string as a string.
func encodeStringTwice(e *encoder, v reflect.Value) {
	once := appendEscaped([]byte{'"'}, v.String())
	e.bytes(append(once, '"'))
}

func encodeFloat(bits int, quoted bool) encodeFunc {
	number := func(e *encoder, v reflect.Value) { e.float(v.Float(), bits) }
	if !quoted {
		return number
	}
	inQuotes := inQuotes(number, true)
	return func(e *encoder, v reflect.Value) {
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			number(e, v) // The name of no number has quotes already.
			return
		}
		inQuotes(e, v)
	}
}

func encodeNumber(quoted bool) encodeFunc {
	return func(e *encoder, v reflect.Value) {
		number := cmp.Or(v.String(), "0")
		if quoted || numberEnd(number, 0) < len(number) {
			e.string(number)
		} else {
			e.literal(number)
		}
	}
}

func inQuotes(encode encodeFunc, quoted bool) encodeFunc {
	if !quoted {
		return encode
	}
	return func(e *encoder, v reflect.Value) {
		e.literal(`"`)
		encode(e, v)
		e.literal(`"`)
	}
}

func encodeTypeTag(e *encoder, v reflect.Value) {
	if isNil(v) {
		e.null()
		return
	}
	e.text("<", v.Type().String(), ">")
}

func encodeUnencodable(e *encoder, v reflect.Value) { e.unencodable(v.Type()) }
