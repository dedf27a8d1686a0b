package spool_test

import (
	"errors"
	"syscall"
	"testing"
)

func TestDiskThatIsReallyFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("may not mount a small disk: %v", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	s := open(t, dir, roomy)
	defer closeSpool(t, s) // before the disk goes
	var want []string
	for {
		body := numbered(len(want), 5000)
		_, err := s.Append(1, 1, []byte(body))
		if errors.Is(err, syscall.ENOSPC) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, body)
	}
	if len(want) < 40 {
		t.Errorf("full after %d records", len(want))
	}
	if got := s.Stats(); got.Spans != int64(len(want)) || segmentBytes(t, dir) != got.Bytes {
		t.Errorf("Stats = %+v after %d records", got, len(want))
	}
	closeSpool(t, s)
	s = open(t, dir, roomy)
	defer closeSpool(t, s)
	if got := s.Stats(); got.Torn != 0 {
		t.Errorf("Stats = %+v, want no torn tail", got)
	}
	wantBodies(t, drain(t, s), want)
	appendAll(t, s, want[0])
	wantBodies(t, drain(t, s), want[:1])
}
