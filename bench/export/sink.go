package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// sink is a process that receives spans and counts them: in this one, it would cost what is measured.
type sink struct {
	url     string
	process *exec.Cmd
	hold    io.Closer // its standard input, which it lives as long as
}

// received is what arrived since somebody asked.
type received struct {
	Requests int   `json:"requests"`
	Spans    int   `json:"spans"`
	Bytes    int64 `json:"bytes"` // on the wire
	Raw      int64 `json:"raw"`   // unpacked
}

const sinkVariable = "TRACEROOT_BENCH_SINK"

func isSink() bool { return os.Getenv(sinkVariable) != "" }

func startSink(ctx context.Context) (*sink, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	process := exec.CommandContext(ctx, program) //nolint:gosec // this program
	process.Env = append(os.Environ(), sinkVariable+"=1")
	process.Stderr = os.Stderr
	hold, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	said, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	s := &sink{process: process, hold: hold}
	url, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("start the server: it said no address: %w", err)
	}
	s.url = strings.TrimSpace(url)
	return s, nil
}

func (s *sink) stop() {
	_ = s.hold.Close()
	_ = s.process.Wait()
}

func (s *sink) take(ctx context.Context) (received, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, http.NoBody)
	if err != nil {
		return received{}, err
	}
	client := http.Client{Timeout: time.Minute}
	response, err := client.Do(request)
	if err != nil {
		return received{}, err
	}
	defer response.Body.Close()
	var r received
	return r, json.NewDecoder(response.Body).Decode(&r)
}

// runSink is the process: it says its address, and ends with its input.
func runSink(stdin io.Reader, stdout io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // nothing to wait for
	if err != nil {
		return err
	}
	server := &http.Server{Handler: new(counter), ReadHeaderTimeout: time.Minute}
	if _, err := fmt.Fprintf(stdout, "http://%s\n", listener.Addr()); err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, stdin)
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

type counter struct {
	mu    sync.Mutex
	total received // guarded by mu
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Method == http.MethodGet {
		_ = json.NewEncoder(w).Encode(c.total)
		c.total = received{}
		return
	}
	if err := c.add(r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, _ = io.WriteString(w, "{}")
}

func (c *counter) add(body io.Reader) error {
	wire := &countingReader{from: body}
	unpacked, err := gzip.NewReader(wire)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(unpacked)
	if err != nil {
		return err
	}
	request := new(tracepb.TracesData)
	if err := proto.Unmarshal(data, request); err != nil {
		return err
	}
	for _, group := range request.ResourceSpans {
		for _, scoped := range group.ScopeSpans {
			c.total.Spans += len(scoped.Spans)
		}
	}
	c.total.Requests++
	c.total.Bytes += wire.n
	c.total.Raw += int64(len(data))
	return nil
}

type countingReader struct {
	from io.Reader
	n    int64
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	r.n += int64(n)
	return n, err
}
