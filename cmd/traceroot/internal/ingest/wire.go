package ingest

import (
	"encoding/binary"
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
)

// fields walks over the fields of an encoded message without building it. Generated code would refuse a whole request
// for one text that is no UTF-8, and would copy everything once more.
//
//	for f := (fields{rest: message}); f.next(); {
//		switch f.tag { ... }
//	}
type fields struct {
	rest []byte

	tag    tag
	bytes  []byte // of a length-delimited field
	number uint64 // of any other
	err    error  // why next found no more; nil at the end of the message
}

// tag is a field's number with its wire type. A known number with another type is an unknown field, as protobuf has it.
type tag = uint64

const (
	isVarint  tag = tag(protowire.VarintType)
	isFixed64 tag = tag(protowire.Fixed64Type)
	isBytes   tag = tag(protowire.BytesType)
)

var errMalformed = errors.New("malformed protobuf")

// next goes to the next field.
func (f *fields) next() bool {
	if len(f.rest) == 0 {
		return false
	}
	number, wireType, n := protowire.ConsumeTag(f.rest)
	if n < 0 || number > protowire.MaxValidNumber {
		return f.fail()
	}
	value := f.rest[n:]
	switch wireType {
	case protowire.BytesType:
		f.bytes, n = protowire.ConsumeBytes(value)
	case protowire.VarintType:
		f.number, n = protowire.ConsumeVarint(value)
	case protowire.Fixed64Type:
		n = 8
		if len(value) < n {
			return f.fail()
		}
		f.number = binary.LittleEndian.Uint64(value)
	default: // no field that is read here
		n = protowire.ConsumeFieldValue(number, wireType, value)
	}
	if n < 0 {
		return f.fail()
	}
	f.tag = protowire.EncodeTag(number, wireType)
	f.rest = value[n:]
	return true
}

func (f *fields) fail() bool {
	f.err, f.rest = errMalformed, nil
	return false
}

// count is how many fields have the tag.
func count(message []byte, of tag) int {
	n := 0
	for f := (fields{rest: message}); f.next(); {
		if f.tag == of {
			n++
		}
	}
	return n
}
