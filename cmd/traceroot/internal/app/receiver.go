package app

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
)

// receiver takes in traces on a free port of the loopback interface, where no key is needed, and keeps them in memory.
type receiver struct {
	memory

	url    string // to be given to an SDK as its host
	server *http.Server
	served chan struct{} // closed when the goroutine that serves has ended
}

func startReceiver(ctx context.Context, log *slog.Logger) (*receiver, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("receive traces on loopback: %w", err)
	}
	r := &receiver{url: "http://" + listener.Addr().String(), served: make(chan struct{})}
	mux := http.NewServeMux()
	mux.Handle(ingest.Path, ingest.New(&r.memory, log, ingest.Limits{}))
	r.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		defer close(r.served)
		// It ends when stop closes it; ending sooner shows as spans that could not be sent.
		_ = r.server.Serve(listener)
	}()
	return r, nil
}

// stop breaks off what is being received, and returns when the port is free.
func (r *receiver) stop() {
	_ = r.server.Close()
	<-r.served
}
