package capture

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"time"
)

func encodeError(e *encoder, v reflect.Value) {
	if isNilPointer(v) {
		e.null()
		return
	}
	message, ok := errorMessage(v)
	switch {
	case !ok:
		e.unencodable(v.Type())
	case message == "":
		e.text(typeName(v.Type()))
	default:
		e.text(typeName(v.Type()), ": ", message)
	}
}

func errorMessage(v reflect.Value) (message string, ok bool) {
	defer func() {
		if recover() != nil {
			message, ok = "", false
		}
	}()
	err, ok := reflect.TypeAssert[error](v)
	if !ok {
		return "", false
	}
	return err.Error(), true
}

func encodeMarshaler(e *encoder, v reflect.Value) {
	if isNilPointer(v) {
		e.null()
		return
	}
	text, ok := callMarshaler(v, json.Marshaler.MarshalJSON)
	if !ok || !e.marshaled(text) {
		e.unencodable(v.Type())
	}
}

func encodeTextMarshaler(e *encoder, v reflect.Value) {
	if isNilPointer(v) {
		e.null()
		return
	}
	text, ok := callMarshaler(v, encoding.TextMarshaler.MarshalText)
	if !ok {
		e.unencodable(v.Type())
		return
	}
	e.string(textOf(text))
}

// callMarshaler returns what a marshaler's method gives; ok is false when it gives an error or panics.
func callMarshaler[M any](v reflect.Value, method func(M) ([]byte, error)) (text []byte, ok bool) {
	defer func() {
		if recover() != nil {
			text, ok = nil, false
		}
	}()
	marshaler, ok := reflect.TypeAssert[M](v)
	if !ok {
		return nil, false
	}
	text, err := method(marshaler)
	return text, err == nil
}

// encodeAddressed wraps encode for values of type t whose pointers, but not they themselves, implement the interface:
// values that can be addressed go to the method, as encoding/json does it.
func encodeAddressed(t, iface reflect.Type, method, encode encodeFunc) encodeFunc {
	if t.Kind() == reflect.Pointer || !reflect.PointerTo(t).Implements(iface) {
		return encode
	}
	return func(e *encoder, v reflect.Value) {
		if v.CanAddr() {
			method(e, v.Addr())
			return
		}
		encode(e, v)
	}
}

// encodeCopied wraps a method for values of a type of which only pointers have it. What is not addressed is copied, since
// without the method it would be an empty object.
func encodeCopied(method encodeFunc) encodeFunc {
	return func(e *encoder, v reflect.Value) { method(e, addressed(v)) }
}

// encodeTime writes what the marshaler of time.Time gives, without its allocations.
func encodeTime(e *encoder, v reflect.Value) {
	if !v.CanInterface() {
		e.unencodable(v.Type())
		return
	}
	t, _ := reflect.TypeAssert[time.Time](v)
	e.time(t)
}

func (e *encoder) time(t time.Time) {
	var room [len(time.RFC3339Nano)]byte
	text, err := t.AppendText(room[:0])
	if err != nil {
		e.unencodable(timeType)
		return
	}
	e.bytes(text)
}

func encodeRawMessage(e *encoder, v reflect.Value) { e.rawMessage(v.Bytes()) }

// rawMessage writes JSON as it is. What is none, such as the cut-off arguments of a tool call, is worth seeing
// all the same: it is bytes like others.
func (e *encoder) rawMessage(raw json.RawMessage) {
	switch {
	case raw == nil:
		e.null()
	case !e.json(textOf(raw)):
		e.bytes(raw)
	}
}

// marshaled writes JSON that a method gave. It reports false, with nothing written, when that is not usable.
func (e *encoder) marshaled(text []byte) bool {
	if e.depth > 0 || !bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte{'"'}) {
		return e.json(textOf(text))
	}
	var s string
	if json.Unmarshal(text, &s) != nil {
		return false
	}
	e.string(s)
	return true
}

func isNilPointer(v reflect.Value) bool { return v.Kind() == reflect.Pointer && v.IsNil() }
