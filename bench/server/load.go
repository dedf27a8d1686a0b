package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// connections is how many senders there are, each with one request at a time.
const connections = 4

// load sends batches of a corpus to a server and remembers which were acknowledged. Its methods are safe for concurrent
// use.
type load struct {
	*corpus

	mu    sync.Mutex
	acked []bool // guarded by mu, as the next
	spans int    // acknowledged
}

func newLoad(c *corpus) *load { return &load{corpus: c, acked: make([]bool, len(c.batches))} }

// pending are those of the first batches that nobody acknowledged, in their order.
func (l *load) pending(first int) []int {
	l.mu.Lock()
	defer l.mu.Unlock()
	var pending []int
	for i, acked := range l.acked[:first] {
		if !acked {
			pending = append(pending, i)
		}
	}
	return pending
}

// ackedSpans are how many spans were acknowledged.
func (l *load) ackedSpans() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.spans
}

// run sends what is pending of the first batches, and ends early when the server is gone. After each batch that was
// acknowledged, progress gets the number of all such spans so far; it may be called by several goroutines at once.
func (l *load) run(ctx context.Context, url string, first int, progress func(spans int)) error {
	todo := make(chan int)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var senders sync.WaitGroup
	for range connections {
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}, Timeout: time.Minute}
		senders.Go(func() {
			defer client.CloseIdleConnections()
			for i := range todo {
				if err := l.send(ctx, client, url, i); err != nil {
					cancel(err)
					return
				}
				l.mu.Lock()
				l.acked[i] = true
				l.spans += len(l.batches[i].spans)
				spans := l.spans
				l.mu.Unlock()
				progress(spans)
			}
		})
	}
	for _, i := range l.pending(first) {
		select {
		case todo <- i:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(todo)
	senders.Wait()
	return context.Cause(ctx)
}

// nothing is the progress that nobody watches.
func nothing(int) {}

// send sends one batch until it is acknowledged, and comes again when it is told to.
func (l *load) send(ctx context.Context, client *http.Client, url string, i int) error {
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, l.body(i))
		if err != nil {
			return err
		}
		request.ContentLength = int64(l.batches[i].size)
		request.Header.Set("Content-Type", "application/x-protobuf")
		request.Header.Set("Content-Encoding", "gzip")
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		said, err := io.ReadAll(response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			return err
		}
		switch response.StatusCode {
		case http.StatusOK:
			if refusesSpans(said) {
				return fmt.Errorf("POST %s: it refused spans of a batch: %q", url, said)
			}
			return nil
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			if err := wait(ctx, retryAfter(response)); err != nil {
				return err
			}
		default:
			return fmt.Errorf("POST %s: %s: %s", url, response.Status, said)
		}
	}
}

// refusesSpans reports whether an answer has a partial success that is not empty.
func refusesSpans(answer []byte) bool {
	const emptyPartialSuccess = "\n\x00" // field 1, no bytes
	return len(answer) > 0 && string(answer) != emptyPartialSuccess
}

func retryAfter(response *http.Response) time.Duration {
	seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
	if err != nil {
		return 100 * time.Millisecond
	}
	return time.Duration(seconds) * time.Second
}
