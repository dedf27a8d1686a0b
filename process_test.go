package traceroot_test

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go"
)

// aloneVariable names the test that a child process runs.
const aloneVariable = "TEST_ALONE"

// alone gives a test a process of its own, for what happens once in a process: the first default client, the first
// OpenTelemetry provider. It is false in the process that runs all tests, where the child has then passed or failed.
//
//	if !alone(t) {
//		return
//	}
func alone(t *testing.T) (here bool) {
	t.Helper()
	if os.Getenv(aloneVariable) == t.Name() {
		t.Cleanup(func() { _ = traceroot.Shutdown(context.WithoutCancel(t.Context())) })
		return true
	}
	var pattern []string
	for part := range strings.SplitSeq(t.Name(), "/") {
		pattern = append(pattern, "^"+regexp.QuoteMeta(part)+"$")
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.count=1", "-test.run="+strings.Join(pattern, "/"))
	child.Env = append(unconfigured(os.Environ()), aloneVariable+"="+t.Name(), "GORACE=atexit_sleep_ms=0",
		"TRACEROOT_GIT_REPO=acme/shop", "TRACEROOT_GIT_REF=v1")
	output, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "--- PASS: "+t.Name()) {
		t.Errorf("in a process of its own: %v\n%s", err, output)
	}
	return false
}

// unconfigured is an environment without the variables that tracing reads.
func unconfigured(environment []string) []string {
	var kept []string
	for _, variable := range environment {
		if name, _, _ := strings.Cut(variable, "="); !isSetting(name) {
			kept = append(kept, variable)
		}
	}
	return kept
}

func isSetting(name string) bool {
	return strings.HasPrefix(name, "TRACEROOT_") || strings.HasPrefix(name, "OTEL_") || strings.HasPrefix(name, "GITHUB_")
}

// environment gives the test an environment in which tracing finds these settings and no others, and turns the default
// client off when the test ends. Not with t.Parallel.
func environment(t *testing.T, settings ...string) {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); isSetting(name) {
			t.Setenv(name, "")
		}
	}
	t.Setenv("TRACEROOT_GIT_REPO", "acme/shop")
	t.Setenv("TRACEROOT_GIT_REF", "v1")
	for _, setting := range settings {
		name, value, _ := strings.Cut(setting, "=")
		t.Setenv(name, value)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Second) // the test's server may be gone
		defer cancel()
		_ = traceroot.Shutdown(ctx)
		traceroot.SetDefault(nil)
	})
}
