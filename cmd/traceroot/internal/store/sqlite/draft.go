package sqlite

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// draft is a blob of texts before its pieces have ids.
type draft struct {
	fields   []draftField
	literals []byte // of all fields
	packed   []byte // literals as they are written
	flag     byte
	sheet    *sheet // that has the literals; nil: the blob has
	place    int    // on the sheet
}

// draftField is one text of a draft.
type draftField struct {
	name     field
	ops      []draftOp
	literals int // how many bytes of the draft's
}

// Drafts share slices of these sizes: most need a little of one.
const (
	opsAtOnce   = 1024
	opsOfText   = 32
	bytesAtOnce = 64 << 10
	bytesOfSpan = 1024
	textsOfSpan = 10
)

func (c *cutter) newDraft() *draft {
	if cap(c.bytes) < bytesOfSpan {
		c.bytes = c.slabs.bytes.next(bytesAtOnce)
	}
	return &draft{fields: make([]draftField, 0, textsOfSpan), literals: c.bytes}
}

// done ends a draft.
func (c *cutter) done(d *draft) {
	n := len(d.literals)
	d.literals = d.literals[:n:n]
	if n <= cap(c.bytes) {
		c.bytes = c.bytes[n:n]
	}
}

// add takes what the cutter has.
func (d *draft) add(name field, c *cutter) {
	n := len(c.ops)
	d.fields = append(d.fields, draftField{name: name, ops: c.ops[:n:n], literals: len(c.literals)})
	d.literals = append(d.literals, c.literals...)
	c.ops, c.literals = c.ops[n:], c.literals[:0]
	if cap(c.ops) < opsOfText {
		c.ops = c.slabs.ops.next(opsAtOnce)
	}
}

// pack compresses the literals where it pays.
func (d *draft) pack() {
	d.flag, d.packed = packLiterals(d.literals)
}

func packLiterals(literals []byte) (flag byte, packed []byte) {
	if len(literals) >= minPack {
		packed = encoder().EncodeAll(literals, make([]byte, 0, 64+len(literals)/2))
		if len(packed) <= len(literals)-len(literals)/16 {
			return flagZstd, packed
		}
	}
	return flagRaw, literals
}

// parse is what a reader of the blob would have.
func (d *draft) parse(pieces []draftPiece) (*texts, error) {
	alone := draft{fields: d.fields, packed: d.literals, flag: flagRaw}
	return parseTexts(alone.encode(pieces), nil)
}

// encode is the blob, given the ids of the pieces and the number of the sheet.
func (d *draft) encode(pieces []draftPiece) []byte {
	e := encoding{ops: make([]byte, 0, 128)}
	for _, f := range d.fields {
		e.field(f.name, len(f.ops))
		for _, o := range f.ops {
			if o.piece < 0 {
				e.literal(o.size)
			} else {
				e.ref(pieces[o.piece].id, o.comma)
			}
		}
	}
	if d.sheet != nil {
		return e.onSheet(d.sheet.number, d.place)
	}
	return e.blob(d.flag, d.packed)
}

// encode is the blob of texts whose pieces have ids.
func (t *texts) encode() []byte {
	var e encoding
	var literals []byte
	for name := range field(fieldCount) {
		if !t.has[name] {
			continue
		}
		r := t.text[name]
		e.field(name, len(r.ops))
		for _, o := range r.ops {
			if o.piece == 0 {
				e.literal(o.size)
			} else {
				e.ref(o.piece, o.comma)
			}
		}
		literals = append(literals, r.literals...)
	}
	return e.blob(packLiterals(literals))
}

// encoding collects the operations of a blob.
type encoding struct {
	ops  []byte
	last int64
}

func (e *encoding) field(name field, ops int) {
	e.ops = appendNumber(append(e.ops, byte(name)), ops)
}

func (e *encoding) literal(size int) {
	e.ops = appendNumber(e.ops, size<<opBits|opLiteral)
}

func (e *encoding) ref(piece int64, comma bool) {
	code := int64(opRef)
	if comma {
		code = opCommaRef
	}
	e.ops = appendNumber(e.ops, zigzag(piece-e.last)<<opBits|code)
	e.last = piece
}

