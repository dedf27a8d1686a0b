package spool

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// errDamaged is what [segment.oldest] returns when it has passed something unreadable.
var errDamaged = errors.New("damaged record")

// segment is a file of records. All of them are by one process.
type segment struct {
	path    string
	id      uint64 // its age: the time of its creation, or more where that would be out of order
	salt    uint32
	earlier bool  // written before this process opened the spool
	head    int64 // offset of the oldest record that is neither removed nor passed as damaged
	end     int64 // offset behind the last record
	spans   int64 // in the records from head to end, and in those passed as damaged
}

// loadSegment walks over what an earlier process wrote, without reading the bodies, and cuts off a torn tail. It returns
// errDamaged for a file of which nothing can be read; after other errors the file is for the next process.
func loadSegment(path string, id uint64) (seg *segment, torn bool, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // G304: a name of our own
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = f.Close() }() // what matters is on disk since it was appended
	info, err := f.Stat()
	if err != nil {
		return nil, false, err
	}
	if info.Size() < fileHeaderBytes {
		return &segment{path: path, id: id}, true, nil
	}
	r := &source{ReaderAt: f}
	salt, ok := readSalt(r)
	seg = &segment{path: path, id: id, salt: salt, earlier: true, head: fileHeaderBytes}
	if ok {
		seg.walk(r, info.Size())
	}
	switch {
	case r.err != nil:
		return nil, false, r.err
	case !ok:
		return nil, false, errDamaged
	case seg.end == info.Size():
		return seg, false, nil
	}
	if err := f.Truncate(seg.end); err != nil {
		return nil, false, fmt.Errorf("cut the torn tail: %w", err)
	}
	return seg, true, nil
}

// source remembers the error of a read that failed: that may pass, so that nothing may be cut off or removed for it.
type source struct {
	io.ReaderAt
	err error
}

// ReadAt implements [io.ReaderAt].
func (s *source) ReadAt(b []byte, offset int64) (int, error) {
	n, err := s.ReaderAt.ReadAt(b, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// walk sets end and spans. The body of the last record is read, too: a machine that lost power can leave a file that is as
// long as it should be, and empty at its end.
func (g *segment) walk(r io.ReaderAt, size int64) {
	g.end = fileHeaderBytes
	offset, h, ok := g.find(r, g.end, size)
	for ok {
		nextOffset, next, more := g.find(r, offset+h.bytes(), size)
		if !more {
			if _, whole := readBody(r, h, offset); !whole {
				return
			}
		}
		g.end = offset + h.bytes()
		if !h.sent {
			g.spans += int64(h.spans)
		}
		offset, h, ok = nextOffset, next, more
	}
}

// find returns the first record at offset or behind it.
func (g *segment) find(r io.ReaderAt, offset, end int64) (at int64, h header, ok bool) {
	if h, ok = readHeader(r, g.salt, offset, end); ok {
		return offset, h, true
	}
	window := make([]byte, 64<<10)
	for offset++; offset+recordHeaderBytes <= end; {
		n, err := r.ReadAt(window[:min(int64(len(window)), end-offset)], offset)
		if err != nil {
			return 0, header{}, false
		}
		for i := range n {
			if !bytes.HasPrefix(window[i:n], recordMagic) {
				continue
			}
			if h, ok = readHeader(r, g.salt, offset+int64(i), end); ok {
				return offset + int64(i), h, true
			}
		}
		offset += int64(n - len(recordMagic) + 1) // a magic may lie across two windows
	}
	return 0, header{}, false
}

// oldest reads the record at head. It returns io.EOF when there is none, and errDamaged when it moved head over something
// that cannot be read; other errors may pass.
func (g *segment) oldest() (h header, body []byte, err error) {
	if g.head >= g.end {
		return header{}, nil, io.EOF
	}
	f, err := os.Open(g.path)
	if errors.Is(err, fs.ErrNotExist) {
		g.head = g.end
		return header{}, nil, errDamaged
	}
	if err != nil {
		return header{}, nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	for g.head < g.end {
		at, h, ok := g.find(f, g.head, g.end)
		if !ok {
			at = g.end
		}
		if at > g.head {
			g.head = at
			return header{}, nil, errDamaged
		}
		if h.sent {
			g.head += h.bytes()
			continue
		}
		if body, ok = readBody(f, h, at); !ok {
			g.head += h.bytes()
			return header{}, nil, errDamaged
		}
		return h, body, nil
	}
	return header{}, nil, io.EOF
}

const segmentSuffix = ".spool1"

// segmentName is such that names sort by age. Another format would get another suffix, and leave these files alone.
func segmentName(id uint64) string { return fmt.Sprintf("%016x", id) + segmentSuffix }

// segmentID is the inverse of segmentName; ok is false for any other name.
func segmentID(name string) (id uint64, ok bool) {
	digits, ok := strings.CutSuffix(name, segmentSuffix)
	if !ok {
		return 0, false
	}
	id, err := strconv.ParseUint(digits, 16, 64)
	return id, err == nil && segmentName(id) == name
}
