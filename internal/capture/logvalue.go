package capture

import (
	"log/slog"
	"reflect"
)

// maxLogValues bounds how often a LogValue method may return another value with one.
const maxLogValues = 100

// encodeLogValuer writes what a type says of itself to logs, which is often that it is a secret.
func encodeLogValuer(e *encoder, v reflect.Value) {
	if isNilPointer(v) {
		e.null()
		return
	}
	valuer, ok := reflect.TypeAssert[slog.LogValuer](v)
	if !ok {
		e.unencodable(v.Type())
		return
	}
	e.logValue(slog.AnyValue(valuer), v.Type())
}

func encodeLogValue(e *encoder, v reflect.Value) {
	value, ok := reflect.TypeAssert[slog.Value](v)
	if !ok {
		e.unencodable(v.Type())
		return
	}
	e.logValue(value, v.Type())
}

// logValue writes a value that was given to a log, or that a value of type typ has given.
func (e *encoder) logValue(value slog.Value, typ reflect.Type) {
	value, resolved := resolve(value)
	switch {
	case !resolved:
		e.unencodable(typ)
	case value.Kind() == slog.KindLogValuer:
		e.tooDeep(typ)
	case value.Kind() != slog.KindGroup:
		e.any(value.Any())
	case e.open('{', refTo(typ)):
		e.attrs(value.Group(), true)
		e.close('}')
	}
}

// attrs writes the members of a group, and tells whether the first one is still to come.
func (e *encoder) attrs(group []slog.Attr, first bool) bool {
	for _, a := range group {
		if a.Equal(slog.Attr{}) {
			continue
		}
		// As in log/slog, the members of a group without a name are those of the group around it.
		if value := a.Value; a.Key == "" && value.Kind() == slog.KindGroup {
			if e.depth < maxDepth {
				e.depth++ // It opens no bracket, but may hold itself.
				first = e.attrs(value.Group(), first)
				e.depth--
			}
			continue
		}
		e.key(a.Key, first)
		first = false
		e.logValue(a.Value, logValueType)
		if !e.more() {
			break
		}
	}
	return first
}

// resolve asks a value for what it stands for. It gives back a value that still stands for another one when that has
// no end, and false when a method panics.
func resolve(value slog.Value) (resolved slog.Value, ok bool) {
	defer func() {
		if recover() != nil {
			resolved, ok = slog.Value{}, false
		}
	}()
	for range maxLogValues {
		if value.Kind() != slog.KindLogValuer {
			break
		}
		value = value.LogValuer().LogValue()
	}
	return value, true
}
