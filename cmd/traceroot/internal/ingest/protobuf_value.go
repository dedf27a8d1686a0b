package ingest

import (
	"math"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

const (
	keyValueKey   = 1<<3 | isBytes
	keyValueValue = 2<<3 | isBytes

	anyString = 1<<3 | isBytes
	anyBool   = 2<<3 | isVarint
	anyInt    = 3<<3 | isVarint
	anyDouble = 4<<3 | isFixed64
	anyList   = 5<<3 | isBytes
	anyMap    = 6<<3 | isBytes
	anyBytes  = 7<<3 | isBytes
	anyIndex  = 8<<3 | isVarint // of a table that only profiles have

	listValues = 1<<3 | isBytes
	mapValues  = 1<<3 | isBytes
)

// attributes adds the fields of a message that have the tag to known, nil for none yet.
func (d *decoder) attributes(message []byte, of tag, known vocab.Attributes) (vocab.Attributes, error) {
	if known == nil {
		known = d.room(count(message, of))
	}
	return d.addAttributes(message, of, known)
}

// room is for so many attributes.
func (d *decoder) room(attributes int) vocab.Attributes {
	return make(vocab.Attributes, min(attributes, d.limits.Attributes))
}

// addAttributes is attributes with known made. Of several values under one key the last counts.
func (d *decoder) addAttributes(message []byte, of tag, known vocab.Attributes) (vocab.Attributes, error) {
	f := fields{rest: message}
	for f.next() {
		if f.tag != of {
			continue
		}
		if err := d.attribute(f.bytes, known); err != nil {
			return known, err
		}
	}
	return known, f.err
}

func (d *decoder) attribute(message []byte, known vocab.Attributes) error {
	pair, err := keyValueOf(message)
	if err != nil {
		return err
	}
	if d.full() || len(pair.key) > d.limits.NameBytes {
		d.noteCut(clip(text(pair.key)), len(message))
		return nil
	}
	name := d.name(pair.key)
	if _, again := known[name]; !again && len(known) >= d.limits.Attributes {
		d.noteCut("attributes", len(message))
		return nil
	}
	v := value{decoder: d, room: d.limits.ValueBytes}
	if err := v.keyValue(&pair, d.limits.Depth); err != nil {
		return err
	}
	if v.cut {
		d.noteCut(name, len(message))
	}
	known[name] = v.sent
	return nil
}

// keyValue is a KeyValue. Its value comes in any number of parts, nearly always in one.
type keyValue struct {
	message []byte
	key     []byte
	value   []byte // the last part
	parts   int
}

func keyValueOf(message []byte) (keyValue, error) {
	pair := keyValue{message: message}
	f := fields{rest: message}
	for f.next() {
		switch f.tag {
		case keyValueKey:
			pair.key = f.bytes
		case keyValueValue:
			pair.value = f.bytes
			pair.parts++
		}
	}
	return pair, f.err
}

// value reads one value. A message that comes in parts is one, so that reading adds to what was sent before.
type value struct {
	*decoder

	sent any
	room int  // bytes that the attribute may still take
	cut  bool // it would have taken more, or was nested too deep
}

// keyValue reads the value of a KeyValue, in which depth lists and maps may be nested.
func (v *value) keyValue(pair *keyValue, depth int) error {
	if pair.parts == 1 {
		return v.any(pair.value, depth)
	}
	f := fields{rest: pair.message}
	for f.next() {
		if f.tag != keyValueValue {
			continue
		}
		if err := v.any(f.bytes, depth); err != nil {
			return err
		}
	}
	return f.err
}

func (v *value) any(message []byte, depth int) error {
	f := fields{rest: message}
	for f.next() {
		switch f.tag {
		case anyString:
			v.sent = v.text(f.bytes)
		case anyBool:
			v.sent = f.number != 0
		case anyInt:
			v.sent = int64(f.number) //nolint:gosec // how protobuf encodes what is below zero
		case anyDouble:
			v.sent = finite(math.Float64frombits(f.number))
		case anyBytes, anyIndex:
			v.sent = nil // no column holds it
		case anyList, anyMap:
			if depth == 0 {
				v.sent, v.cut = nil, true
				continue
			}
			if err := v.nested(f.tag, f.bytes, depth-1); err != nil {
				return err
			}
		}
	}
	return f.err
}

func (v *value) text(b []byte) string {
	whole := text(b)
	if len(whole) > v.room {
		v.cut = true
		whole = cutText(whole, v.room)
	}
	v.room -= len(whole)
	return whole
}

func (v *value) nested(kind tag, message []byte, depth int) error {
	if kind == anyMap {
		return v.members(message, depth)
	}
	return v.elements(message, depth)
}

// overhead is what a member of a list or map takes beside its text.
const overhead = 16

// takes reports whether there is room for another member.
func (v *value) takes(more int) bool {
	if v.full() || v.room < more {
		v.cut = true
		return false
	}
	v.room -= more
	return true
}

func (v *value) elements(message []byte, depth int) error {
	list, _ := v.sent.([]any)
	if list == nil {
		list = []any{}
	}
	f := fields{rest: message}
	for f.next() {
		if f.tag != listValues || !v.takes(overhead) {
			continue
		}
		v.sent = nil
		if err := v.any(f.bytes, depth); err != nil {
			return err
		}
		list = append(list, v.sent)
	}
	v.sent = list
	return f.err
}

func (v *value) members(message []byte, depth int) error {
	members, _ := v.sent.(map[string]any)
	if members == nil {
		members = make(map[string]any)
	}
	f := fields{rest: message}
	for f.next() {
		if f.tag != mapValues {
			continue
		}
		pair, err := keyValueOf(f.bytes)
		if err != nil {
			return err
		}
		if len(pair.key) > v.limits.NameBytes || !v.takes(overhead+len(pair.key)) {
			v.cut = true
			continue
		}
		v.sent = nil
		if err := v.keyValue(&pair, depth); err != nil {
			return err
		}
		members[v.name(pair.key)] = v.sent
	}
	v.sent = members
	return f.err
}
