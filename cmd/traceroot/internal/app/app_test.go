package app_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/app"
)

// run runs the program and returns what it left.
func run(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	status = app.Main(ctx, args, strings.NewReader(""), &out, &err)
	return status, out.String(), err.String()
}

func TestCommands(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args           string
		status         int
		stdout, stderr string // parts of what is printed; empty: nothing is
	}{
		{"", 0, "Available Commands", ""},
		{"help", 0, "demo        Run traced agents", ""},
		{"help demo", 0, "--to-host", ""},
		{"demo --help", 0, "--to-host", ""},
		{"version", 0, "traceroot " + traceroot.Version + " ", ""},
		{"--version", 0, traceroot.Version, ""},
		{"dmeo", 2, "", `unknown command "dmeo", did you mean dev or demo; see traceroot help`},
		{"fly", 2, "", `unknown command "fly"; see traceroot help`},
		{"help dmeo", 2, "", `unknown command "dmeo"`},
		{"help demo twice", 2, "", `unknown command "twice"`},
		{"demo --jsn", 2, "", "unknown flag: --jsn; see traceroot help"},
		{"demo twice", 2, "", `"twice"`},
		{"demo --model gpt-5", 2, "", "--model needs --live"},
		{"version 2", 2, "", `"2"`},
	} {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			status, stdout, stderr := run(t.Context(), strings.Fields(tt.args)...)
			if status != tt.status {
				t.Errorf("status %d, want %d", status, tt.status)
			}
			for _, printed := range []struct{ where, got, want string }{{"stdout", stdout, tt.stdout}, {"stderr", stderr, tt.stderr}} {
				if !strings.Contains(printed.got, printed.want) || printed.want == "" && printed.got != "" {
					t.Errorf("%s = %q, want %q", printed.where, printed.got, printed.want)
				}
			}
		})
	}
}
