package app_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/app"
)

// asProgram is set where the binary of these tests is run as a program of a user.
const asProgram = "TRACEROOT_TEST_PROGRAM"

// program is what it does then.
func program(what string) (status int) {
	switch what {
	case "echo": // copies its input, and tells its variables
		_, _ = io.Copy(os.Stdout, os.Stdin)
		for _, name := range []string{"TRACEROOT_HOST_URL", "TRACEROOT_API_KEY", "OTEL_RESOURCE_ATTRIBUTES"} {
			fmt.Fprintf(os.Stderr, "%s=%s\n", name, os.Getenv(name))
		}
		return 7
	case "agent":
		return runsAgent()
	case "traceroot":
		return runsTraceroot()
	case "wait": // until it is told to end
		told := make(chan os.Signal, 1)
		signal.Notify(told, syscall.SIGTERM)
		fmt.Fprint(os.Stdout, "ready")
		<-told
		return 9
	case "killed":
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Signal(syscall.SIGKILL)
		}
		select {}
	}
	return 0
}

// runProgram runs this binary as a program by traceroot run.
func runProgram(t *testing.T, what, stdin string, flags ...string) (status int, stdout, stderr string) {
	t.Helper()
	t.Setenv(asProgram, what)
	var out, err bytes.Buffer
	args := append(append([]string{"run"}, flags...), "--", os.Args[0])
	status = app.Main(t.Context(), args, strings.NewReader(stdin), &out, &err)
	return status, out.String(), err.String()
}

func TestRun(t *testing.T) {
	server := startFake(t, map[string]string{
		"GET /api/v1/public/whoami": `{"project_id":"dev"}`,
		"GET /api/v1/public/traces": `{"data":[]}`,
	})
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=theirs,team=shop")
	status, stdout, stderr := runProgram(t, "echo", "what it reads", "--url", server.url)
	if status != 7 || stdout != "what it reads" {
		t.Errorf("status %d, stdout %q; want the program's 7 and its output", status, stdout)
	}
	for _, part := range []string{
		"TRACEROOT_HOST_URL=" + server.url + "\n", "TRACEROOT_API_KEY=local\n",
		"OTEL_RESOURCE_ATTRIBUTES=service.instance.id=run-", ",team=shop\n", "No traces arrived.",
	} {
		if !strings.Contains(stderr, part) {
			t.Errorf("stderr has no %q:\n%s", part, stderr)
		}
	}
	if strings.Contains(stderr, "theirs") {
		t.Errorf("two instances are named:\n%s", stderr)
	}
}

func TestRunWithoutAProgram(t *testing.T) {
	t.Parallel()
	server := startFake(t, map[string]string{"GET /": `{"data":[]}`})
	status, _, stderr := run(t.Context(), "run", "--url", server.url, "--", "no-such-program-anywhere")
	if status != 127 || !strings.Contains(stderr, "run no-such-program-anywhere: exec:") {
		t.Errorf("status %d, stderr %q; want 127", status, stderr)
	}
	if status, _, stderr := run(t.Context(), "run"); status != 2 {
		t.Errorf("status %d, stderr %q; want 2", status, stderr)
	}
}

func TestRunKey(t *testing.T) {
	t.Setenv("TRACEROOT_API_KEY", "tr-mine")
	server := startFake(t, map[string]string{
		"GET /api/v1/public/whoami": `401 {"detail":"Missing Authorization header"}`,
		"GET /api/v1/public/traces": `{"data":[]}`,
	})
	_, _, stderr := runProgram(t, "echo", "", "--url", server.url)
	if !strings.Contains(stderr, "TRACEROOT_API_KEY=tr-mine\n") {
		t.Errorf("stderr %q, want the key that was named", stderr)
	}
}

func TestRunWhereResourcesCannotBeRead(t *testing.T) {
	server := startFake(t, map[string]string{
		"GET /api/v1/public/whoami": `{}`,
		"GET /api/v1/public/traces": `{"data":[{"trace_id":"b","trace_url":"http://ui/b"},{"trace_id":"a","trace_url":"http://ui/a"}]}`,
	})
	_, _, stderr := runProgram(t, "echo", "", "--url", server.url)
	if want := "2 traces began meanwhile in the project:\n  http://ui/a\n  http://ui/b\n"; !strings.Contains(stderr, want) {
		t.Errorf("stderr %q, want %q", stderr, want)
	}
}

func TestTracedEnvironment(t *testing.T) {
	t.Parallel()
	set := map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}
	got := app.TracedEnvironment(func(name string) string { return set[name] }, "http://127.0.0.1:4318", "k", "run-1")
	for _, want := range []string{
		"TRACEROOT_HOST_URL=http://127.0.0.1:4318",
		"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:4318/v1/traces",
		"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf",
		"OTEL_RESOURCE_ATTRIBUTES=service.instance.id=run-1",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no %s in %q", want, got)
		}
	}
	moved := func(variable string) bool { return strings.HasPrefix(variable, "OTEL_EXPORTER_OTLP_ENDPOINT=") }
	if slices.ContainsFunc(got, moved) {
		t.Error("metrics and logs no longer go to the user's collector")
	}
	if got = app.TracedEnvironment(func(string) string { return "" }, "http://h", "k", "i"); !slices.ContainsFunc(got, moved) {
		t.Error("OTEL_EXPORTER_OTLP_ENDPOINT is not set, which some SDKs read alone")
	}
}
