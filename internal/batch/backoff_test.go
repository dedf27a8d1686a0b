package batch_test

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
)

// A server writes the header: whatever it is, the wait is bounded, and a wait that is understood is kept.
func FuzzRetryAfter(f *testing.F) {
	for _, value := range []string{
		"", "0", "17", "1.5", "-5", " 3 ", "300", "301", "999999", "1e300", strings.Repeat("9", 400), "NaN", "Inf", "-Inf", "0x1p-2",
		"soon", "Wed, 21 Oct 2015 07:28:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "\xff", "1,2",
	} {
		f.Add(value, int64(40))
	}
	const most = 5 * time.Minute
	parse := func(value string) time.Duration { return batch.RetryAfter(http.Header{"Retry-After": {value}}) }
	f.Fuzz(func(t *testing.T, value string, ahead int64) {
		got := parse(value)
		if got < 0 || got > most {
			t.Errorf("Retry-After: %q waits %v, want 0 to %v", value, got, most)
		}
		if padded := parse(" " + value + "\t"); value == strings.TrimSpace(value) && !near(padded, got) {
			t.Errorf("Retry-After: %q waits %v, and %v with space around it", value, got, padded)
		}
		if value != "" && strings.Trim(value, "0123456789") == "" {
			want := most
			if seconds, err := strconv.ParseUint(value, 10, 32); err == nil && seconds < 300 {
				want = time.Duration(seconds) * time.Second
			}
			if got != want {
				t.Errorf("Retry-After: %q waits %v, want %v", value, got, want)
			}
		}
		// A date says the same as the seconds until then, give or take the second that dates are cut to.
		ahead %= math.MaxInt32
		date := time.Now().Add(time.Duration(ahead) * time.Second).UTC().Format(http.TimeFormat)
		if got, want := parse(date), min(max(time.Duration(ahead)*time.Second, 0), most); got > want || got < want-2*time.Second {
			t.Errorf("Retry-After: %s, %d s ahead, waits %v, want %v", date, ahead, got, want)
		}
	})
}

// near forgives the time that passes between two readings of a date.
func near(a, b time.Duration) bool { return (a - b).Abs() < time.Second }
