package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// traceroot is our own server.
type traceroot struct {
	binary string
	flags  []string
}

// buildTraceroot builds the real binary into a folder.
func buildTraceroot(ctx context.Context, folder string) (string, error) {
	binary := filepath.Join(folder, "traceroot")
	err := goBuild(ctx, "", binary, "github.com/traceroot-ai/traceroot-go/cmd/traceroot")
	return binary, err
}

// goBuild builds a static binary of a package, in the folder of its module or, without one, in the workspace.
func goBuild(ctx context.Context, folder, binary, pkg string) error {
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, pkg) //nolint:gosec // packages that this program names
	build.Dir = folder
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if folder != "" {
		build.Env = append(build.Env, "GOWORK=off")
	}
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, said)
	}
	return nil
}

func (t traceroot) start(_ context.Context, data string) (running, error) {
	arguments := append([]string{
		"dev", "--addr", "127.0.0.1:0", "--grpc-addr", "off", "--log-level", "warn", "--data", filepath.Join(data, "data"),
	}, t.flags...)
	p, line, err := startProcess(filepath.Join(data, "log"), true, t.binary, arguments...)
	if err != nil {
		return nil, err
	}
	_, url, found := strings.Cut(line, "http://")
	if !found {
		p.kill()
		return nil, fmt.Errorf("start traceroot: it says %q, which names no address", line)
	}
	return &runningTraceroot{p, "http://" + url}, nil
}

type runningTraceroot struct {
	*process

	url string
}

func (r *runningTraceroot) tracesURL() string { return r.url + "/v1/traces" }

// drained does not wait: what was acknowledged is stored.
func (r *runningTraceroot) drained(ctx context.Context, _ int) (int, error) {
	var stats struct {
		Spans int `json:"spans"`
	}
	err := ask(ctx, r.url+"/api/admin/stats", &stats)
	return stats.Spans, err
}

func (r *runningTraceroot) spansOf(ctx context.Context, traceID string) ([]string, error) {
	var trace struct {
		Spans []struct {
			ID string `json:"span_id"`
		} `json:"spans"`
	}
	if err := ask(ctx, r.url+"/api/v1/public/traces/"+traceID+"?fields=core", &trace); err != nil && !errors.Is(err, errUnknown) {
		return nil, err
	}
	var ids []string
	for _, span := range trace.Spans {
		ids = append(ids, span.ID)
	}
	return ids, nil
}
