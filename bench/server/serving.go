package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// server is one that can be put under load.
type server interface {
	// start runs it on a data folder, which may hold what an earlier one left, and returns when it takes spans.
	start(ctx context.Context, data string) (running, error)
}

// running is a server that runs. What it holds is asked for over HTTP, as anybody would.
type running interface {
	tracesURL() string // of OTLP

	// drained waits until everything acknowledged is stored, and says how many spans are as far as it counts them.
	drained(ctx context.Context, acked int) (stored int, err error)
	// spansOf are the ids of the spans of a trace as stored, in hex; none where it does not know the trace.
	spansOf(ctx context.Context, traceID string) ([]string, error)

	usage() (usage, error)
	settle(ctx context.Context) (usage, error)
	stop(ctx context.Context) error
	kill()
}

// questions are asked one after the other over one connection.
var questions = &http.Client{Timeout: time.Minute}

// errUnknown is the error of what is not there: a trace, or a route.
var errUnknown = errors.New("it is not there")

// ask reads a JSON answer. Without a place for it, the answer is read and dropped.
func ask(ctx context.Context, url string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := questions.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusNotFound:
		return fmt.Errorf("GET %s: %w", url, errUnknown)
	case response.StatusCode != http.StatusOK:
		said, _ := io.ReadAll(io.LimitReader(response.Body, 500))
		return fmt.Errorf("GET %s: %s: %s", url, response.Status, said)
	case into == nil:
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return fmt.Errorf("GET %s: %w", url, err)
	}
	return nil
}

// until asks every now and then until ready says yes. The reason is told when the context ends first.
func until(ctx context.Context, ready func() (bool, error)) error {
	const interval = 50 * time.Millisecond
	for {
		done, err := ready()
		if err != nil || done {
			return err
		}
		if err := wait(ctx, interval); err != nil {
			return err
		}
	}
}

// freePorts are free now.
func freePorts(ctx context.Context, n int) ([]int, error) {
	var ports []int
	for range n {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		address, ok := listener.Addr().(*net.TCPAddr)
		if !ok {
			return nil, errors.ErrUnsupported
		}
		ports = append(ports, address.Port)
	}
	return ports, nil
}
