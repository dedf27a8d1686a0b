package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/app"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
)

// ranCommand is a command that runs until it is ended.
type ranCommand struct {
	first  string // line of stdout
	stdout *bufio.Reader
	stderr strings.Builder
	status int
	ended  sync.WaitGroup
	end    context.CancelFunc
}

// begin runs a command until end. Its first line of output is there when begin returns.
func begin(t *testing.T, args ...string) *ranCommand {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	reader, writer := io.Pipe()
	c := &ranCommand{stdout: bufio.NewReader(reader), end: cancel}
	c.ended.Go(func() {
		c.status = app.Main(ctx, args, strings.NewReader(""), writer, &c.stderr)
		writer.Close()
	})
	t.Cleanup(func() { c.finish(t) })
	c.first, _ = c.stdout.ReadString('\n')
	return c
}

// finish ends the command as Ctrl-C does, and returns the rest of its output.
func (c *ranCommand) finish(t *testing.T) (rest string) {
	t.Helper()
	c.end()
	read, err := io.ReadAll(c.stdout)
	if err != nil {
		t.Error(err)
	}
	c.ended.Wait()
	return string(read)
}

func TestDev(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	c := begin(t, "dev", "--addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0", "--data", data)
	_, url, _ := strings.Cut(strings.TrimSpace(c.first), "  ")
	if !strings.Contains(get(t, url+"/api/ui/status"), `"keys":false`) {
		t.Errorf("no server of ours at %s", url)
	}
	address := strings.TrimPrefix(url, "http://")

	t.Run("where one answers already", func(t *testing.T) {
		status, stdout, stderr := run(t.Context(), "dev", "--addr", address, "--data", t.TempDir())
		if status != 0 || stdout != "A traceroot server already answers at "+url+"\n" || stderr != "" {
			t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
		}
	})
	t.Run("where another owns the folder", func(t *testing.T) {
		status, _, stderr := run(t.Context(), "dev", "--addr", "127.0.0.1:0", "--grpc-addr", "off", "--data", data)
		if status != 1 || !strings.Contains(stderr, "is in use by the server at "+url) {
			t.Errorf("status %d, stderr %q; want who it is", status, stderr)
		}
	})
	rest := c.finish(t)
	if c.status != 0 || !strings.Contains(rest, "export TRACEROOT_HOST_URL="+url+"\n") || !strings.Contains(rest, "export TRACEROOT_API_KEY=dev\n") ||
		!strings.Contains(rest, "over gRPC") {
		t.Errorf("status %d, stdout %q, stderr %q", c.status, rest, c.stderr.String())
	}
}

func TestDevOnABusyAddress(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	go func() { // something that is no server of ours
		for {
			c, err := busy.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, "220 ready\r\n")
			c.Close()
		}
	}()
	address := busy.Addr().String()
	for want, args := range map[string][]string{
		"address already in use: choose another address with --addr": {"--addr", address, "--grpc-addr", "off"},
		"leave gRPC out with --grpc-addr off":                        {"--addr", "127.0.0.1:0", "--grpc-addr", address},
	} {
		status, stdout, stderr := run(t.Context(), append(args, "dev", "--data", t.TempDir())...)
		if status != 1 || stdout != "" || !strings.Contains(stderr, address) || !strings.Contains(stderr, want) {
			t.Errorf("%q: status %d, stdout %q, stderr %q", args, status, stdout, stderr)
		}
	}
}

