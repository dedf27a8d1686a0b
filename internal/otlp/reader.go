package otlp

import (
	"encoding/binary"
	"errors"
	"iter"
)

// field is one of an encoded message. It shares the message's memory.
type field struct {
	number  int
	whole   []byte // with its tag, to be copied as it is
	content []byte // of a text, of bytes or of a nested message
	nests   bool   // there is a content, which may be empty
}

// holds reports whether f has that number and a content. As protobuf has it, a known number with another type is an unknown
// field, which nobody looks into.
func (f field) holds(number int) bool { return f.nests && f.number == number }

// fields yields the fields of an encoded message, and an error in place of the first one that is malformed.
func fields(data []byte) iter.Seq2[field, error] {
	return func(yield func(field, error) bool) {
		for len(data) > 0 {
			f, err := firstField(data)
			if !yield(f, err) || err != nil {
				return
			}
			data = data[len(f.whole):]
		}
	}
}

var errMalformed = errors.New("malformed protobuf")

const maxFieldNumber = 1<<29 - 1

func firstField(data []byte) (field, error) {
	tag, at := binary.Uvarint(data)
	number := tag >> 3
	if at <= 0 || number == 0 || number > maxFieldNumber {
		return field{}, errMalformed
	}
	f := field{number: int(number)}
	size := uint64(0)
	switch rest := data[at:]; tag & 7 {
	case wireVarint:
		_, n := binary.Uvarint(rest)
		if n <= 0 {
			return field{}, errMalformed
		}
		size = uint64(n)
	case wireFixed64:
		size = 8
	case wireFixed32:
		size = 4
	case wireBytes:
		length, n := binary.Uvarint(rest)
		if n <= 0 {
			return field{}, errMalformed
		}
		at += n
		size, f.nests = length, true
	default: // groups, which OTLP has none of
		return field{}, errMalformed
	}
	if size > unsigned(len(data)-at) {
		return field{}, errMalformed
	}
	end := at + int(size)
	f.whole, f.content = data[:end:end], data[at:end:end]
	return f, nil
}

// find returns the content that lies at the end of a path of field numbers, nil if there is none. Of several the last one
// counts, as protobuf has it.
func find(data []byte, path ...int) (content []byte, err error) {
	for f, err := range fields(data) {
		if err != nil {
			return nil, err
		}
		if f.holds(path[0]) {
			content = f.content
		}
	}
	if len(path) == 1 || content == nil {
		return content, nil
	}
	return find(content, path[1:]...)
}
