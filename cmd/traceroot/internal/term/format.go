package term

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Duration has three digits that matter and the unit that they are read in.
func Duration(d time.Duration) string {
	switch {
	case d >= time.Hour:
		return fmt.Sprintf("%d h %d m", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%d m %d s", d/time.Minute, d%time.Minute/time.Second)
	case d >= 100*time.Millisecond:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d > 0:
		return fmt.Sprintf("%d µs", d.Microseconds())
	}
	return "0 s"
}

// Count groups the digits of a number by thousands.
func Count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	var b strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 && digits[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	return b.String()
}

// Plural counts things.
func Plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return Count(int64(n)) + " " + thing + "s"
}

// Age is a duration in its largest unit alone, for what happened that long ago.
func Age(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= day:
		return fmt.Sprintf("%d d", d/day)
	case d >= time.Hour:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d >= time.Minute:
		return fmt.Sprintf("%d m", d/time.Minute)
	}
	return fmt.Sprintf("%d s", max(0, d/time.Second))
}

// Dollars is an amount of money, with the digits that matter of a small one.
func Dollars(amount float64) string {
	if amount == 0 || amount >= 1 {
		return fmt.Sprintf("$%.2f", amount)
	}
	return fmt.Sprintf("$%.4f", max(amount, 0.0001))
}

// Bytes is a size in the unit that it is read in.
func Bytes(n int64) string {
	const step = 1000
	if n < step {
		return Plural(int(n), "byte")
	}
	size, unit := float64(n), ""
	for _, unit = range []string{"kB", "MB", "GB", "TB"} {
		if size /= step; size < step {
			break
		}
	}
	return fmt.Sprintf("%.1f %s", size, unit)
}

// tokenCount marks what was not counted but estimated.
func tokenCount(u *store.Usage, n int64) string {
	if u.Estimated {
		return "~" + Count(n)
	}
	return Count(n)
}

// place is a source location with the last elements of its path; 0 stands for all of them. Where the sender did not know
// its repository, the function has to do.
func place(s store.Source, elements int) string {
	if s.File == "" {
		return clean(s.Function)
	}
	file := clean(s.File)
	if all := strings.Split(file, "/"); elements > 0 && elements < len(all) {
		file = path.Join(all[len(all)-elements:]...)
	}
	if s.Line > 0 {
		file += ":" + strconv.Itoa(s.Line)
	}
	return file
}
