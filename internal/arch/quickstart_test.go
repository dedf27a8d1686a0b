package arch_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

const helloWorld = `package main

import "github.com/traceroot-ai/traceroot-go"

func main() { traceroot.Initialize() }
`

// TestHelloWorldLinksNothingBanned asks the go command about a program outside this repository, as a user has it.
func TestHelloWorldLinksNothingBanned(t *testing.T) {
	t.Parallel()
	listed := string(runGo(t, newProgram(t, helloWorld), outside, "list", "-deps", "."))
	for pkg := range strings.FieldsSeq(listed) {
		for _, banned := range bannedBelowRoot {
			if pkg == banned || strings.HasPrefix(pkg, banned+"/") {
				t.Errorf("a hello world with the SDK links %s: TestNothingBannedBelowRoot names the import to take out", pkg)
			}
		}
	}
	if !strings.Contains(listed, root+"\n") {
		t.Errorf("the SDK itself is not among what the hello world links:\n%s", listed)
	}
}

// TestQuickstart runs the README's first program as it stands there: once without a key, as a reader will at first, and
// once with a host of its own, which has to receive the trace.
func TestQuickstart(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "quickstart.exe")
	source := quickstart(t)
	runGo(t, newProgram(t, source), outside, "build", "-o", program, ".")
	wanted := expectedOutput(t, source)

	t.Run("prints its answer without a key", func(t *testing.T) {
		t.Parallel()
		if got := run(t, program); got != wanted {
			t.Errorf("the quickstart printed %q, the README says %q", got, wanted)
		}
	})
	t.Run("sends its trace", func(t *testing.T) {
		t.Parallel()
		var received atomic.Int64
		host := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err == nil && r.Method == http.MethodPost && r.URL.Path == "/api/v1/public/traces" {
				received.Add(int64(len(body)))
			}
		}))
		t.Cleanup(host.Close)
		if got := run(t, program, "TRACEROOT_HOST_URL="+host.URL); got != wanted {
			t.Errorf("the quickstart printed %q, the README says %q", got, wanted)
		}
		if received.Load() == 0 {
			t.Error("the quickstart's host received no trace")
		}
	})
}

// outside keeps the go command from looking at this workspace, lets it complete the program's go.mod by itself, and
// keeps it off the network.
var outside = []string{"GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off"}

// newProgram makes a module of one file that requires this checkout, and returns its directory. All that the SDK
// requires is in the module cache already, and its versions and checksums are the root's own.
func newProgram(t *testing.T, source string) string {
	t.Helper()
	dir := t.TempDir()
	_, required, _ := strings.Cut(readFile(t, "go.mod"), "\nrequire")
	goMod := fmt.Sprintf("module quickstart\n\ngo %s\n\nrequire %s v0.0.0\n\nreplace %[2]s => %q\n\nrequire%s",
		goLine, root, filepath.ToSlash(repository(t)), required)
	for name, text := range map[string]string{"main.go": source, "go.mod": goMod, "go.sum": readFile(t, "go.sum")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// quickstart returns the first Go block of the README.
func quickstart(t *testing.T) string {
	t.Helper()
	_, after, found := strings.Cut(readFile(t, "README.md"), "\n```go\n")
	source, _, closed := strings.Cut(after, "\n```\n")
	if !found || !closed {
		t.Fatal("README.md has no block of Go code: the quickstart is the first of them")
	}
	return source + "\n"
}

// expectedOutput returns what the program's comment "// Output:" promises, on that line or on the lines below it.
func expectedOutput(t *testing.T, source string) string {
	t.Helper()
	_, after, found := strings.Cut(source, "// Output:")
	if !found {
		t.Fatal(`README.md: the quickstart does not say what it prints: end main with a comment "// Output: …"`)
	}
	line, _, _ := strings.Cut(after, "\n")
	return strings.TrimSpace(line) + "\n"
}

// run runs a program in an environment without TRACEROOT_ variables but those given, and returns its stdout.
func run(t *testing.T, program string, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Dir = t.TempDir()
	cmd.Env = slices.Concat(slices.DeleteFunc(os.Environ(), func(variable string) bool { return strings.HasPrefix(variable, "TRACEROOT_") }), env)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(program), err, stderr.Bytes())
	}
	return string(stdout)
}
