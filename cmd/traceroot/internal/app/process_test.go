package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/app"
)

// runsTraceroot is the command line as a process of its own: what main does.
func runsTraceroot() (status int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return app.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}

// process is a server that runs as a process.
type process struct {
	url    string
	cmd    *exec.Cmd
	stderr bytes.Buffer
}

// startProcess starts traceroot dev on a data folder, by the words in front, and waits until it serves. It fails when the
// server does not start.
func startProcess(data string, before ...string) (*process, error) {
	args := slices.Concat(before, []string{os.Args[0], "dev", "--addr", "127.0.0.1:0", "--grpc-addr", "off", "--data", data})
	p := &process{cmd: exec.Command(args[0], args[1:]...)}
	p.cmd.Env = append(os.Environ(), asProgram+"=traceroot")
	p.cmd.Stderr = &p.stderr
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	greeting, err := bufio.NewReader(stdout).ReadString('\n')
	var found bool
	if _, p.url, found = strings.Cut(strings.TrimSpace(greeting), "  "); err != nil || !found {
		p.kill()
		return nil, fmt.Errorf("the server says %q and %s: %w", greeting, p.stderr.String(), err)
	}
	return p, nil
}

// kill ends the process as a crash does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// stop ends it as a user does.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the server ends with %v: %s", err, p.stderr.String())
	}
}

// ask makes a request and reads the answer.
func ask(ctx context.Context, client *http.Client, method, url string, body []byte) (status int, answer []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

// spanKey names a span.
type spanKey struct{ trace, span string }

// otlpJSON are the parts of OTLP JSON that these tests send and read.
type otlpJSON struct {
	ResourceSpans []struct {
		ScopeSpans []struct {
			Spans []struct {
				TraceID string `json:"traceId"`
				SpanID  string `json:"spanId"`
			} `json:"spans"`
		} `json:"scopeSpans"`
	} `json:"resourceSpans"`
}

// exported counts the spans that a server has.
func exported(t *testing.T, client *http.Client, url string) map[spanKey]int {
	t.Helper()
	status, answer, err := ask(t.Context(), client, http.MethodGet, url+"/api/admin/export", nil)
	if err != nil || status != http.StatusOK {
		t.Fatalf("export: %d, %v", status, err)
	}
	found := map[spanKey]int{}
	for line := range bytes.Lines(answer) {
		var read otlpJSON
		if err := json.Unmarshal(line, &read); err != nil {
			t.Fatal(err)
		}
		for _, resource := range read.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				for _, span := range scope.Spans {
					found[spanKey{span.TraceID, span.SpanID}]++
				}
			}
		}
	}
	return found
}
