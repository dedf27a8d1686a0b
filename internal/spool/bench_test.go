package spool_test

import (
	"fmt"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1 << 10, 40 << 10, 1 << 20} {
		for _, synced := range []bool{true, false} {
			b.Run(fmt.Sprintf("bytes=%d/synced=%t", size, synced), func(b *testing.B) {
				s := open(b, b.TempDir(), roomy)
				if !synced {
					s.SetDisk(unsynced)
				}
				body := make([]byte, size)
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := s.Append(1, size, body); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkReplay(b *testing.B) {
	s := open(b, b.TempDir(), roomy)
	body := make([]byte, 40<<10)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		if _, err := s.Append(1, 1, body); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, ok, err := s.Next(); !ok || err != nil {
			b.Fatal(ok, err)
		}
		if err := s.Remove(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, records := range []int{10, 1000} {
		b.Run(fmt.Sprintf("records=%d", records), func(b *testing.B) {
			dir := b.TempDir()
			s := open(b, dir, roomy)
			s.SetDisk(unsynced)
			for range records {
				if _, err := s.Append(1, 1, make([]byte, 40<<10)); err != nil {
					b.Fatal(err)
				}
			}
			closeSpool(b, s)
			b.ReportAllocs()
			for b.Loop() {
				s, err := spool.Open(dir, destination, roomy)
				if err != nil {
					b.Fatal(err)
				}
				closeSpool(b, s)
			}
		})
	}
}
