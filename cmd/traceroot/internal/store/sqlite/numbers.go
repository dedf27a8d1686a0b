package sqlite

import "encoding/binary"

// maxNumber is above all sizes, places and counts that are written.
const maxNumber = 1 << 40

// appendNumber appends a number that is not negative.
func appendNumber[N int | int64](blob []byte, n N) []byte {
	return binary.AppendUvarint(blob, uint64(n))
}

// numberReader reads them back.
type numberReader struct {
	rest []byte
	bad  bool // something was no number
}

func (r *numberReader) next() int {
	value, n := binary.Uvarint(r.rest)
	if n <= 0 || value > maxNumber {
		r.rest, r.bad = nil, true
		return 0
	}
	r.rest = r.rest[n:]
	return int(value)
}

// signed reads what binary.AppendVarint wrote.
func (r *numberReader) signed() int64 {
	value, n := binary.Varint(r.rest)
	if n <= 0 {
		r.rest, r.bad = nil, true
		return 0
	}
	r.rest = r.rest[n:]
	return value
}

// A signed number as one that is not negative: 0, -1, 1, -2, 2 as 0, 1, 2, 3, 4.
func zigzag(n int64) int64   { return n<<1 ^ n>>63 }
func unzigzag(n int64) int64 { return n>>1 ^ -(n & 1) }
