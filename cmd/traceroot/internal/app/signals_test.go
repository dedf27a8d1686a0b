//go:build !windows

package app_test

import (
	"bytes"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/app"
)

func TestRunKilled(t *testing.T) {
	server := startFake(t, map[string]string{"GET /": `{"data":[]}`})
	if status, _, stderr := runProgram(t, "killed", "", "--url", server.url); status != 128+int(syscall.SIGKILL) {
		t.Errorf("status %d, want 128 and the signal's number; stderr %q", status, stderr)
	}
}

// terminator sends this process a signal as soon as the program says that it is ready.
type terminator struct{ t *testing.T }

func (w terminator) Write(said []byte) (int, error) {
	if string(said) == "ready" {
		if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
			w.t.Error(err)
		}
	}
	return len(said), nil
}

func TestRunPassesSignalsOn(t *testing.T) {
	server := startFake(t, map[string]string{"GET /": `{"data":[]}`})
	t.Setenv(asProgram, "wait")
	var stderr bytes.Buffer
	status := app.Main(t.Context(), []string{"run", "--url", server.url, "--", os.Args[0]}, strings.NewReader(""), terminator{t}, &stderr)
	if status != 9 {
		t.Errorf("status %d, want that of the program which was told to end; stderr %q", status, stderr.String())
	}
}
