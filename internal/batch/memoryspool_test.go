package batch_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

// memorySpool is a spool without a disk, bounded in spans.
type memorySpool struct {
	mu      sync.Mutex
	limit   int
	records []spool.Record
	taken   bool
	closed  bool
}

func (s *memorySpool) Append(spans, size int, body []byte) (gone spool.Evicted, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return gone, spool.ErrClosed
	case spans > s.limit:
		return gone, spool.ErrTooLarge
	}
	for s.spans()+spans > s.limit {
		i := 0
		if s.taken {
			i = 1
		}
		if i >= len(s.records) {
			return gone, errors.New("no room")
		}
		if s.records[i].Earlier {
			gone.Earlier += int64(s.records[i].Spans)
		} else {
			gone.Own += int64(s.records[i].Spans)
		}
		s.records = slices.Delete(s.records, i, i+1)
	}
	s.records = append(s.records, spool.Record{Spans: spans, Size: size, Body: slices.Clone(body)})
	return gone, nil
}

func (s *memorySpool) spans() int {
	n := 0
	for _, r := range s.records {
		n += r.Spans
	}
	return n
}

func (s *memorySpool) Next() (spool.Record, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return spool.Record{}, false, spool.ErrClosed
	}
	if len(s.records) == 0 {
		return spool.Record{}, false, nil
	}
	s.taken = true
	return s.records[0], true, nil
}

func (s *memorySpool) Remove() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken {
		s.records, s.taken = s.records[1:], false
	}
	return nil
}

func (s *memorySpool) Stats() spool.Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := spool.Stats{Spans: int64(s.spans())}
	for _, r := range s.records {
		if r.Earlier {
			stats.Earlier += int64(r.Spans)
		}
	}
	return stats
}

func (s *memorySpool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// names are those of the spans on disk, a batch a line.
func (s *memorySpool) names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, r := range s.records {
		names = append(names, string(r.Body))
	}
	return names
}

// flaky is a disk that fails now and then.
type flaky struct {
	memorySpool

	luck *rand.Rand
}

func (s *flaky) Append(spans, size int, body []byte) (spool.Evicted, error) {
	if s.luck.IntN(8) == 0 {
		return spool.Evicted{}, errors.New("no space left on device")
	}
	return s.memorySpool.Append(spans, size, body)
}

func (s *flaky) Next() (spool.Record, bool, error) {
	if s.luck.IntN(8) == 0 {
		return spool.Record{}, false, errors.New("input/output error")
	}
	return s.memorySpool.Next()
}
