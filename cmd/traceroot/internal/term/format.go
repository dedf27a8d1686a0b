package term

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// duration has three digits that matter and the unit that they are read in.
func duration(d time.Duration) string {
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

// count groups the digits of a number by thousands.
func count(n int64) string {
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

// plural counts things.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return count(int64(n)) + " " + thing + "s"
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
