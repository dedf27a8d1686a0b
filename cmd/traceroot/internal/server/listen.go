package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// What a client may take its time for. Who is slower is gone, or holds on to what others need.
const (
	headerTimeout = 10 * time.Second // to say what it wants
	idleTimeout   = 2 * time.Minute  // between two requests
)

// listeners are where requests come in.
type listeners struct {
	web   net.Listener
	grpc  net.Listener // nil where gRPC is off
	local net.Listener // nil without TLS: for commands on this machine, which no certificate names
}

func (l *listeners) all() []net.Listener {
	var all []net.Listener
	for _, listener := range []net.Listener{l.web, l.grpc, l.local} {
		if listener != nil {
			all = append(all, listener)
		}
	}
	return all
}

func (l *listeners) close() error {
	var failures []error
	for _, listener := range l.all() {
		if err := listener.Close(); !errors.Is(err, net.ErrClosed) {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

// certificate is nil on a server without TLS.
func (c *Config) certificate() (*tls.Certificate, error) {
	if c.TLSCert == "" {
		return nil, nil //nolint:nilnil // no error and no certificate
	}
	pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("read the TLS certificate: %w", err)
	}
	return &pair, nil
}

// listen opens what can be opened; what it could not close is in l.
func (l *listeners) listen(ctx context.Context, config *Config, certificate *tls.Certificate) (err error) {
	if l.web, err = listen(ctx, config.Addr, certificate); err != nil {
		return fmt.Errorf("%w: choose another address with --addr, or end what listens there", err)
	}
	if config.GRPCAddr != grpcOff {
		if l.grpc, err = listen(ctx, config.GRPCAddr, certificate); err != nil {
			return fmt.Errorf("%w: choose another address with --grpc-addr, or leave gRPC out with --grpc-addr off", err)
		}
	}
	if certificate != nil {
		l.local, err = listen(ctx, "127.0.0.1:0", nil)
	}
	return err
}

func listen(ctx context.Context, address string, certificate *tls.Certificate) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil || certificate == nil {
		return listener, err
	}
	return tls.NewListener(listener, &tls.Config{
		Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
	}), nil
}

func (s *Server) serve() {
	web := s.handler()
	s.run(s.listeners.web, web)
	if s.listeners.grpc != nil {
		s.run(s.listeners.grpc, s.grpcHandler())
	}
	if s.listeners.local != nil {
		s.run(s.listeners.local, web)
	}
}

func (s *Server) run(listener net.Listener, handler http.Handler) {
	on := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		Protocols:         new(http.Protocols),
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	on.Protocols.SetHTTP1(true)
	on.Protocols.SetHTTP2(true)
	on.Protocols.SetUnencryptedHTTP2(true)
	s.http = append(s.http, on)
	s.serving.Go(func() error {
		err := on.Serve(listener)
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		_ = s.listeners.close() // half a server helps nobody: Wait is to return
		s.end()
		return fmt.Errorf("serve %s: %w", listener.Addr(), err)
	})
}

// URL is where the server is reached: the public one, or the address that it listens on.
func (s *Server) URL() string {
	if s.config.PublicURL != "" {
		return strings.TrimRight(s.config.PublicURL, "/")
	}
	return s.scheme() + reachable(s.listeners.web.Addr())
}

// GRPCURL is where OTLP over gRPC is spoken; empty where it is not.
func (s *Server) GRPCURL() string {
	if s.listeners.grpc == nil {
		return ""
	}
	return s.scheme() + reachable(s.listeners.grpc.Addr())
}

// localURL is where commands on this machine reach the server.
func (s *Server) localURL() string {
	if s.listeners.local != nil {
		return "http://" + s.listeners.local.Addr().String()
	}
	return s.scheme() + reachable(s.listeners.web.Addr())
}

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
