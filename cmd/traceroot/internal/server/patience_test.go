package server_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
)

// piped is a listener that accepts the one connection that is in it.
type piped struct {
	connections chan net.Conn
	closed      chan struct{}
}

func (l *piped) Accept() (net.Conn, error) {
	select {
	case c := <-l.connections:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *piped) Close() error {
	close(l.closed)
	return nil
}

func (*piped) Addr() net.Addr { return new(net.TCPAddr) }

// patient runs a client of a handler in fake time, over a connection without buffers. The client is told when the handler
// has ended.
func patient(t *testing.T, handler http.HandlerFunc, client func(t *testing.T, c net.Conn, ended <-chan time.Time)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		listener := &piped{make(chan net.Conn, 1), make(chan struct{})}
		listener.connections <- theirs
		ended := make(chan time.Time, 2)
		on := &http.Server{Handler: server.Patient(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handler(w, r)
			ended <- time.Now()
		}))}
		var serving sync.WaitGroup
		serving.Go(func() { _ = on.Serve(listener) })
		client(t, ours, ended)
		ours.Close()
		if err := on.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		serving.Wait()
	})
}

func TestSlowSenders(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		bytes int // at a time
		pause time.Duration
		total int
		good  bool
		after time.Duration // it ends
	}{
		{"as fast as possible", 1 << 20, 0, 8 << 20, true, 0},
		{"a slow line", 16 << 10, time.Second, 2 << 20, true, 127 * time.Second},
		{"a hiccup", 512 << 10, 25 * time.Second, 2 << 20, true, 75 * time.Second},
		{"silence", 100, time.Hour, 200, false, 30 * time.Second},
		{"byte by byte", 1, 10 * time.Second, 1 << 20, false, 30 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var read int64
			var failure error
			patient(t, func(_ http.ResponseWriter, r *http.Request) {
				read, failure = io.Copy(io.Discard, r.Body)
			}, func(t *testing.T, c net.Conn, ended <-chan time.Time) {
				t.Helper()
				began := time.Now()
				go func() {
					fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n", tt.total)
					for sent := 0; sent < tt.total; sent += tt.bytes {
						if sent > 0 {
							time.Sleep(tt.pause)
						}
						if _, err := c.Write(make([]byte, min(tt.bytes, tt.total-sent))); err != nil {
							return
						}
					}
				}()
				took := (<-ended).Sub(began)
				if good := failure == nil && read == int64(tt.total); good != tt.good || !good && !errors.Is(failure, os.ErrDeadlineExceeded) {
					t.Errorf("%d bytes read, %v", read, failure)
				}
				if took.Round(time.Second) != tt.after {
					t.Errorf("after %v, want %v", took, tt.after)
				}
				c.Close()
				synctest.Wait()
				time.Sleep(2 * tt.pause)
			})
		})
	}
}

// TestSlowAnswers takes longer than any deadline between the request and the answer.
func TestSlowAnswers(t *testing.T) {
	t.Parallel()
	patient(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-time.After(time.Hour):
		case <-r.Context().Done():
			t.Error("the request was given up")
		}
		_, _ = io.WriteString(w, "done")
	}, func(t *testing.T, c net.Conn, _ <-chan time.Time) {
		t.Helper()
		answers := bufio.NewReader(c)
		for range 2 { // the second request has deadlines of its own
			fmt.Fprint(c, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody")
			response, err := http.ReadResponse(answers, nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil || string(body) != "done" {
				t.Errorf("answer %q, %v", body, err)
			}
		}
	})
}

func TestSlowReaders(t *testing.T) {
	t.Parallel()
	const size = 4 << 20
	for _, tt := range []struct {
		name  string
		pause time.Duration // after each 64 KiB
		good  bool
		after time.Duration // for the handler
	}{
		{"a slow line", 5 * time.Second, true, 64 * 5 * time.Second},
		{"nobody reads", time.Hour, false, 30 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var failure error
			patient(t, func(w http.ResponseWriter, _ *http.Request) {
				_, failure = w.Write(make([]byte, size))
			}, func(t *testing.T, c net.Conn, ended <-chan time.Time) {
				t.Helper()
				began := time.Now()
				go func() {
					fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
					for {
						if _, err := io.CopyN(io.Discard, c, 64<<10); err != nil {
							return
						}
						time.Sleep(tt.pause)
					}
				}()
				took := (<-ended).Sub(began)
				if good := failure == nil; good != tt.good || (took-tt.after).Abs() > 5*time.Second {
					t.Errorf("%v after %v, want it after %v", failure, took, tt.after)
				}
				time.Sleep(2 * tt.pause)
			})
		})
	}
}
