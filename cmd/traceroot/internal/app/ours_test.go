package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
)

// TestOurCommandLine goes the way of a user: everything through the commands, beside a running server.
func TestOurCommandLine(t *testing.T) {
	t.Parallel()
	s := startOurs(t)
	id := s.send(t, "support-agent")
	folder := t.TempDir()
	exported := filepath.Join(folder, "traces.jsonl.gz")
	for _, step := range []struct {
		args           string
		status         int
		stdout, stderr string // parts
	}{
		{"traces list --project shop", 0, id, ""},
		{"traces list --project shop --failed --session chat-7", 0, id, ""},
		{"traces list --project shop --session chat", 0, "", "no traces"},
		{"traces get " + id + " --project shop", 0, "✕", ""},
		{"traces search unmistakable status:recovered --project shop", 0, id, ""},
		{"traces search nowhere --project shop", 0, "", "no traces"},
		{"traces search cost:>x --project shop", 1, "", "400 Bad Request"},
		{"sessions list --project shop", 0, "chat-7", ""},
		{"sessions get chat-7 --project shop", 0, id, ""},
		{"keys list --project shop", 0, "admin", ""},
		{"stats", 0, "traces    1\n", ""},
		{"traces export --project shop -o " + exported, 0, "", "written"},
		{"traces delete " + id + " --project shop", 0, "", "1 trace deleted"},
		{"traces get " + id + " --project shop", 1, "", "Trace not found"},
		{"traces import " + exported + " --project shop", 0, "", "2 spans imported"},
		{"traces get " + id + " --project shop", 0, "an unmistakable question", ""},
		{"backup " + filepath.Join(folder, "copy", "traces.db"), 1, "", "no such file"},
		{"backup " + filepath.Join(folder, "traces.db"), 0, "", "written"},
		{"stats --data " + folder, 0, "none runs", ""}, // the copy, on a server for this command
		{"traces get " + id + " --project shop --key tr-wrong", 1, "", "Invalid API key"},
	} {
		args := append(strings.Fields(step.args), "--data", s.data)
		if strings.Contains(step.args, "--data") {
			args = strings.Fields(step.args)
		}
		status, stdout, stderr := run(t.Context(), args...)
		if status != step.status || !strings.Contains(stdout, step.stdout) || !strings.Contains(stderr, step.stderr) || step.stderr == "" && stderr != "" {
			t.Errorf("%s: status %d, stderr %q, stdout\n%s\nwant %d, %q and %q", step.args, status, stderr, stdout, step.status, step.stderr, step.stdout)
		}
	}
}

// runsAgent is the program of TestRunWithOurServer.
func runsAgent() (status int) {
	traceroot.Initialize()
	ctx := context.Background()
	id := ""
	err := traceroot.Run(ctx, "agent of a user", func(ctx context.Context) error {
		id = traceroot.TraceID(ctx)
		return nil
	})
	if err != nil || traceroot.Shutdown(ctx) != nil {
		return 1
	}
	fmt.Fprint(os.Stdout, id)
	return 0
}

func TestRunWithOurServer(t *testing.T) {
	t.Run("beside a server that asks for keys", func(t *testing.T) {
		s := startOurs(t)
		other := s.send(t, "somebody else's")
		status, id, stderr := runProgram(t, "agent", "", "--data", s.data, "--project", "shop")
		if status != 0 || !strings.Contains(stderr, "1 trace:\n") || !strings.Contains(stderr, id) || strings.Contains(stderr, other) {
			t.Errorf("status %d, stderr %q; want the address of %s alone", status, stderr, id)
		}
		_, keys, _ := run(t.Context(), "keys", "list", "--json", "--data", s.data)
		if strings.Count(keys, `"revoked": null`) != 1 {
			t.Errorf("the key of the run is still good: %s", keys)
		}
	})
	t.Run("where none runs", func(t *testing.T) {
		data := t.TempDir()
		status, id, stderr := runProgram(t, "agent", "", "--data", data)
		if status != 0 || !strings.Contains(stderr, "traceroot traces get "+id) {
			t.Errorf("status %d, stderr %q; want the way to %s", status, stderr, id)
		}
		if status, stdout, stderr := run(t.Context(), "traces", "get", id, "--data", data); status != 0 || !strings.Contains(stdout, "agent of a user") {
			t.Errorf("afterwards: status %d, stderr %q, stdout %q", status, stderr, stdout)
		}
	})
}

func TestTailNeedsAServer(t *testing.T) {
	t.Parallel()
	status, _, stderr := run(t.Context(), "traces", "tail", "--data", t.TempDir())
	if status != 1 || !strings.Contains(stderr, "start one with traceroot dev") {
		t.Errorf("status %d, stderr %q; want 1 and what to do", status, stderr)
	}
}
