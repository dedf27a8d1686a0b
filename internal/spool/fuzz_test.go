package spool_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// FuzzOpen opens whatever stands in a segment, with a good segment behind it.
func FuzzOpen(f *testing.F) {
	w := write(f, "first", "", "the third record")
	f.Add(w.file)
	f.Add(w.file[:w.ends[1]+5])
	f.Add(w.file[:16])
	f.Add([]byte{})
	f.Add(slices.Concat(w.file[:w.ends[0]], []byte("\xf5rec damage \xf5rec"), w.file[w.ends[0]:]))
	behind := write(f, "in the next segment")
	f.Fuzz(func(t *testing.T, file []byte) {
		dir := place(t, file, behind.file)
		s := open(t, dir, roomy)
		s.SetDisk(unsynced)
		appendAll(t, s, "appended")
		got := drain(t, s)
		if n := len(got) - 2; n < 0 || got[n] != behind.bodies[0] || got[n+1] != "appended" {
			t.Fatalf("got %q, want both segments behind", got)
		}
		for _, body := range got[:len(got)-2] {
			if !bytes.Contains(file, []byte(body)) {
				t.Errorf("got %q, which is not in the file", body)
			}
		}
		if stats := s.Stats(); stats.Spans != 0 || stats.Earlier != 0 || stats.Bytes != 0 {
			t.Errorf("Stats when empty = %+v", stats)
		}
		closeSpool(t, s)
		wantBodies(t, drain(t, open(t, dir, roomy)), nil)
	})
}

// FuzzRecords appends any bodies, cuts the file anywhere, and damages a byte of it.
func FuzzRecords(f *testing.F) {
	f.Add("first\n\nthird", uint16(100), uint16(0), byte(0))
	f.Add("\xf5rec\n\xf5rec", uint16(1000), uint16(20), byte(1))
	f.Add("a\nb\nc", uint16(1000), uint16(50), byte(0xff))
	f.Fuzz(func(t *testing.T, text string, cut, offset uint16, flip byte) {
		bodies := strings.Split(text, "\n")
		w := write(t, bodies...)
		file := w.file[:min(int(cut), len(w.file))]
		whole := 0
		for whole < len(w.ends) && w.ends[whole] <= int64(len(file)) {
			whole++
		}
		want := slices.Clone(bodies[:whole])
		damaged := int(offset) < len(file) && flip != 0
		if damaged {
			file[offset] ^= flip
		}
		s := open(t, place(t, file), roomy)
		s.SetDisk(unsynced)
		got := drain(t, s)
		switch hit := slices.IndexFunc(w.ends, func(end int64) bool { return int64(offset) < end }); {
		case slices.Equal(got, want):
		case damaged && offset < 16 && len(got) == 0:
		case damaged && hit < whole && slices.Equal(got, slices.Delete(want, hit, hit+1)):
		default:
			t.Errorf("cut at %d of %d, byte %d ^ %#x: got %q of %q", len(file), len(w.file), offset, flip, got, bodies)
		}
	})
}
