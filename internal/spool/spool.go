package spool

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"sync"
)

var (
	// ErrTooLarge is in the error of [Spool.Append] when a batch is larger than the whole spool may be.
	ErrTooLarge = errors.New("batch larger than the spool's bound")
	// ErrClosed is what a closed spool returns.
	ErrClosed = errors.New("spool is closed")
)

// maxSegmentBytes bounds a segment, unless a single record is larger; that of a small spool is a sixteenth of its bound, so
// that little is lost at a time when the oldest has to go.
const maxSegmentBytes = 8 << 20

// Record is a batch on disk.
type Record struct {
	Spans   int    // in Body
	Size    int    // what the batch counts for in memory, as it was appended
	Earlier bool   // written before this spool was opened, by a process that ended
	Body    []byte // as it was appended; the caller's
}

// Evicted counts spans that left a spool undelivered: those appended to it, and those of earlier processes.
type Evicted struct{ Own, Earlier int64 }

// Stats tells of a spool.
type Stats struct {
	Spans   int64 // on disk now
	Earlier int64 // those of Spans that earlier processes have left
	Bytes   int64 // on disk now

	Torn    int64   // half written ends that Open cut off
	Corrupt int64   // damaged records that were skipped
	Lost    Evicted // spans in damaged records that were on the books
}

// Spool is a queue of batches in a folder. It is safe for concurrent use; its methods other than [Spool.Stats] wait for the
// disk, and for each other. Next and Remove are for one caller at a time.
type Spool struct {
	maxBytes     int64
	segmentBytes int64
	disk         disk

	mu       sync.Mutex // held during work on the disk
	closed   bool
	place    *place
	segments []*segment // oldest first
	file     *os.File   // the newest segment, open for appending; nil when the next record begins another one
	taken    *header    // the oldest record, when Next has returned it
	buffer   []byte
	tally    Stats // Torn, Corrupt and Lost

	statsMu sync.Mutex // never held during work on the disk
	stats   Stats
}

// Open takes a place below dir for batches meant for destination, together with what dead processes left there for it.
// Destination is a file name that tells one receiver from another, such as the hash of a URL and a key; it is never empty.
// The folders are made with mode 0700, the files with 0600. The place takes up to maxBytes on disk; what was left may exceed
// that until the next Append. Open reads a few bytes of each record that was left, and fails only when it gets no place: on a
// system without file locks, for example, with [errors.ErrUnsupported].
func Open(dir, destination string, maxBytes int64) (*Spool, error) {
	if destination == "." || destination != filepath.Base(destination) || !filepath.IsLocal(destination) {
		return nil, fmt.Errorf("open spool: destination %q is no file name", destination)
	}
	dir, err := filepath.Abs(dir) // the program may change its working directory
	if err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	p, err := claim(filepath.Join(dir, destination))
	if err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	p.adopt()
	s := &Spool{maxBytes: maxBytes, segmentBytes: min(maxBytes/16, maxSegmentBytes), disk: realDisk, place: p}
	s.load()
	s.publish()
	return s, nil
}

// load puts what is in the place on the books.
func (s *Spool) load() {
	for _, name := range s.place.names() {
		id, _ := segmentID(name)
		path := filepath.Join(s.place.path, name)
		seg, torn, err := loadSegment(path, id)
		if torn {
			s.tally.Torn++
		}
		if errors.Is(err, errDamaged) {
			s.tally.Corrupt++
		}
		switch {
		case err == nil && seg.spans > 0:
			s.segments = append(s.segments, seg)
		case err == nil, errors.Is(err, errDamaged):
			_ = os.Remove(path) // if that fails, the next process will do it
		}
	}
}

// Append adds a batch of so many spans, one at least, at the end; once it returns nil, the batch is synced. Size is kept for
// the caller. To stay within the bound the oldest batches go first, but never the one that Next returned last and that is not
// removed; when that leaves no room, Append fails. The spans that went are in evicted, also when Append fails. An error, of a
// full disk for example, leaves the spool as it was, but for these; a later Append may succeed. Append does not keep body.
func (s *Spool) Append(spans, size int, body []byte) (evicted Evicted, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return Evicted{}, ErrClosed
	}
	n := int64(recordHeaderBytes + len(body))
	if fileHeaderBytes+n > s.maxBytes || n > math.MaxUint32 {
		return Evicted{}, fmt.Errorf("spool %d bytes: %w", len(body), ErrTooLarge)
	}
	if spans < 1 || spans > maxSpans || size < 0 {
		return Evicted{}, fmt.Errorf("spool %d spans of %d bytes: not a batch", spans, size)
	}
	defer s.publish()
	evicted, err = s.makeRoom(n)
	if err == nil {
		err = s.write(spans, size, body)
	}
	if err != nil {
		return evicted, fmt.Errorf("spool %d spans: %w", spans, err)
	}
	return evicted, nil
}

// Next returns the oldest batch and leaves it there; ok is false when there is none. Until [Spool.Remove] it returns the same
// one again. Damaged records are skipped and counted. After an error a later call may succeed.
func (s *Spool) Next() (r Record, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return Record{}, false, ErrClosed
	}
	defer s.publish()
	for len(s.segments) > 0 {
		seg := s.segments[0]
		h, body, err := seg.oldest()
		switch {
		case err == nil:
			s.taken = &h
			return Record{Spans: int(h.spans), Size: h.size, Earlier: seg.earlier, Body: body}, true, nil
		case errors.Is(err, errDamaged):
			s.taken = nil
			s.tally.Corrupt++
		case errors.Is(err, io.EOF):
			s.retire()
		default:
			return Record{}, false, fmt.Errorf("read spool: %w", err)
		}
	}
	return Record{}, false, nil
}

// Remove takes off the batch that Next returned last, and syncs that; without one it does nothing. Also when it fails, Next
// will not return the batch again, but the next process may.
func (s *Spool) Remove() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	if s.taken == nil {
		return nil
	}
	defer s.publish()
	seg := s.segments[0]
	err := s.mark(seg)
	seg.head += s.taken.bytes()
	seg.spans -= int64(s.taken.spans)
	s.taken = nil
	if seg.head >= seg.end {
		s.retire()
	}
	if err != nil {
		return fmt.Errorf("remove from spool: %w", err)
	}
	return nil
}

// Stats returns what is in the spool now. It never waits for the disk. After Close it tells what was left.
func (s *Spool) Stats() Stats {
	s.statsMu.Lock()
	defer s.statsMu.Unlock()
	return s.stats
}

// Close gives the place up: what is in it is for the next process, and an empty one is removed. Closing again does nothing.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.seal()
	s.place.leave()
	return nil
}

func (s *Spool) publish() {
	stats := s.tally
	for _, seg := range s.segments {
		stats.Bytes += seg.end
		stats.Spans += seg.spans
		if seg.earlier {
			stats.Earlier += seg.spans
		}
	}
	s.statsMu.Lock()
	defer s.statsMu.Unlock()
	s.stats = stats
}