func (e *encoding) onSheet(number int64, place int) []byte {
	blob := make([]byte, 0, 1+3*binary.MaxVarintLen32+len(e.ops))
	blob = appendNumber(append(blob, flagSheet), len(e.ops))
	return appendNumber(appendNumber(append(blob, e.ops...), number), place)
}

func (e *encoding) blob(flag byte, literals []byte) []byte {
	blob := make([]byte, 0, 1+binary.MaxVarintLen32+len(e.ops)+len(literals))
	blob = append(blob, flag)
	blob = appendNumber(blob, len(e.ops))
	return append(append(blob, e.ops...), literals...)
}

// spanDraft drafts everything of a span that is in no column.
func (c *cutter) spanDraft(s *store.Span) (*draft, error) {
	d := c.newDraft()
	text, err := marshalDetail(s)
	if err != nil {
		return nil, err
	}
	if text != "" {
		c.literal(text)
		d.add(fieldDetail, c)
	}
	var in, out []store.Message
	if s.Call != nil {
		in, out = s.Call.In, s.Call.Out
	}
	c.searched = true
	c.messages(d, fieldInput, fieldIn, fieldInIsInput, s.Input, in)
	c.messages(d, fieldOutput, fieldOut, fieldOutIsOut, s.Output, out)
	c.searched = false
	c.onceField(d, fieldMetadata, s.Metadata)
	c.wholeField(d, fieldParameters, s.Payload.Parameters)
	c.wholeField(d, fieldTools, s.Payload.Tools)
	c.onceField(d, fieldAttributes, s.Payload.Attributes)
	c.wholeField(d, fieldResource, s.Payload.Resource)
	c.wholeField(d, fieldScope, s.Payload.Scope)
	c.onceField(d, fieldEvents, s.Payload.Events)
	c.onceField(d, fieldLinks, s.Payload.Links)
	c.done(d)
	return d, nil
}

// messages drafts Input and Call.In, or Output and Call.Out.
func (c *cutter) messages(d *draft, name, refs, same field, text *string, messages []store.Message) {
	inText := c.scratch[:0]
	if text != nil {
		if !c.around(*text, messages) {
			c.structured(*text, 0)
		}
		for _, o := range c.ops {
			if o.piece >= 0 {
				inText = append(inText, o.piece)
			}
		}
		d.add(name, c)
	}
	c.scratch = inText
	if len(messages) == 0 {
		return
	}
	for _, m := range messages {
		c.ops = append(c.ops, draftOp{piece: c.pieces.add(m.Hash, m.Body, true)})
	}
	if slices.EqualFunc(c.ops, inText, func(o draftOp, at int) bool { return o.piece == at }) {
		c.ops = c.ops[:0]
		d.add(same, c)
		return
	}
	d.add(refs, c)
}

// minWhole is for texts of which a sender has few: they are worth a piece sooner.
const minWhole = 32

func (c *cutter) wholeField(d *draft, name field, text string) {
	if text != "" {
		c.whole(text, minWhole)
		d.add(name, c)
	}
}

func (c *cutter) onceField(d *draft, name field, text string) {
	if text != "" {
		c.mostlyOnce(text)
		d.add(name, c)
	}
}

// marshalDetail is empty for a span without.
func marshalDetail(s *store.Span) (string, error) {
	d := detail{
		StatusMessage: s.StatusMessage, Errors: s.Errors, Tags: s.Tags,
		Cost: s.Cost, Streaming: s.Streaming, Call: s.Call,
	}
	if s.Usage != nil {
		d.CacheWrite, d.CacheWrite1h, d.Reasoning = s.Usage.CacheWrite, s.Usage.CacheWrite1h, s.Usage.Reasoning
	}
	if s.Source != (store.Source{}) {
		d.Source = &s.Source
	}
	text, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("detail of span %s: %w", s.SpanID, err)
	}
	if string(text) == "{}" {
		return "", nil
	}
	return string(text), nil
}
