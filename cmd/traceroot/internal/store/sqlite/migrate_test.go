package sqlite_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/storetest/memory"
)

var writeFile = flag.String("write-version", "", "write testdata/`NAME`.db.zst, a file as this version makes it")

// TestOpensEarlierVersions opens a file of each version of the schema. All of them hold the same trace.
func TestOpensEarlierVersions(t *testing.T) {
	t.Parallel()
	trace := conversations(7, 3).next()
	if *writeFile != "" {
		path := filepath.Join(t.TempDir(), "traceroot.db")
		s, err := sqlite.Open(t.Context(), sqlite.Options{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		write(t, s, trace)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		packVersion(t, path, filepath.Join("testdata", *writeFile+".db.zst"))
	}
	files, err := filepath.Glob("testdata/v*.db.zst")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of earlier versions: %v", err)
	}
	want := memory.New()
	write(t, want, trace)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "traceroot.db")
			unpackVersion(t, file, path)
			s := open(t, sqlite.Options{Path: path})
			same(t, s, want, trace.Traces[0].TraceID)
			write(t, s, trace)
			same(t, s, want, trace.Traces[0].TraceID)
			if n, err := s.Delete(t.Context(), project, []string{trace.Traces[0].TraceID}); n != 1 || err != nil {
				t.Errorf("Delete = %d, %v", n, err)
			}
			checkFile(t, path)
		})
	}
}

func packVersion(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, encoder.EncodeAll(content, nil), 0o644); err != nil {
		t.Fatal(err)
	}
}

func unpackVersion(t *testing.T, from, to string) {
	t.Helper()
	packed, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	content, err := decoder.DecodeAll(packed, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
