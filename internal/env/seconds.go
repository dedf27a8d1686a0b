package env

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

const wantSeconds = "a number of seconds such as 2.5 or a duration such as 250ms, above zero"

// Seconds reads a length of time: a decimal number of seconds ("2.5") or a Go duration ("250ms"). It must be at least
// a nanosecond and fit a [time.Duration]; infinities and NaN do not. On an error the duration is zero.
func Seconds(text string) (time.Duration, error) {
	d, err := parseSeconds(text)
	if err == nil && d <= 0 {
		err = errors.New("not above zero")
	}
	if err != nil {
		return 0, fmt.Errorf("read %q as %s: %w", text, wantSeconds, err)
	}
	return d, nil
}

func parseSeconds(text string) (time.Duration, error) {
	number, err := strconv.ParseFloat(text, 64)
	if errors.Is(err, strconv.ErrSyntax) {
		return time.ParseDuration(text)
	}
	// Not math.MaxInt64: as a float it is rounded up to 2⁶³, the first number that no longer fits.
	nanoseconds := math.Round(number * float64(time.Second))
	if math.IsNaN(nanoseconds) || math.Abs(nanoseconds) >= 1<<63 {
		return 0, strconv.ErrRange
	}
	return time.Duration(nanoseconds), nil
}
