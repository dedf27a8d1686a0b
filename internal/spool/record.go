package spool

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
)

// A segment begins with
//
//	magic   8 bytes
//	salt    4 bytes, random
//	sum     4 bytes, CRC32C of these 12
//
// and goes on with records, one behind the other:
//
//	magic   4 bytes
//	state   4 bytes, overwritten in place when the record is removed, and therefore in no sum
//	length  4 bytes, of the body
//	spans   4 bytes
//	size    8 bytes
//	bodySum 4 bytes, CRC32C of the body
//	sum     4 bytes, CRC32C of all above but the state, begun with the segment's salt plus the record's offset
//	body
//
// Numbers are little endian. Salt and offset are in the sum since a body may hold the bytes of another segment: behind damage
// the reader looks for the next header, and must not take that for one.
const (
	fileHeaderBytes   = 16
	recordHeaderBytes = 32

	stateOffset = 4
	sumOffset   = 28

	maxSpans = math.MaxInt32 // an int everywhere
)

var (
	fileMagic   = []byte("trspool1")
	recordMagic = []byte("\xf5rec")
	stateSent   = []byte("sent")
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// appendFileHeader appends the beginning of a segment, and returns its salt.
func appendFileHeader(dst []byte) ([]byte, uint32) {
	start := len(dst)
	dst = append(dst, fileMagic...)
	dst = append(dst, 0, 0, 0, 0)
	salt := dst[len(dst)-4:]
	_, _ = rand.Read(salt) // never fails: package crypto/rand
	return binary.LittleEndian.AppendUint32(dst, checksum(dst[start:])), binary.LittleEndian.Uint32(salt)
}

// readSalt reads the beginning of a segment; ok is false when it is damaged.
func readSalt(r io.ReaderAt) (salt uint32, ok bool) {
	var b [fileHeaderBytes]byte
	if _, err := r.ReadAt(b[:], 0); err != nil {
		return 0, false
	}
	if !bytes.HasPrefix(b[:], fileMagic) || binary.LittleEndian.Uint32(b[12:]) != checksum(b[:12]) {
		return 0, false
	}
	return binary.LittleEndian.Uint32(b[8:]), true
}

// header is what stands before a body.
type header struct {
	sent    bool
	length  uint32
	spans   uint32
	size    int
	bodySum uint32
}

// bytes is the length of the whole record.
func (h header) bytes() int64 { return recordHeaderBytes + int64(h.length) }

// appendRecord appends a record that will stand at an offset of a segment with that salt.
func appendRecord(dst []byte, salt uint32, offset int64, spans, size int, body []byte) []byte {
	start := len(dst)
	dst = append(dst, recordMagic...)
	dst = append(dst, 0, 0, 0, 0)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(body))) //nolint:gosec // Append checks the range
	dst = binary.LittleEndian.AppendUint32(dst, uint32(spans))     //nolint:gosec // Append checks the range
	dst = binary.LittleEndian.AppendUint64(dst, uint64(size))      //nolint:gosec // Append checks the range
	dst = binary.LittleEndian.AppendUint32(dst, checksum(body))
	dst = binary.LittleEndian.AppendUint32(dst, headerSum(dst[start:], salt, offset))
	return append(dst, body...)
}

// readHeader reads the header at an offset of a segment with that salt that ends at end; ok is false when there is none, or
// when its body would not fit.
func readHeader(r io.ReaderAt, salt uint32, offset, end int64) (h header, ok bool) {
	var b [recordHeaderBytes]byte
	if _, err := r.ReadAt(b[:], offset); err != nil {
		return header{}, false
	}
	if !bytes.HasPrefix(b[:], recordMagic) || binary.LittleEndian.Uint32(b[sumOffset:]) != headerSum(b[:], salt, offset) {
		return header{}, false
	}
	size := binary.LittleEndian.Uint64(b[16:])
	h = header{
		sent:    bytes.Equal(b[stateOffset:stateOffset+4], stateSent), // anything else is sent rather once more than never
		length:  binary.LittleEndian.Uint32(b[8:]),
		spans:   binary.LittleEndian.Uint32(b[12:]),
		size:    int(size), //nolint:gosec // checked below
		bodySum: binary.LittleEndian.Uint32(b[24:]),
	}
	return h, h.spans <= maxSpans && size <= math.MaxInt && offset+h.bytes() <= end
}

// readBody reads the body behind a header at an offset; ok is false when it is damaged.
func readBody(r io.ReaderAt, h header, offset int64) (body []byte, ok bool) {
	body = make([]byte, h.length)
	if _, err := r.ReadAt(body, offset+recordHeaderBytes); err != nil {
		return nil, false
	}
	return body, checksum(body) == h.bodySum
}

func headerSum(header []byte, salt uint32, offset int64) uint32 {
	sum := salt + uint32(offset) //nolint:gosec // a longer offset is as good when it is cut
	sum = crc32.Update(sum, castagnoli, header[:stateOffset])
	return crc32.Update(sum, castagnoli, header[stateOffset+4:sumOffset])
}
