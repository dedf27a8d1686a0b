package demo_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/demo"
)

// memnet is a network of pipes, which under testing/synctest lets the fake clock run where a socket would hold it up.
type memnet struct {
	conns  chan net.Conn
	closed chan struct{}
	close  sync.Once
}

// startModel runs a model, and returns it with a client that reaches it; both end with the test.
func startModel(t *testing.T) (*demo.ModelServer, *http.Client) {
	t.Helper()
	network := newMemnet()
	model := demo.ServeModel(network)
	client := &http.Client{Transport: &http.Transport{DialContext: network.dial}}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		if err := model.Shutdown(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("shut down the model: %v", err)
		}
	})
	return model, client
}

func newMemnet() *memnet {
	return &memnet{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (n *memnet) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case n.conns <- server:
		return client, nil
	case <-n.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (n *memnet) Accept() (net.Conn, error) {
	select {
	case conn := <-n.conns:
		return conn, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

func (n *memnet) Close() error {
	n.close.Do(func() { close(n.closed) })
	return nil
}

func (n *memnet) Addr() net.Addr { return memAddr{} }

type memAddr struct{}

func (memAddr) Network() string { return "mem" }
func (memAddr) String() string  { return "model.test" }
