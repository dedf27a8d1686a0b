package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// jaegerModule is the last release that the module proxy has under this path; its cmd/jaeger is version 2.
const jaegerModule = "github.com/jaegertracing/jaeger@v1.76.0"

// buildTime is how long the build of a peer may take. It has a thousand packages.
const buildTime = 15 * time.Minute

// jaeger is Jaeger with everything in one process, and Badger as its store.
type jaeger struct{ binary string }

// buildJaeger builds it in a copy of its module's folder, since it cannot be installed by path: its go.mod replaces a
// module.
func buildJaeger(ctx context.Context, folder string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, buildTime, fmt.Errorf("it took more than %v", buildTime))
	defer cancel()
	download := exec.CommandContext(ctx, "go", "mod", "download", "-json", jaegerModule)
	download.Dir = folder
	said, err := download.Output()
	if err != nil {
		return "", fmt.Errorf("download %s: %w: %s", jaegerModule, err, said)
	}
	var module struct{ Dir string } //nolint:musttag // the go command writes it so
	if err := json.Unmarshal(said, &module); err != nil {
		return "", fmt.Errorf("download %s: %w", jaegerModule, err)
	}
	source := filepath.Join(folder, "jaeger-source")
	if err := os.CopyFS(source, os.DirFS(module.Dir)); err != nil {
		return "", fmt.Errorf("copy %s: %w", jaegerModule, err)
	}
	binary := filepath.Join(folder, "jaeger")
	if err := goBuild(ctx, source, binary, "./cmd/jaeger"); err != nil {
		return "", errors.Join(err, context.Cause(ctx))
	}
	return binary, nil
}

//go:embed jaeger.yaml
var jaegerConfig []byte

func (j jaeger) start(ctx context.Context, data string) (running, error) {
	ports, err := freePorts(ctx, 4)
	if err != nil {
		return nil, fmt.Errorf("start jaeger: %w", err)
	}
	config := filepath.Join(data, "jaeger.yaml")
	settings := strings.NewReplacer(
		"${env:BENCH_OTLP_PORT}", strconv.Itoa(ports[0]), "${env:BENCH_QUERY_PORT}", strconv.Itoa(ports[1]),
		"${env:BENCH_METRICS_PORT}", strconv.Itoa(ports[2]), "${env:BENCH_HEALTH_PORT}", strconv.Itoa(ports[3]),
		"${env:BENCH_DATA}", filepath.Join(data, "data"),
	).Replace(string(jaegerConfig))
	if err := os.WriteFile(config, []byte(settings), 0o600); err != nil {
		return nil, fmt.Errorf("start jaeger: %w", err)
	}
	p, _, err := startProcess(filepath.Join(data, "log"), false, j.binary, "--config", config)
	if err != nil {
		return nil, err
	}
	r := &runningJaeger{process: p, otlp: local(ports[0]), query: local(ports[1]), metrics: local(ports[2])}
	if err := r.ready(ctx, local(ports[3])); err != nil {
		p.kill()
		return nil, fmt.Errorf("start jaeger: %w", err)
	}
	return r, nil
}

func local(port int) string { return "http://127.0.0.1:" + strconv.Itoa(port) }

type runningJaeger struct {
	*process

	otlp, query, metrics string
}

// ready waits until it takes spans and answers questions.
func (r *runningJaeger) ready(ctx context.Context, health string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("it was not ready within a minute"))
	defer cancel()
	return until(ctx, func() (bool, error) {
		select {
		case <-r.done:
			return false, r.ended()
		default:
		}
		return ask(ctx, health+"/status", nil) == nil && ask(ctx, r.query+"/api/services", nil) == nil, nil
	})
}

func (r *runningJaeger) tracesURL() string { return r.otlp + "/v1/traces" }

// drained waits until its exporter to the store has handled what the receiver took.
func (r *runningJaeger) drained(ctx context.Context, acked int) (int, error) {
	stored := 0
	err := until(ctx, func() (bool, error) {
		sent, failed, err := r.exported(ctx)
		stored = sent
		return sent+failed >= acked, err
	})
	return stored, err
}

func (r *runningJaeger) exported(ctx context.Context) (sent, failed int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.metrics+"/metrics", nil)
	if err != nil {
		return 0, 0, err
	}
	response, err := questions.Do(request)
	if err != nil {
		return 0, 0, err
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		name, _, _ := strings.Cut(lines.Text(), "{")
		value, err := strconv.ParseFloat(lines.Text()[strings.LastIndexByte(lines.Text(), ' ')+1:], 64)
		switch {
		case err != nil:
		case name == "otelcol_exporter_sent_spans_total":
			sent += int(value)
		case name == "otelcol_exporter_send_failed_spans_total", name == "otelcol_exporter_enqueue_failed_spans_total":
			failed += int(value)
		}
	}
	return sent, failed, lines.Err()
}

func (r *runningJaeger) spansOf(ctx context.Context, traceID string) ([]string, error) {
	var reply struct {
		Data []struct {
			Spans []struct {
				ID string `json:"spanID"`
			} `json:"spans"`
		} `json:"data"`
	}
	if err := ask(ctx, r.query+"/api/traces/"+traceID, &reply); err != nil && !errors.Is(err, errUnknown) {
		return nil, err
	}
	var ids []string
	for _, trace := range reply.Data {
		for _, span := range trace.Spans {
			ids = append(ids, span.ID)
		}
	}
	return ids, nil
}
