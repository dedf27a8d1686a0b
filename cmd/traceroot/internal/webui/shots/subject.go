package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/demo"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
)

// subject is a server with the runs of the demo, two of which go on.
type subject struct {
	url    string
	failed string // the trace of the run that came to grief

	server  *server.Server
	data    string
	show    *demo.Show
	clients []*traceroot.Client
	endLive context.CancelFunc
	live    chan error
}

func play(ctx context.Context, pace float64) (*subject, error) {
	data, err := os.MkdirTemp("", "traceroot-shots")
	if err != nil {
		return nil, err
	}
	s := &subject{data: data, live: make(chan error, 1), endLive: func() {}}
	if err := s.start(ctx, pace); err != nil {
		return nil, errors.Join(err, s.close(context.WithoutCancel(ctx)))
	}
	return s, nil
}

// start uses the usual address where it is free: it stands in the pictures.
func (s *subject) start(ctx context.Context, pace float64) (err error) {
	s.server, err = server.Start(ctx, server.Config{Data: s.data, GRPCAddr: "off"})
	if err != nil {
		s.server, err = server.Start(ctx, server.Config{Data: s.data, Addr: "127.0.0.1:0", GRPCAddr: "off"})
	}
	if err != nil {
		return err
	}
	s.url = s.server.URL()
	dev, ci := s.client("dev"), s.client("ci")
	if s.show, err = demo.Open(ctx, demo.Options{Client: dev, CI: ci, Pace: pace, Live: true}); err != nil {
		return err
	}
	if s.failed, err = s.show.Fill(ctx); err != nil {
		return err
	}
	if err := errors.Join(dev.Flush(ctx), ci.Flush(ctx)); err != nil {
		return fmt.Errorf("fill the server: %w", err)
	}
	var living context.Context
	living, s.endLive = context.WithCancel(ctx)
	go func() { s.live <- s.show.Live(living) }()
	return nil
}

func (s *subject) client(environment string) *traceroot.Client {
	client := traceroot.New(
		traceroot.WithHostURL(s.url), traceroot.WithEnabled(true), traceroot.WithEnvironment(environment),
		traceroot.WithServiceName("bike-shop"), traceroot.WithLogger(slog.New(slog.DiscardHandler)),
	)
	s.clients = append(s.clients, client)
	return client
}

// good is the trace of a run that did what the failed one could not.
func (s *subject) good(ctx context.Context) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/api/ui/traces?q=tool:create_return_label+status:ok", http.NoBody)
	if err != nil {
		return "", err
	}
	client := &http.Client{Timeout: 10 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var page struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if err := json.NewDecoder(response.Body).Decode(&page); err != nil {
		return "", fmt.Errorf("read the list: %w", err)
	}
	if len(page.Data) == 0 {
		return "", errors.New("no run with a return label has come to a good end")
	}
	return page.Data[0].ID, nil
}

func (s *subject) close(ctx context.Context) error {
	var errs []error
	if s.endLive(); s.failed != "" {
		errs = append(errs, <-s.live)
	}
	if s.show != nil {
		errs = append(errs, s.show.Close(ctx))
	}
	for _, client := range s.clients {
		errs = append(errs, client.Shutdown(ctx))
	}
	if s.server != nil {
		errs = append(errs, s.server.Close(ctx))
	}
	return errors.Join(append(errs, os.RemoveAll(s.data))...)
}
