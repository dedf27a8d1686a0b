package traceroot_test

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go"
)

func unreachable(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }

// leave ends n spans of a client whose host is not there, and shuts it down.
func leave(t *testing.T, n int, opts ...traceroot.Option) traceroot.Stats {
	t.Helper()
	wire := &cable{answer: unreachable}
	client := wire.plugged(t, opts...)
	for range n {
		span(client.Context(t.Context()), "left", traceroot.Input("my secret"))
	}
	if err := client.Shutdown(timeout(t, time.Second)); err != nil {
		t.Errorf("Shutdown = %v", err)
	}
	return client.Stats()
}

// recovered is what the next client sends of what others have left.
func recovered(t *testing.T, opts ...traceroot.Option) ([]sent, traceroot.Stats) {
	t.Helper()
	var wire cable
	client := wire.plugged(t, opts...)
	<-time.After(time.Second)
	if err := client.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown = %v", err)
	}
	return wire.spans(), client.Stats()
}

func TestWithSpool(t *testing.T) {
	t.Parallel()
	t.Run("what cannot be sent is sent by the next client", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			spool := traceroot.WithSpool(filepath.Join(t.TempDir(), "made", "for it"))
			left := leave(t, 250, spool)
			wantBalance(t, left)
			if left.Spooled != 250 || left.Dropped != 0 || left.Recoverable != 0 {
				t.Errorf("the first client's stats are %+v, want 250 spans on disk", left)
			}
			spans, stats := recovered(t, spool)
			wantBalance(t, stats)
			if len(spans) != 250 || stats.Recovered != 250 || stats.Ended != 0 || stats.Exported != 0 || stats.Recoverable != 0 {
				t.Errorf("the next client sent %d spans, its stats are %+v", len(spans), stats)
			}
			if spans, _ := recovered(t, spool); len(spans) != 0 {
				t.Errorf("the third client sent %d spans again", len(spans))
			}
		})
	})
	t.Run("when the host works again", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			wire := &cable{answer: func(*http.Request) (*http.Response, error) {
				if time.Since(start) < time.Minute {
					return unreachable(nil)
				}
				return nil, nil //nolint:nilnil // the cable accepts
			}}
			client := wire.plugged(t, traceroot.WithSpool(t.TempDir()))
			ctx := client.Context(t.Context())
			for range 20 {
				span(ctx, "work")
			}
			if err := client.Flush(timeout(t, 10*time.Second)); err != nil {
				t.Errorf("Flush = %v, want nil: the spans are on disk", err)
			}
			if s := client.Stats(); s.Spooled != 20 || s.Queued != 0 {
				t.Errorf("during the outage: %+v", s)
			}
			<-time.After(70 * time.Second)
			if s := client.Stats(); s.Exported != 20 || s.Spooled != 0 || len(wire.spans()) != 20 {
				t.Errorf("after the outage: %+v", s)
			}
			wantBalance(t, client.Stats())
		})
	})
	t.Run("holds masked values only, and is the user's alone", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			dir := t.TempDir()
			mask := traceroot.WithMask(func(_, text string) string { return strings.ReplaceAll(text, "secret", "***") })
			leave(t, 1, traceroot.WithSpool(dir), mask)
			files := 0
			err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
				if err != nil || entry.IsDir() {
					return err
				}
				files++
				info, err := entry.Info()
				if err != nil {
					return err
				}
				if os.PathSeparator == '/' && info.Mode().Perm() != 0o600 {
					t.Errorf("%s has mode %v", path, info.Mode())
				}
				if strings.Contains(path, "tr-key") {
					t.Errorf("%s names the key", path)
				}
				return nil
			})
			if err != nil || files == 0 {
				t.Errorf("%d files in the spool, %v", files, err)
			}
			// What is sent later was masked before: the next client has no mask.
			spans, _ := recovered(t, traceroot.WithSpool(dir))
			if len(spans) != 1 || spans[0].attributes["traceroot.span.input"] != "my ***" {
				t.Errorf("sent later: %v", spans)
			}
		})
	})
	t.Run("what was meant for another key or host stays", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			spool := traceroot.WithSpool(t.TempDir())
			leave(t, 3, spool)
			for name, other := range map[string]traceroot.Option{
				"key":  traceroot.WithAPIKey("tr-other"),
				"host": traceroot.WithHostURL("https://other.example"),
			} {
				if spans, _ := recovered(t, spool, other); len(spans) != 0 {
					t.Errorf("a client with another %s sent %d spans", name, len(spans))
				}
			}
			if spans, _ := recovered(t, spool); len(spans) != 3 {
				t.Errorf("the same client sent %d spans, want 3", len(spans))
			}
		})
	})
	t.Run("is bounded, the oldest go first", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			wire := &cable{answer: unreachable}
			logger, book := newLogBook()
			client := wire.plugged(t, traceroot.WithSpool(t.TempDir()), traceroot.WithFlushAt(1), traceroot.WithLogger(logger),
				traceroot.WithLimits(traceroot.Limits{SpoolBytes: 20_000}))
			for range 100 {
				span(client.Context(t.Context()), "work")
			}
			err := client.Shutdown(timeout(t, time.Second))
			s := client.Stats()
			wantBalance(t, s)
			unsent, ok := errors.AsType[*traceroot.UnsentError](err)
			if s.Spooled == 0 || s.DroppedBy.SpoolFull == 0 || s.Spooled+s.DroppedBy.SpoolFull != 100 || !ok || unsent.Spans != s.Dropped {
				t.Errorf("Shutdown = %v, %+v, want the oldest spans lost, and told", err, s)
			}
			if lines := book.about("spool is full"); len(lines) == 0 {
				t.Error("the loss was not logged")
			}
		})
	})
	t.Run("a folder that cannot be used costs a warning", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		var wire cable
		logger, book := newLogBook()
		client := wire.plugged(t, traceroot.WithSpool(file), traceroot.WithLogger(logger))
		span(client.Context(t.Context()), "work")
		if err := client.Flush(t.Context()); err != nil || len(wire.spans()) != 1 {
			t.Errorf("Flush = %v, %d spans arrived", err, len(wire.spans()))
		}
		if lines := book.about("level=WARN"); len(lines) != 1 || !strings.Contains(lines[0], "spool not opened") {
			t.Errorf("logged %q, want one warning", lines)
		}
	})
	t.Run("an exporter has no use for it", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		logger, book := newLogBook()
		ctx, ended := recordStubs(t, traceroot.WithSpool(dir), traceroot.WithLogger(logger))
		span(ctx, "work")
		onlyStub(t, ended)
		if lines := book.about("spool"); len(lines) != 1 || !strings.Contains(lines[0], "WithSpool") {
			t.Errorf("logged %q, want a line that says so", lines)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
			t.Errorf("the folder holds %v, %v", entries, err)
		}
	})
}

func TestSpoolFromTheEnvironment(t *testing.T) {
	inEnvironment, inOption := t.TempDir(), t.TempDir()
	t.Setenv("TRACEROOT_SPOOL_DIR", inEnvironment)
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			dir  string
			opts []traceroot.Option
		}{
			{inEnvironment, nil},
			{inOption, []traceroot.Option{traceroot.WithSpool(inOption)}}, // which beats the variable
		} {
			if left := leave(t, 2, c.opts...); left.Spooled != 2 {
				t.Errorf("stats are %+v, want two spans on disk", left)
			}
			if entries, err := os.ReadDir(c.dir); err != nil || len(entries) != 1 {
				t.Errorf("the folder holds %v, %v", entries, err)
			}
		}
	})
}
