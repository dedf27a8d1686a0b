package traceroot

import (
	"net/http"
	"strconv"
	"strings"
	"sync"

	"go.opentelemetry.io/otel/trace"
)

// maxFailedAttempts bounds how many failed calls are remembered in the hope of a retry.
const maxFailedAttempts = 1024

// modelAttempts recognises retries where no header tells of them: a request that says the same, to the same address and
// under the same span, as one that has failed. The zero value is ready to use, and safe for concurrent use.
type modelAttempts struct {
	mu     sync.Mutex
	failed map[modelAttempt]int // how often; guarded by mu
}

// modelAttempt is what the attempts of one call have in common.
type modelAttempt struct {
	parent spanKey
	url    string
	sum    uint64
}

// attemptOf is the zero value for an attempt that cannot be told from other calls.
func attemptOf(parent trace.SpanContext, req *http.Request, q *modelQuestion) modelAttempt {
	if !parent.IsValid() || q.sum == 0 {
		return modelAttempt{}
	}
	return modelAttempt{parent: keyOf(parent), url: req.URL.String(), sum: q.sum}
}

// resends is how often the call was sent before.
func (a *modelAttempts) resends(of modelAttempt, header http.Header) int {
	if n, ok := resendHeader(header); ok {
		return n
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.failed[of]
}

// ended notes how an attempt ended.
func (a *modelAttempts) ended(of modelAttempt, failed bool) {
	if of == (modelAttempt{}) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case !failed:
		delete(a.failed, of)
		return
	case a.failed == nil || len(a.failed) >= maxFailedAttempts:
		a.failed = map[modelAttempt]int{}
	}
	a.failed[of]++
}

// mayBeRetried tells whether clients try again after a status.
func mayBeRetried(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests:
		return true
	default:
		return status >= http.StatusInternalServerError
	}
}

// resendHeader is which retry an attempt is, by the headers of the clients of OpenAI and Anthropic, or of AWS.
func resendHeader(h http.Header) (n int, ok bool) {
	if n, err := strconv.Atoi(h.Get("X-Stainless-Retry-Count")); err == nil {
		return n, true
	}
	for field := range strings.SplitSeq(h.Get("Amz-Sdk-Request"), ";") {
		if attempt, ok := strings.CutPrefix(strings.TrimSpace(field), "attempt="); ok {
			if n, err := strconv.Atoi(attempt); err == nil {
				return n - 1, true
			}
		}
	}
	return 0, false
}
