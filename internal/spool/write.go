package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// maxBufferBytes bounds the memory kept from one Append to the next.
const maxBufferBytes = 1 << 20

// disk is what a full or broken disk refuses; tests replace it.
type disk struct {
	write    func(f *os.File, b []byte, offset int64) (int, error)
	sync     func(f *os.File) error
	truncate func(path string, size int64) error
}

var realDisk = disk{write: (*os.File).WriteAt, sync: (*os.File).Sync, truncate: os.Truncate}

// write adds a record to the newest segment, or to another one.
func (s *Spool) write(spans, size int, body []byte) error {
	begins := s.file == nil
	if begins {
		if err := s.begin(); err != nil {
			return err
		}
	}
	seg := s.segments[len(s.segments)-1]
	b := slices.Grow(s.buffer[:0], fileHeaderBytes+recordHeaderBytes+len(body))
	if begins {
		b, seg.salt = appendFileHeader(b)
	}
	b = appendRecord(b, seg.salt, seg.end+int64(len(b)), spans, size, body)
	if cap(b) <= maxBufferBytes {
		s.buffer = b
	}
	_, err := s.disk.write(s.file, b, seg.end)
	if err == nil {
		err = s.disk.sync(s.file)
	}
	if err == nil && begins {
		err = syncDir(s.place.path)
	}
	if err != nil {
		s.undo(seg)
		return err
	}
	seg.end += int64(len(b))
	seg.spans += int64(spans)
	return nil
}

// begin makes the file of another segment, which is empty until its first record.
func (s *Spool) begin() error {
	id := uint64(time.Now().UnixNano())
	if n := len(s.segments); n > 0 {
		id = max(id, s.segments[n-1].id+1) // the clock may have been set back
	}
	for {
		path := filepath.Join(s.place.path, segmentName(id))
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // G304: a name of our own
		if errors.Is(err, fs.ErrExist) {
			id++
			continue
		}
		if err != nil {
			return err
		}
		s.file = f
		s.segments = append(s.segments, &segment{path: path, id: id, head: fileHeaderBytes})
		return nil
	}
}

// undo takes back what a failed write may have left behind the records of the newest segment.
func (s *Spool) undo(seg *segment) {
	if seg.end == 0 {
		s.seal()
		s.segments = s.segments[:len(s.segments)-1]
		_ = os.Remove(seg.path) // an empty or torn file; if it stays, the next process removes it
		return
	}
	_ = s.disk.truncate(seg.path, seg.end) // otherwise the next record overwrites it, or the next process cuts it off
}

// seal ends the newest segment.
func (s *Spool) seal() {
	if s.file == nil {
		return
	}
	_ = s.file.Close() // each record was synced
	s.file = nil
}

// makeRoom seals the newest segment when the next record would not fit into it, and evicts the oldest records until there is
// room for that one.
func (s *Spool) makeRoom(record int64) (evicted Evicted, err error) {
	if s.file != nil && s.segments[len(s.segments)-1].end+record > s.segmentBytes {
		s.seal()
	}
	for {
		need := record
		if s.file == nil {
			need += fileHeaderBytes
		}
		for _, seg := range s.segments {
			need += seg.end
		}
		if need <= s.maxBytes {
			return evicted, nil
		}
		seg, spans, err := s.evict()
		if err != nil {
			return evicted, err
		}
		if seg.earlier {
			evicted.Earlier += spans
		} else {
			evicted.Own += spans
		}
	}
}

// evict removes the oldest segment, or what stands in it behind the record that the caller of Next is sending: that one will
// be counted as sent, or come again, and must not be counted as lost as well.
func (s *Spool) evict() (seg *segment, spans int64, err error) {
	first := 0
	if s.taken != nil {
		seg = s.segments[0]
		kept := seg.head + s.taken.bytes()
		if kept < seg.end {
			if err := s.disk.truncate(seg.path, kept); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, 0, err
			}
			spans = seg.spans - int64(s.taken.spans)
			seg.end, seg.spans = kept, int64(s.taken.spans)
			return seg, spans, nil
		}
		first = 1
	}
	if first == len(s.segments) {
		return nil, 0, fmt.Errorf("no room beside the %d bytes that are being sent", s.taken.length)
	}
	seg = s.segments[first]
	if first == len(s.segments)-1 {
		s.seal()
	}
	if err := os.Remove(seg.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, 0, err
	}
	s.segments = slices.Delete(s.segments, first, first+1)
	return seg, seg.spans, nil
}

// retire removes the oldest segment, all of whose records are removed or passed as damaged.
func (s *Spool) retire() {
	seg := s.segments[0]
	if seg.earlier {
		s.tally.Lost.Earlier += seg.spans
	} else {
		s.tally.Lost.Own += seg.spans
	}
	if len(s.segments) == 1 {
		s.seal()
	}
	s.segments = s.segments[1:]
	_ = os.Remove(seg.path) // should it stay, it holds nothing that would come back
}

// mark notes on disk that the record at the head of the segment has left the spool.
func (s *Spool) mark(seg *segment) (err error) {
	f, err := os.OpenFile(seg.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := s.disk.write(f, stateSent, seg.head+stateOffset); err != nil {
		return err
	}
	return s.disk.sync(f)
}
