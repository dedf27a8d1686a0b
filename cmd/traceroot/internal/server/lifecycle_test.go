package server_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
)

func TestSecondServerOnTheFolder(t *testing.T) {
	t.Parallel()
	first := start(t, server.Config{})
	_, err := server.Start(t.Context(), server.Config{Addr: "127.0.0.1:0", GRPCAddr: "off", Data: first.data})
	owned, ok := errors.AsType[*sqlite.OwnedError](err)
	if !ok || owned.Owner.Address != first.URL() || !strings.Contains(err.Error(), "is in use by the server at "+first.URL()) {
		t.Fatalf("error %v, want who owns the folder", err)
	}
	if got := first.send(t, 'a', "dev"); got.status != http.StatusOK {
		t.Errorf("the first one after that: %s", got)
	}
}

func TestClosingTwice(t *testing.T) {
	t.Parallel()
	first := start(t, server.Config{})
	first.stop(t)
	second := start(t, server.Config{Data: first.data})
	first.stop(t)
	if owner, err := sqlite.OwnerOf(first.data); err != nil || owner == nil || owner.Address != second.URL() {
		t.Errorf("the folder is of %+v, %v; want the second server", owner, err)
	}
}

func TestBusyAddress(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	address, data := busy.Addr().String(), t.TempDir()
	for want, config := range map[string]server.Config{
		"choose another address with --addr, or end what listens there":                   {Addr: address, GRPCAddr: "off"},
		"choose another address with --grpc-addr, or leave gRPC out with --grpc-addr off": {Addr: "127.0.0.1:0", GRPCAddr: address},
	} {
		config.Data = data
		_, err := server.Start(t.Context(), config)
		if err == nil || !strings.Contains(err.Error(), address) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	start(t, server.Config{Data: data}) // what failed holds nothing
}

func TestBadConfigurations(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "prices.json")
	if err := os.WriteFile(file, []byte("no prices"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, config := range map[string]server.Config{
		"name one with --data":         {Data: " "},
		"write it as host:port":        {Addr: "4318"},
		"--tls-cert and --tls-key":     {TLSCert: file},
		"write it as https://host":     {PublicURL: "traces.example"},
		`public URL "ftp://x"`:         {PublicURL: "ftp://x"},
		"retention cannot be negative": {RetainAge: -1},
		"read prices from " + file:     {Prices: file},
		"read prices: open nowhere":    {Prices: "nowhere"},
		"read the TLS certificate":     {TLSCert: file, TLSKey: file},
	} {
		if config.Data = strings.TrimSpace(config.Data); !strings.Contains(want, "--data") {
			config.Data = filepath.Join(t.TempDir(), "data")
		}
		if config.Addr == "" {
			config.Addr = "127.0.0.1:0"
		}
		config.GRPCAddr = "off"
		_, err := server.Start(t.Context(), config)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
		if _, err := os.Stat(config.Data); config.Data != "" && !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: the data folder was made: %v", want, err)
		}
	}
}

// TestShutdownFinishesRequests closes the server while half of a request is there.
func TestShutdownFinishesRequests(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{})
	body := oneSpan(t, 'a')
	rest, sent := io.Pipe()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/v1/traces", rest)
	if err != nil {
		t.Fatal(err)
	}
	request.ContentLength = int64(len(body))
	request.Header.Set("Content-Type", protobuf)
	request.Header.Set("Expect", "100-continue") // is answered when the server reads
	status := make(chan string, 1)
	go func() {
		response, err := s.http.Do(request)
		if err != nil {
			status <- err.Error()
			return
		}
		defer response.Body.Close()
		status <- response.Status
	}()
	if _, err := sent.Write(body[:7]); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() { closed <- s.Close(t.Context()) }()
	for { // until nobody listens any more
		connection, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://"))
		if err != nil {
			break
		}
		connection.Close()
	}
	select {
	case err := <-closed:
		t.Errorf("closed before the request ended: %v", err)
	default:
	}
	if _, err := sent.Write(body[7:]); err != nil {
		t.Error(err)
	}
	sent.Close()
	if got := <-status; got != "200 OK" {
		t.Errorf("the request ends with %s", got)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if again := start(t, server.Config{Data: s.data}); !again.has(t, 'a', "dev") {
		t.Error("what was acknowledged is gone")
	}
}

// TestShutdownDoesNotWaitForEver has a client that never sends the rest of its request.
func TestShutdownDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s, err := server.Start(t.Context(), server.Config{Addr: "127.0.0.1:0", GRPCAddr: "off", Data: data})
	if err != nil {
		t.Fatal(err)
	}
	connection, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	fmt.Fprintf(connection, "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n", protobuf)
	if _, err := io.ReadFull(connection, make([]byte, len("HTTP/1.1 100"))); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Millisecond, errors.New("enough"))
	defer cancel()
	if err := s.Close(ctx); err == nil || !strings.Contains(err.Error(), "finish requests: enough") {
		t.Errorf("error %v", err)
	}
	if owner, err := sqlite.OwnerOf(data); owner != nil || err != nil {
		t.Errorf("the folder is of %+v, %v", owner, err)
	}
}

