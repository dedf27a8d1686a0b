// Package capture turns Go values into the text that a span carries: arguments, results, metadata, errors and panics.
//
// Text that is text stays as it is; everything else becomes compact JSON, the same that encoding/json would write
// without its escapes for HTML, except where that would fail as a whole or hide what a reader wants to see. These
// rules hold at every depth:
//
//	string               itself; bytes that are no UTF-8 become U+FFFD
//	[]byte               its text, or <non-utf8 bytes>
//	error                TypeName: message
//	slog.LogValuer       what it says to logs, before what its MarshalJSON would say
//	NaN, ±Inf            NaN, Infinity, -Infinity
//	big.Int, …           the number, also where the value is not addressable
//	map[K]struct{}       the sorted list of its keys
//	oneof of protobuf    a member with the name of the choice
//	opaque protobuf      its populated fields
//	func, chan, reader   its type in angle brackets, such as <func(int) string> or <*os.File>
//	a cycle              <circular ref: TypeName>
//	nesting beyond 500   <too deep: TypeName>
//	whatever fails       <unencodable TypeName>, such as a marshaler that returns an error or panics
//
// TypeName is what %T prints, without a leading *. No memory address and no unexported field is written, and equal
// values give equal text. A value that is too long is cut while it is written: it costs memory in the order of the
// limit, not of its size, apart from what its own marshalers return, and no more time than 64 MiB of text take.
//
// The package knows neither spans nor attribute keys, masks nothing, and asks no String method but that of a panic.
// All its functions are safe for concurrent use, and no panic of the methods that they call leaves them; a method that
// ends its goroutine does so. Nothing is changed, and nothing is read after the return.
package capture

import "reflect"

// Value is a captured value in the form in which it is sent. Its zero value stands for nil, for which nothing is sent.
type Value struct {
	Text string // what to send, valid UTF-8
	From int    // size in bytes of the whole text that Text was cut from, counted to about 64 MiB; 0 when Text is whole
	OK   bool   // false when there is nothing to send
}

// Text captures v in at most limit bytes. Whatever is text at the outermost level (a string, bytes, an error, a time,
// a tag such as <chan int>) is sent without quotes; a [json.RawMessage] is JSON on purpose and keeps them. Nil has no
// text, and neither has a nil pointer, map, slice, function or channel.
//
// Text longer than limit is cut at a rune boundary, JSON as [CutJSON] does it. v is read during the call only, and
// nobody may change it meanwhile: reading a map that is being written to ends the process, here as anywhere.
func Text(v any, limit int) Value {
	switch v := v.(type) {
	case string:
		return plainText(v, limit)
	case []byte:
		if v != nil {
			return plainBytes(v, limit)
		}
	}
	if v == nil || isNil(reflect.ValueOf(v)) {
		return Value{}
	}
	return encode(v, limit)
}

// Object captures m as a JSON object in at most limit bytes. An empty m has no text.
func Object(m map[string]any, limit int) Value {
	if len(m) == 0 {
		return Value{}
	}
	return encode(m, limit)
}

func encode(v any, limit int) (captured Value) {
	e := newEncoder(limit)
	defer e.release()
	// Methods of the value are guarded one by one; this is for memory that another goroutine changes under our eyes.
	defer func() {
		if recover() != nil {
			captured = plainText(unencodable(v), limit)
		}
	}()
	e.any(v)
	return e.value()
}
