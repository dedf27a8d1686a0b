package sqlite

import (
	"errors"
	"iter"
	"slices"
	"strings"
)

// field is one of the texts in a blob of spans.texts or traces.texts.
type field byte

// The numbers are in the file: they never change. A trace has Input, Output and Metadata alone.
const (
	fieldDetail     field = 1 // JSON of detail
	fieldInput      field = 2
	fieldOutput     field = 3
	fieldMetadata   field = 4
	fieldIn         field = 5 // Call.In: refs alone
	fieldOut        field = 6 // Call.Out: refs alone
	fieldParameters field = 7
	fieldTools      field = 8
	fieldAttributes field = 9
	fieldResource   field = 10
	fieldScope      field = 11
	fieldEvents     field = 12
	fieldLinks      field = 13
	fieldInIsInput  field = 14 // Call.In are the refs of Input
	fieldOutIsOut   field = 15 // Call.Out are the refs of Output
	fieldCount            = 16
)

// A blob of texts is
//
//	flag byte            how the literals are written, as in body.go, or flagSheet
//	uvarint              size of the operations
//	its operations       for each text its field, the number of its operations as uvarint, and those as uvarints:
//	                       n<<2 | 0  the next n literal bytes
//	                       d<<2 | 1  the piece whose id is d (zigzag) above that of the last ref in the blob
//	                       d<<2 | 2  a comma, then such a piece
//	literals             of all texts, one after the other; with flagSheet two uvarints instead: the sheet of the trace
//	                     that has them, and where on it they begin
const (
	flagSheet = 4
)

const (
	opLiteral  = 0
	opRef      = 1
	opCommaRef = 2
	opBits     = 2
)

var errBlob = errors.New("a stored blob is damaged")

// recipe is one text of a blob.
type recipe struct {
	ops      []op
	literals string // those of this text
}

// op is an operation: a piece, when it is not zero, else size literal bytes.
type op struct {
	piece int64
	size  int
	comma bool
}

// texts is a blob taken apart.
type texts struct {
	has  [fieldCount]bool
	text [fieldCount]recipe
}

// parseTexts takes a blob of spans.texts or traces.texts apart. Without a reader, literals on sheets are left out.
func parseTexts(blob []byte, sheets *sheetReader) (*texts, error) {
	t := &texts{}
	if len(blob) == 0 {
		return t, nil
	}
	head := numberReader{rest: blob[1:]}
	size := head.next()
	if head.bad || size > len(head.rest) {
		return nil, errBlob
	}
	literals, known, err := literalsOf(blob[0], head.rest[size:], sheets)
	if err != nil {
		return nil, err
	}
	ops := numberReader{rest: head.rest[:size]}
	var last int64
	for len(ops.rest) > 0 {
		name := ops.rest[0]
		ops.rest = ops.rest[1:]
		count := ops.next()
		if name >= fieldCount || count > len(ops.rest) {
			return nil, errBlob
		}
		r := recipe{ops: make([]op, 0, count)}
		used := 0
		for range count {
			code := ops.next()
			value := code >> opBits
			switch code & (1<<opBits - 1) {
			case opLiteral:
				r.ops = append(r.ops, op{size: value})
				used += value
			default:
				last += unzigzag(int64(value))
				r.ops = append(r.ops, op{piece: last, comma: code&(1<<opBits-1) == opCommaRef})
			}
		}
		if ops.bad || known && used > len(literals) {
			return nil, errBlob
		}
		if known {
			r.literals, literals = literals[:used], literals[used:]
		}
		t.has[name], t.text[name] = true, r
	}
	return t, nil
}

// literalsOf reads what follows the operations. On a sheet, the literals of others may follow.
func literalsOf(flag byte, rest []byte, sheets *sheetReader) (literals string, known bool, err error) {
	if flag != flagSheet {
		literals, err = unpack(flag, rest)
		return literals, true, err
	}
	if sheets == nil {
		return "", false, nil
	}
	at := numberReader{rest: rest}
	number, place := at.next(), at.next()
	if literals, err = sheets.text(int64(number)); err != nil {
		return "", false, err
	}
	if at.bad || place > len(literals) {
		return "", false, errBlob
	}
	return literals[place:], true, nil
}

// equal reports whether two blobs say the same.
func (t *texts) equal(other *texts) bool {
	if t.has != other.has {
		return false
	}
	for f := range t.text {
		a, b := &t.text[f], &other.text[f]
		if a.literals != b.literals || !slices.Equal(a.ops, b.ops) {
			return false
		}
	}
	return true
}

// pieces are the pieces of the given fields, or of all; some come more than once.
func (t *texts) pieces(fields ...field) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		if len(fields) == 0 {
			for f := range field(fieldCount) {
				fields = append(fields, f)
			}
		}
		for _, f := range fields {
			for _, o := range t.text[f].ops {
				if o.piece != 0 && !yield(o.piece) {
					return
				}
			}
		}
	}
}

// in are the pieces that are the messages of Call.In.
func (t *texts) in() []int64 {
	if t.has[fieldInIsInput] {
		return refs(t.pieces(fieldInput))
	}
	return refs(t.pieces(fieldIn))
}

// out are the pieces that are the messages of Call.Out.
func (t *texts) out() []int64 {
	if t.has[fieldOutIsOut] {
		return refs(t.pieces(fieldOutput))
	}
	return refs(t.pieces(fieldOut))
}

func refs(seq iter.Seq[int64]) []int64 {
	var ids []int64
	for id := range seq {
		ids = append(ids, id)
	}
	return ids
}

// string is the text of a field, empty where there is none. The body of each piece is asked for.
func (t *texts) string(f field, body func(piece int64) string) string {
	r := t.text[f]
	if len(r.ops) == 1 && r.ops[0].piece == 0 {
		return r.literals
	}
	var b strings.Builder
	literals := r.literals
	for _, o := range r.ops {
		switch {
		case o.piece == 0:
			b.WriteString(literals[:o.size])
			literals = literals[o.size:]
		case o.comma:
			b.WriteByte(',')
			fallthrough
		default:
			b.WriteString(body(o.piece))
		}
	}
	return b.String()
}

// optional is the text of a field that may be there and empty.
func (t *texts) optional(f field, body func(piece int64) string) *string {
	if !t.has[f] {
		return nil
	}
	return new(t.string(f, body))
}