// TestServerVariables sets every flag by its variable.
func TestServerVariables(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for name, value := range map[string]string{
		"ADDR": "127.0.0.1:0", "GRPC_ADDR": "off", "DATA": data, "RETAIN": "7d", "RETAIN_BYTES": "1GiB", "NO_SEARCH": "true",
		"MAX_BODY": "1MiB", "MAX_UNPACKED": "2MB", "MAX_IN_FLIGHT": "3000000", "LOG_FORMAT": "json", "LOG_LEVEL": "debug",
		"PUBLIC_URL": "https://traces.example",
	} {
		t.Setenv("TRACEROOT_SERVER_"+name, value)
	}
	c := begin(t, "serve", "--public-url", "https://flag.example/") // which beats its variable
	if c.first != "TraceRoot  https://flag.example\n" {
		t.Errorf("stdout %q, stderr %q", c.first, c.stderr.String())
	}
	if c.finish(t); c.status != 0 {
		t.Errorf("status %d", c.status)
	}
	var started map[string]any
	for line := range strings.Lines(c.stderr.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Errorf("the log is no JSON: %s", line)
		}
		if entry["msg"] == "server started" {
			started = entry
		}
	}
	if started["data"] != data || started["grpc_url"] != "" || started["keys"] != true || started["level"] != "INFO" {
		t.Errorf("started with %v", started)
	}
}

func TestBadServerVariables(t *testing.T) {
	for variable, tt := range map[string]struct{ value, want string }{
		"ADDR":          {"4318", `address "4318"`},
		"GRPC_ADDR":     {"0.0.0.0:4317", "traceroot serve, which asks for keys"},
		"RETAIN":        {"soon", `TRACEROOT_SERVER_RETAIN="soon"`},
		"RETAIN_BYTES":  {"-1", `TRACEROOT_SERVER_RETAIN_BYTES="-1"`},
		"NO_SEARCH":     {"perhaps", `TRACEROOT_SERVER_NO_SEARCH="perhaps"`},
		"MAX_BODY":      {"10 apples", `TRACEROOT_SERVER_MAX_BODY="10 apples"`},
		"MAX_UNPACKED":  {"x", `TRACEROOT_SERVER_MAX_UNPACKED="x"`},
		"MAX_IN_FLIGHT": {"2EB", `TRACEROOT_SERVER_MAX_IN_FLIGHT="2EB"`},
		"LOG_FORMAT":    {"xml", `TRACEROOT_SERVER_LOG_FORMAT="xml"`},
		"LOG_LEVEL":     {"loud", `TRACEROOT_SERVER_LOG_LEVEL="loud"`},
		"OPEN":          {"maybe", `TRACEROOT_SERVER_OPEN="maybe"`},
	} {
		t.Run(variable, func(t *testing.T) {
			t.Setenv("TRACEROOT_SERVER_"+variable, tt.value)
			status, stdout, stderr := run(t.Context(), "dev", "--data", t.TempDir())
			if status != 2 || stdout != "" || !strings.Contains(stderr, tt.want) {
				t.Errorf("status %d, stdout %q, stderr %q; want 2 and %q", status, stdout, stderr, tt.want)
			}
		})
	}
	t.Run("a flag beats its variable", func(t *testing.T) {
		t.Setenv("TRACEROOT_SERVER_LOG_FORMAT", "xml")
		status, _, stderr := run(t.Context(), "dev", "--log-format", "json", "--data", "", "--addr", "x")
		if status != 2 || strings.Contains(stderr, "xml") {
			t.Errorf("status %d, stderr %q", status, stderr)
		}
	})
}

func TestServe(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	c := begin(t, "serve", "--addr", "127.0.0.1:0", "--grpc-addr", "off", "--data", data)
	_, url, _ := strings.Cut(strings.TrimSpace(c.first), "  ")
	if !strings.Contains(get(t, url+"/api/ui/status"), `"keys":true`) {
		t.Errorf("%q: a server that asks for no key", c.first)
	}
	for _, args := range []string{"--tls-cert x", "--public-url host", "--addr 4318"} {
		status, _, stderr := run(t.Context(), append([]string{"serve", "--data", t.TempDir()}, strings.Fields(args)...)...)
		if status != 2 || stderr == "" {
			t.Errorf("%s: status %d, stderr %q; want 2 and why", args, status, stderr)
		}
	}
	if server.DefaultAddr != "127.0.0.1:4318" || server.DefaultGRPCAddr != "127.0.0.1:4317" {
		t.Error("an exporter's default does not reach the server")
	}
}
