package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/live"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/pricing"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
)

// Server is a running server. It owns its data folder until Close returns. It is safe for concurrent use.
type Server struct {
	config  Config
	log     *slog.Logger
	started time.Time

	store   store.Store
	ingest  *ingest.Server
	live    *live.Server
	prices  *pricing.Table
	door    *door
	gauges  *gauges
	traffic *traffic

	readiness readiness

	listeners listeners
	http      []*http.Server
	serving   errgroup.Group
	lock      *sqlite.FolderLock

	closing   chan struct{} // closed when the server begins to close, or fails
	endOnce   sync.Once     // closes closing
	closeOnce sync.Once
	closed    error // what closing returned
}

// Start opens the data folder, which must have no other owner, and serves until Close. The context bounds starting alone.
func Start(ctx context.Context, config Config) (*Server, error) {
	config.Addr = cmp.Or(config.Addr, DefaultAddr)
	config.GRPCAddr = cmp.Or(config.GRPCAddr, DefaultGRPCAddr)
	config.Log = cmp.Or(config.Log, slog.New(slog.DiscardHandler))
	if err := config.Check(); err != nil {
		return nil, err
	}
	s := &Server{config: config, log: config.Log, started: time.Now().UTC(), closing: make(chan struct{})}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.release())
	}
	s.serve()
	s.log.LogAttrs(ctx, slog.LevelInfo, "server started",
		slog.String("url", s.URL()), slog.String("grpc_url", s.GRPCURL()), slog.String("data", config.Data), slog.Bool("keys", config.Keys))
	return s, nil
}

// open takes everything that the server needs, in an order in which what fails leaves least behind.
func (s *Server) open(ctx context.Context) (err error) {
	if s.prices, err = readPrices(s.config.Prices); err != nil {
		return err
	}
	certificate, err := s.config.certificate()
	if err != nil {
		return err
	}
	owner := sqlite.Owner{PID: os.Getpid(), Token: rand.Text()}
	if s.lock, err = sqlite.Lock(s.config.Data, owner); err != nil {
		return err
	}
	if err := s.listeners.listen(ctx, &s.config, certificate); err != nil {
		return err
	}
	owner.Address = s.localURL()
	if err := s.lock.Announce(owner); err != nil {
		return err
	}
	opened, err := sqlite.Open(ctx, sqlite.Options{
		Path: filepath.Join(s.config.Data, "traces.db"), NoSearch: s.config.NoSearch, Logger: s.log,
		RetainAge: s.config.RetainAge, RetainBytes: s.config.RetainBytes,
	})
	if err != nil {
		return err
	}
	s.store = opened
	s.door = &door{keys: s.config.Keys, keyring: opened, token: owner.Token, log: s.log}
	if s.config.Keys {
		if s.door.cookies, err = openCookies(filepath.Join(s.config.Data, "cookie.secret"), strings.HasPrefix(s.URL(), "https://")); err != nil {
			return err
		}
	}
	s.gauges = newGauges(opened)
	s.traffic = &traffic{gauges: s.gauges, projects: map[string]*record{}}
	s.openLive()
	s.ingest = ingest.New(ingest.Config{
		Sink:     finishing{sink{s.store, s.prices}, s.live},
		Project:  func(ctx context.Context) string { return callerOf(ctx).project },
		Observer: s.traffic,
		Log:      s.log,
		Limits: ingest.Limits{
			BodyBytes: s.config.BodyBytes, UnpackedBytes: s.config.UnpackedBytes, InFlightBytes: s.config.InFlightBytes,
		},
	})
	return nil
}

func readPrices(file string) (*pricing.Table, error) {
	if file == "" {
		return pricing.Embedded(), nil
	}
	opened, err := os.Open(file) //nolint:gosec // the operator's choice
	if err != nil {
		return nil, fmt.Errorf("read prices: %w", err)
	}
	defer opened.Close()
	table, err := pricing.Load(opened)
	if err != nil {
		return nil, fmt.Errorf("read prices from %s: %w", file, err)
	}
	return table, nil
}

// Token lets in whoever can read the data folder.
func (s *Server) Token() string { return s.door.token }

// Wait returns when the server ends by itself, which it does only when something is wrong, or after Close.
func (s *Server) Wait() error { return s.serving.Wait() }

// Close takes no more requests, finishes those it has until ctx ends, and gives the data folder free. What was
// acknowledged is stored. Closing again waits for the first, and returns what that returned.
func (s *Server) Close(ctx context.Context) error {
	s.closeOnce.Do(func() {
		s.end()
		s.closed = s.close(ctx)
	})
	return s.closed
}

// end ends what ends by nothing else: streams of events, and watching the sources of the pages.
func (s *Server) end() { s.endOnce.Do(func() { close(s.closing) }) }

func (s *Server) close(ctx context.Context) error {
	var shutdown errgroup.Group
	for _, on := range s.http {
		shutdown.Go(func() error {
			if err := on.Shutdown(ctx); err != nil {
				return errors.Join(fmt.Errorf("finish requests: %w", cmp.Or(context.Cause(ctx), err)), on.Close())
			}
			return nil
		})
	}
	err := errors.Join(shutdown.Wait(), s.serving.Wait(), s.release())
	s.log.LogAttrs(ctx, slog.LevelInfo, "server stopped")
	return err
}

// release gives back what open took. The lock comes last: whoever has it next finds all else free.
func (s *Server) release() error {
	failures := []error{s.listeners.close()}
	if s.store != nil {
		failures = append(failures, s.store.Close())
	}
	if s.lock != nil {
		failures = append(failures, s.lock.Release())
	}
	return errors.Join(failures...)
}

// sink prices what came in and stores it.
type sink struct {
	store  store.Writer
	prices *pricing.Table
}

// Write implements [ingest.Sink].
func (s sink) Write(ctx context.Context, project string, batch store.Batch) error {
	s.prices.Apply(&batch)
	err := s.store.Write(ctx, project, batch)
	if errors.Is(err, store.ErrFull) {
		return fmt.Errorf("%w: %w", ingest.ErrFull, err)
	}
	return err
}