func TestWaitEndsWithTheServer(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{})
	waited := make(chan error, 1)
	go func() { waited <- s.Wait() }()
	s.stop(t)
	if err := <-waited; err != nil {
		t.Error(err)
	}
}

func TestWaitEndsWhenAListenerFails(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]server.Config{"plain": {}, "with pages from the disk": {UIDev: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config.Addr, config.GRPCAddr, config.Data = "127.0.0.1:0", "off", t.TempDir()
			s, err := server.Start(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.BreakListener(); err != nil {
				t.Fatal(err)
			}
			if err := s.Wait(); err == nil || !strings.Contains(err.Error(), "serve 127.0.0.1:") {
				t.Errorf("error %v", err)
			}
			_ = s.Close(t.Context()) // says again what went wrong
		})
	}
}

func TestLog(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	s := start(t, server.Config{Log: slog.New(slog.NewJSONHandler(&log, nil))})
	s.stop(t)
	for _, part := range []string{`"msg":"server started","url":"` + s.URL() + `"`, `"data":"` + s.data + `"`, `"msg":"server stopped"`} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log has no %s:\n%s", part, log.String())
		}
	}
}

// certificate writes one for traces.example, and its key.
func certificate(t *testing.T) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"traces.example"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, content []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	roots = x509.NewCertPool()
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(parsed)
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", pkcs8), roots
}

func TestTLS(t *testing.T) {
	t.Parallel()
	cert, key, roots := certificate(t)
	s := start(t, server.Config{Keys: true, TLSCert: cert, TLSKey: key})
	if !strings.HasPrefix(s.URL(), "https://127.0.0.1:") || !strings.HasPrefix(s.GRPCURL(), "https://127.0.0.1:") {
		t.Errorf("at %s and %s", s.URL(), s.GRPCURL())
	}
	for proto, url := range map[string]string{"HTTP/1.1": s.URL(), "HTTP/2.0": s.URL(), "HTTP/2.0 too": s.GRPCURL()} {
		transport := &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "traces.example"}, Protocols: new(http.Protocols), DisableKeepAlives: true,
		}
		transport.Protocols.SetHTTP1(proto == "HTTP/1.1")
		transport.Protocols.SetHTTP2(proto != "HTTP/1.1")
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/healthz", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := transport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		transport.CloseIdleConnections()
		if !strings.HasPrefix(proto, response.Proto) || response.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %s %v", proto, response.Proto, response.Header)
		}
	}
	// No certificate names the address that commands on this machine use.
	if !strings.HasPrefix(s.address, "http://127.0.0.1:") {
		t.Errorf("the data folder tells of %s", s.address)
	}
	if got := s.ask(t, "GET /api/admin/stats", nil, by(s.Token())...); got.status != http.StatusOK {
		t.Error(got)
	}
	if got := s.ask(t, "GET /api/admin/stats", nil); got.status != http.StatusUnauthorized {
		t.Errorf("without a key: %s", got)
	}
	if cookie := s.signIn(t, s.newKey(t, "shop", "read").Key); !cookie.Secure {
		t.Error("the cookie would be sent without TLS")
	}
}

// TestShutdownEndsStreams has a page that watches.
func TestShutdownEndsStreams(t *testing.T) {
	t.Parallel()
	s := start(t, server.Config{})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/api/ui/events?topics=traces", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := s.http.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := response.Body.Read(make([]byte, 1)); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s, %v", response.Status, err)
	}
	began := time.Now()
	s.stop(t)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("closing took %v", took)
	}
	if _, err := io.ReadAll(response.Body); err != nil {
		t.Error(err)
	}
}
