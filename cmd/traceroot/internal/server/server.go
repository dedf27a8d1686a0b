package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
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
	prices  *pricing.Table
	door    *door
	gauges  *gauges
	traffic *traffic

	listeners []net.Listener
	http      *http.Server
	grpc      *http.Server // nil where gRPC is off
	serving   errgroup.Group
	lock      *sqlite.FolderLock
}

// headerTimeout is how long a client may take to say what it wants.
const headerTimeout = 10 * time.Second

// Start opens the data folder, which must have no other owner, and serves until Close. The context bounds starting alone.
func Start(ctx context.Context, config Config) (*Server, error) {
	config.Addr = cmp.Or(config.Addr, DefaultAddr)
	config.GRPCAddr = cmp.Or(config.GRPCAddr, DefaultGRPCAddr)
	config.Log = cmp.Or(config.Log, slog.New(slog.DiscardHandler))
	if err := config.check(); err != nil {
		return nil, err
	}
	s := &Server{config: config, log: config.Log, started: time.Now().UTC()}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.release())
	}
	s.serve()
	return s, nil
}

// open takes everything that the server needs, in an order in which what fails leaves least behind.
func (s *Server) open(ctx context.Context) (err error) {
	if s.prices, err = readPrices(s.config.Prices); err != nil {
		return err
	}
	certificate, err := s.certificate()
	if err != nil {
		return err
	}
	owner := sqlite.Owner{PID: os.Getpid(), Token: rand.Text()}
	if s.lock, err = sqlite.Lock(s.config.Data, owner); err != nil {
		return err
	}
	if err := s.listen(ctx, certificate); err != nil {
		return err
	}
	owner.Address = s.scheme() + reachable(s.listeners[0].Addr())
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
	s.door = &door{keys: s.config.Keys, keyring: opened, token: owner.Token}
	if s.config.Keys {
		if s.door.cookies, err = openCookies(filepath.Join(s.config.Data, "cookie.secret"), certificate != nil); err != nil {
			return err
		}
	}
	s.gauges = newGauges(opened)
	s.traffic = &traffic{gauges: s.gauges}
	s.ingest = ingest.New(ingest.Config{
		Sink:     sink{s.store, s.prices},
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
	defer opened.Close() //nolint:errcheck // it was read
	table, err := pricing.Load(opened)
	if err != nil {
		return nil, fmt.Errorf("read prices from %s: %w", file, err)
	}
	return table, nil
}

// certificate is nil on a server without TLS.
func (s *Server) certificate() (*tls.Certificate, error) {
	if s.config.TLSCert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(s.config.TLSCert, s.config.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("read the TLS certificate: %w", err)
	}
	return &pair, nil
}

func (s *Server) listen(ctx context.Context, certificate *tls.Certificate) error {
	addresses := []string{s.config.Addr}
	if s.config.GRPCAddr != grpcOff {
		addresses = append(addresses, s.config.GRPCAddr)
	}
	for _, address := range addresses {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		if err != nil {
			return fmt.Errorf("listen: %w: choose another address by --addr or --grpc-addr, or end what listens there", err)
		}
		if certificate != nil {
			listener = tls.NewListener(listener, &tls.Config{
				Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
			})
		}
		s.listeners = append(s.listeners, listener)
	}
	return nil
}

func (s *Server) serve() {
	var both http.Protocols
	both.SetHTTP1(true)
	both.SetHTTP2(true)
	both.SetUnencryptedHTTP2(true)
	errorLog := slog.NewLogLogger(s.log.Handler(), slog.LevelDebug)
	s.http = &http.Server{Handler: s.Handler(), ReadHeaderTimeout: headerTimeout, Protocols: &both, ErrorLog: errorLog}
	s.run(s.http, s.listeners[0])
	if len(s.listeners) > 1 {
		s.grpc = &http.Server{Handler: s.grpcHandler(), ReadHeaderTimeout: headerTimeout, Protocols: &both, ErrorLog: errorLog}
		s.run(s.grpc, s.listeners[1])
	}
}

func (s *Server) run(on *http.Server, listener net.Listener) {
	s.serving.Go(func() error {
		if err := on.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve %s: %w", listener.Addr(), err)
		}
		return nil
	})
}

// URL is where the server is reached: the public one, or the address that it listens on.
func (s *Server) URL() string {
	if s.config.PublicURL != "" {
		return strings.TrimRight(s.config.PublicURL, "/")
	}
	return s.scheme() + reachable(s.listeners[0].Addr())
}

// GRPCURL is where OTLP over gRPC is spoken; empty where it is not.
func (s *Server) GRPCURL() string {
	if len(s.listeners) < 2 {
		return ""
	}
	return s.scheme() + reachable(s.listeners[1].Addr())
}

// Token lets in whoever can read the data folder.
func (s *Server) Token() string { return s.door.token }

func (s *Server) scheme() string {
	if s.config.TLSCert != "" {
		return "https://"
	}
	return "http://"
}

// reachable is an address to connect to: one that listens everywhere is reached on this machine by its loopback name.
func reachable(address net.Addr) string {
	if tcp, ok := address.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", tcp.Port)
	}
	return address.String()
}

// Wait returns when the server ends by itself, which it does only when something is wrong, or after Close.
func (s *Server) Wait() error { return s.serving.Wait() }

// Close takes no more requests, finishes those it has until ctx ends, and gives the data folder free. What was
// acknowledged is stored.
func (s *Server) Close(ctx context.Context) error {
	var failures []error
	for _, on := range []*http.Server{s.http, s.grpc} {
		if on == nil {
			continue
		}
		if err := on.Shutdown(ctx); err != nil {
			failures = append(failures, fmt.Errorf("finish requests: %w", err), on.Close())
		}
	}
	return errors.Join(append(failures, s.serving.Wait(), s.release())...)
}

// release gives back what open took, in the opposite order.
func (s *Server) release() error {
	var failures []error
	if s.store != nil {
		failures = append(failures, s.store.Close())
	}
	if s.lock != nil {
		failures = append(failures, s.lock.Release())
	}
	for _, listener := range s.listeners {
		if err := listener.Close(); !errors.Is(err, net.ErrClosed) {
			failures = append(failures, err)
		}
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
