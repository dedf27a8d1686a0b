package batch

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	firstBackoff = time.Second
	maxBackoff   = 30 * time.Second

	// maxRetryAfter bounds how long a server can silence a client: a mistyped date must not do so for years.
	maxRetryAfter = 5 * time.Minute
)

// backoff returns how long to wait after so many failures in a row, one or more: about a second at first, doubled each time
// up to 30 s, less a random fifth at most, so that clients cut off together do not come back together.
func backoff(failures int) time.Duration {
	d := maxBackoff
	if doublings := failures - 1; doublings < 5 {
		d = min(firstBackoff<<doublings, maxBackoff)
	}
	return d - rand.N(d/5)
}

// retryAfter returns the wait that a Retry-After header asks for: whole or decimal seconds, or an HTTP date. It is 0 when the
// header is missing, in the past or not understood, and five minutes at most.
func retryAfter(header http.Header) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		// Compared as numbers of seconds, since a huge one overflows a Duration; NaN fails both.
		switch {
		case seconds >= maxRetryAfter.Seconds():
			return maxRetryAfter
		case seconds > 0:
			return time.Duration(seconds * float64(time.Second))
		}
		return 0
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(time.Until(at), 0), maxRetryAfter)
}
