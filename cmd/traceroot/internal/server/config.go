package server

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"time"
)

// Defaults of Config. The ports are OTLP's own, so that any exporter's default reaches the server.
const (
	DefaultAddr     = "127.0.0.1:4318"
	DefaultGRPCAddr = "127.0.0.1:4317"
)

// Config is how a server runs.
type Config struct {
	Addr     string // of everything over HTTP; empty: DefaultAddr
	GRPCAddr string // of OTLP over gRPC; empty: DefaultGRPCAddr; "off": none
	Data     string // folder that holds the database; made where it is missing

	Keys      bool   // ask for a key, and listen on any address; without, loopback addresses alone
	PublicURL string // where people reach the server, for links; empty: the address it listens on
	TLSCert   string // files in PEM; empty: no TLS
	TLSKey    string

	Prices      string        // file of prices that come before the embedded ones; empty: none
	RetainAge   time.Duration // traces that started longer ago are deleted; zero: none are
	RetainBytes int64         // the oldest traces are deleted when the database is larger; zero: none are
	NoSearch    bool          // leave texts out of the search index

	BodyBytes     int64 // of a request as sent; zero: the default of package ingest, like the two below
	UnpackedBytes int64 // of a request unpacked
	InFlightBytes int64 // of all requests that are being taken in

	Sources string // folder whose code files pages may show, on a server without keys; empty: none
	UIDev   bool   // serve the pages from their sources on the disk, and reload open ones when these change

	Log *slog.Logger
}

// Check finds what cannot work before anything is opened. [Start] calls it.
func (c *Config) Check() error {
	if c.Data == "" {
		return errors.New("no data folder: name one with --data")
	}
	for _, address := range []string{cmp.Or(c.Addr, DefaultAddr), cmp.Or(c.GRPCAddr, DefaultGRPCAddr)} {
		if address == grpcOff {
			continue
		}
		if _, _, err := net.SplitHostPort(address); err != nil {
			return fmt.Errorf("address %q: %w: write it as host:port", address, err)
		}
		if !c.Keys && !loopbackAddress(address) {
			return fmt.Errorf("address %q can be reached from other machines, and this server asks for no key: use 127.0.0.1, or traceroot serve, which asks for keys", address)
		}
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("TLS needs both files: --tls-cert and --tls-key")
	}
	if c.PublicURL != "" {
		public, err := url.Parse(c.PublicURL)
		if err != nil || public.Host == "" || public.Scheme != "https" && public.Scheme != "http" {
			return fmt.Errorf("public URL %q: write it as https://host", c.PublicURL)
		}
	}
	if c.RetainAge < 0 || c.RetainBytes < 0 {
		return errors.New("retention cannot be negative")
	}
	return nil
}

// grpcOff as the address of gRPC leaves it out.
const grpcOff = "off"
