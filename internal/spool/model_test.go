package spool_test

import (
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

var modelSeed = flag.Uint64("seed", 0, "run TestAgainstASlice with this seed only")

// TestAgainstASlice does random things to a spool and to a slice.
func TestAgainstASlice(t *testing.T) {
	t.Parallel()
	seeds := []uint64{*modelSeed}
	if *modelSeed == 0 {
		seeds = seeds[:0]
		for range 20 {
			seeds = append(seeds, rand.Uint64())
		}
	}
	for _, seed := range seeds {
		m := &model{T: t, rand: rand.New(rand.NewPCG(seed, 0)), dir: t.TempDir()}
		m.maxBytes = 1000 << m.rand.IntN(7)
		m.reopen()
		for range 150 {
			m.step()
			m.check()
			if t.Failed() {
				t.Fatalf("go test -run TestAgainstASlice -seed %d", seed)
			}
		}
		closeSpool(t, m.spool)
	}
}

type model struct {
	*testing.T
	rand     *rand.Rand
	dir      string
	maxBytes int64
	spool    *spool.Spool
	records  []modelRecord
	taken    bool // the first record
	over     bool // what was left may be more than the bound, until the next Append
}

type modelRecord struct {
	spans   int
	earlier bool
	body    string
}

func (m *model) step() {
	switch n := m.rand.IntN(100); {
	case n < 45:
		m.append()
	case n < 70:
		m.next()
	case n < 92:
		m.remove()
	case n < 96:
		closeSpool(m, m.spool)
		if m.rand.IntN(3) == 0 {
			m.maxBytes = 1000 << m.rand.IntN(7)
		}
		m.reopen()
	default: // a crash: somebody finds the files as they are now
		crashed := m.spool
		dir := m.TempDir()
		if err := os.CopyFS(dir, os.DirFS(m.dir)); err != nil {
			m.Fatal(err)
		}
		m.dir = dir
		m.reopen()
		closeSpool(m, crashed)
	}
}

func (m *model) reopen() {
	m.spool = open(m, m.dir, m.maxBytes)
	m.taken, m.over = false, true
	for i := range m.records {
		m.records[i].earlier = true
	}
}

func (m *model) append() {
	size := m.rand.IntN(int(m.maxBytes) / 4)
	if m.rand.IntN(20) == 0 {
		size = m.rand.IntN(int(m.maxBytes) * 5 / 4)
	}
	r := modelRecord{1 + m.rand.IntN(5), false, strings.Repeat(string(rune('a'+m.rand.IntN(26))), size)}
	m.spool.SetDisk(unsynced)
	if m.rand.IntN(8) == 0 {
		full := fullAfter(m.rand.IntN(size + 1))
		if m.rand.IntN(3) == 0 {
			full.Truncate = func(string, int64) error { return errNoSpace }
		}
		m.spool.SetDisk(full)
	}
	evicted, err := m.spool.Append(r.spans, size, []byte(r.body))
	m.spool.SetDisk(unsynced)
	m.evict(evicted)
	switch {
	case err == nil:
		m.records = append(m.records, r)
		m.over = false
	case errors.Is(err, errNoSpace):
		m.over = true // what could not be truncated is on no book
	case errors.Is(err, spool.ErrTooLarge) == (int64(size)+16+32 > m.maxBytes):
		// and otherwise the batch that is being sent left no room
		if !errors.Is(err, spool.ErrTooLarge) && !m.taken {
			m.Errorf("Append = %v", err)
		}
	default:
		m.Errorf("Append of %d bytes within %d = %v", size, m.maxBytes, err)
	}
}

// evict removes the oldest records that are not being sent, whose spans must come out even.
func (m *model) evict(e spool.Evicted) {
	first := 0
	if m.taken {
		first = 1
	}
	last := first
	for ; e.Own+e.Earlier > 0 && last < len(m.records); last++ {
		if r := m.records[last]; r.earlier {
			e.Earlier -= int64(r.spans)
		} else {
			e.Own -= int64(r.spans)
		}
	}
	if e != (spool.Evicted{}) {
		m.Errorf("evicted %+v more than there was", e)
	}
	m.records = slices.Delete(m.records, first, last)
}

func (m *model) next() {
	got, ok, err := m.spool.Next()
	if err != nil || ok != (len(m.records) > 0) {
		m.Fatalf("Next = %v, %v with %d records", ok, err, len(m.records))
	}
	m.taken = ok
	if !ok {
		return
	}
	want := m.records[0]
	if got.Spans != want.spans || got.Size != len(want.body) || got.Earlier != want.earlier || string(got.Body) != want.body {
		m.Errorf("Next = %.60v, want %.60v", got, want)
	}
}

func (m *model) remove() {
	if err := m.spool.Remove(); err != nil {
		m.Errorf("Remove = %v", err)
	}
	if m.taken {
		m.records = m.records[1:]
		m.taken = false
	}
}

func (m *model) check() {
	var spans, earlier int64
	for _, r := range m.records {
		spans += int64(r.spans)
		if r.earlier {
			earlier += int64(r.spans)
		}
	}
	got := m.spool.Stats()
	if got.Spans != spans || got.Earlier != earlier || got.Corrupt != 0 || got.Lost != (spool.Evicted{}) {
		m.Errorf("Stats = %+v, want %d spans, %d of them earlier", got, spans, earlier)
	}
	if !m.over && (got.Bytes > m.maxBytes || got.Bytes > segmentBytes(m, m.dir)) {
		m.Errorf("Stats = %+v, %d bytes on disk, bound %d", got, segmentBytes(m, m.dir), m.maxBytes)
	}
}
