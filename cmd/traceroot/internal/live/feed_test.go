package live_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/api"
)

func wantLines(t *testing.T, f *follower, want string) {
	t.Helper()
	if got := lines(f.next()); got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}

func TestFollowers(t *testing.T) {
	t.Parallel()
	t.Run("are told what happens as it happens", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRoom()
			f := r.follow(t, "dev")
			_ = r.post(t, start("2", "chat"), text(0, "Hel"))
			wantLines(t, f, "start 2 chat; text 2 @0 Hel")
			_ = r.post(t, text(3, "lo"))
			wantLines(t, f, "text 2 @3 lo")
			r.Finished("dev", ended())
			wantLines(t, f, "end 2")
		})
	})
	t.Run("are told of an end before the span is stored", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRoom()
			f := r.follow(t, "dev")
			_ = r.post(t, start("2", "chat"))
			wantLines(t, f, "start 2 chat")
			got := r.post(t, finish("2", `,"failed":true`), text(0, "Hel"), finish("3", ""))
			if got.Accepted != 3 || len(r.shelf.batches) != 1 {
				t.Errorf("%+v, %d batches", got, len(r.shelf.batches))
			}
			wantLines(t, f, "text 2 @0 Hel; end 2 at 22 failed")
			_ = r.post(t, text(3, "lo"), finish("2", ""))
			wantLines(t, f, "text 2 @3 lo")
			wantLines(t, r.follow(t, "dev"), "start 2 chat; text 2 @0 Hello; end 2 at 22 failed")
			r.Finished("dev", ended())
			wantLines(t, f, "end 2")
			_ = r.post(t, finish("2", ""))
			wantLines(t, f, "")
		})
	})
	t.Run("that come late are told all of it first", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRoom()
			_ = r.post(t, start("2", "chat"), text(0, "Hel"))
			_ = r.post(t, text(3, "lo"))
			f := r.follow(t, "dev")
			wantLines(t, f, "start 2 chat; text 2 @0 Hello")
		})
	})
	t.Run("are not told of what has ended before", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRoom()
			_ = r.post(t, start("2", "chat"), text(0, "Hello"))
			r.Finished("dev", ended())
			f := r.follow(t, "dev")
			wantLines(t, f, "")
		})
	})
	t.Run("are not told what comes after the end", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRoom()
			f := r.follow(t, "dev")
			r.Finished("dev", ended())
			got := r.post(t, start("2", "chat"), text(0, "Hello"))
			if len(r.shelf.batches) > 0 {
				t.Errorf("it is stored, %+v", got)
			}
			wantLines(t, f, "")
		})
	})
	t.Run("are told of their project alone", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRoom()
			f := r.follow(t, "other")
			_ = r.post(t, start("2", "chat"), text(0, "Hello"))
			r.Finished("other", ended())
			wantLines(t, f, "")
			wantLines(t, r.follow(t, "dev"), "start 2 chat; text 2 @0 Hello")
		})
	})
	t.Run("that read slowly get more at once", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRoom()
			f := r.follow(t, "dev")
			_ = r.post(t, start("2", "chat"))
			synctest.Wait() // the start waits to be read
			for i := range 1000 {
				_ = r.post(t, text(i, "x"))
			}
			wantLines(t, f, "start 2 chat; text 2 @0 "+strings.Repeat("x", 1000))
		})
	})
	t.Run("are told that a text is taken back", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRoom()
			f := r.follow(t, "dev")
			_ = r.post(t, start("2", "chat"), text(0, "my key is 12"))
			_ = f.next()
			_ = r.post(t, text(10, "[key]"))
			wantLines(t, f, "text 2 @10 [key]")
			_ = r.post(t, text(2, ""))
			wantLines(t, f, "text 2 @2 ")
			wantLines(t, r.follow(t, "dev"), "start 2 chat; text 2 @0 my")
		})
	})
	t.Run("are told offsets as pages count them", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRoom()
			f := r.follow(t, "dev")
			_ = r.post(t, text(0, "é😀"))
			_ = f.next()
			_ = r.post(t, text(len("é😀"), "!"))
			wantLines(t, f, "text 2 @3 !")
		})
	})
	t.Run("begin anew where a part of a text is missing", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRoom()
			f := r.follow(t, "dev")
			_ = r.post(t, text(100, "later"))
			wantLines(t, f, "text 2 @0 later")
			_ = r.post(t, text(200, "still later"))
			wantLines(t, f, "text 2 @0 still later")
			_ = r.post(t, text(211, "!"))
			wantLines(t, f, "text 2 @11 !")
			_ = r.post(t, text(5, "before"))
			wantLines(t, f, "text 2 @0 before")
		})
	})
	t.Run("are told of other things at once", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRoom()
			f, other := r.follow(t, "dev"), r.follow(t, "other")
			r.Tell("dev", api.Reload{})
			wantLines(t, f, "reload")
			wantLines(t, other, "")
		})
	})
	t.Run("can leave at any time, twice", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRoom()
			f := r.follow(t, "dev")
			_ = r.post(t, start("2", "chat"))
			f.stop()
			f.stop()
			if _, open := <-f.events; open {
				t.Error("the channel is open")
			}
			_ = r.post(t, start("3", "chat"))
		})
	})
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	t.Run("to the end of a text, in whole characters", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRoom()
			_ = r.post(t, text(0, "x"+strings.Repeat("é", 40_000)))
			f := r.follow(t, "dev")
			got := deltas(f.next())[0]
			if len(got.Text) != 64<<10 || got.Offset != 0 || strings.Trim(got.Text, "é") != "" {
				t.Errorf("%d bytes at %d", len(got.Text), got.Offset)
			}
			_ = r.post(t, text(80_001, "end"))
			wantLines(t, f, "text 2 @32768 end")
			if got = deltas(r.follow(t, "dev").next())[0]; !strings.HasSuffix(got.Text, "éend") || len(got.Text) > 64<<10 {
				t.Errorf("%d bytes, to their end %q", len(got.Text), got.Text[len(got.Text)-8:])
			}
		})
	})
	t.Run("to the spans that were told of last", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := newRoom()
			f := r.follow(t, "dev")
			long := strings.Repeat("x", 60_000)
			for i := range 400 {
				_ = r.post(t, strings.Replace(text(0, long), spanID("2"), fmt.Sprintf("%016x", i+1), 1))
			}
			bytes, last := 0, ""
			for _, event := range deltas(r.follow(t, "dev").next()) {
				bytes += len(event.Text)
				last = max(last, event.Span)
			}
			if bytes > 16<<20 || bytes < 15<<20 || last != fmt.Sprintf("%016x", 400) {
				t.Errorf("%d bytes are kept, the last of %s", bytes, last)
			}
			bytes = 0
			for _, event := range deltas(f.next()) {
				bytes += len(event.Text)
			}
			if bytes > 17<<20 {
				t.Errorf("%d bytes waited for one who did not read", bytes)
			}
		})
	})
}
