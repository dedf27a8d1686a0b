package batch

import (
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	firstBackoff = time.Second

	// maxBackoff is how late a host's recovery is noticed at the most. While it fails one request at a time asks, so a low
	// cap costs it little, and a long outage ends with everything delivered within seconds.
	maxBackoff = 5 * time.Second

	// maxRefusalPause is the longest wait of a client whose key is refused. Each attempt costs a batch there.
	maxRefusalPause = time.Minute

	// maxRetryAfter bounds how long a server can silence a client: a mistyped date must not do so for years.
	maxRetryAfter = 5 * time.Minute
)

// backoff returns how long to wait after so many failures in a row, one or more: a random part of a time that is a second
// at first and is doubled each time, so that clients cut off together do not come back together.
func backoff(failures int) time.Duration {
	return rand.N(doubled(firstBackoff, failures-1, maxBackoff))
}

// refusalPause returns how long to wait after so many refusals of the key in a row, one or more: each time longer.
func refusalPause(refusals int) time.Duration {
	d := doubled(firstBackoff, refusals-1, maxRefusalPause)
	return d - rand.N(d/5)
}

func doubled(d time.Duration, times int, most time.Duration) time.Duration {
	for range times {
		if d *= 2; d >= most {
			return most
		}
	}
	return d
}

// retryAfter returns the wait that a Retry-After header asks for: whole or decimal seconds, or an HTTP date. It is 0 when the
// header is missing, in the past or not understood, and five minutes at most.
func retryAfter(header http.Header) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(value, 64); err == nil || math.IsInf(seconds, 1) { // which comes with an error
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
