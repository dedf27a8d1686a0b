package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

// exitError is the status of a command that ends as the program did that it ran.
type exitError int

// Error says so.
func (s exitError) Error() string { return "ended with status " + strconv.Itoa(int(s)) }

// Statuses of shells, for programs that have none of their own.
const (
	notFound = 127
	signaled = 128 // and the signal's number
)

func newRun() *cobra.Command {
	var run runCommand
	cmd := &cobra.Command{
		Use:   "run -- CMD [ARG...]",
		Short: "Run a program traced, and say where its traces are",
		Long: `Run a program with the variables set that send its traces to the local server, and say where they are
when it has ended. Where no server runs, there is one for as long as the program does.

It sets TRACEROOT_HOST_URL, TRACEROOT_API_KEY and TRACEROOT_ENABLED for TraceRoot's SDKs, and
OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL and, unless it is set,
OTEL_EXPORTER_OTLP_ENDPOINT for OpenTelemetry's. OTEL_RESOURCE_ATTRIBUTES gets a service.instance.id, by
which the program's traces are told from others that arrive meanwhile.

Signals are passed on, and the exit status is the program's; 127 when it cannot be started.`,
		Example: `  traceroot run -- go run ./agent
  traceroot run -- python agent.py --verbose`,
		Args: cobra.MinimumNArgs(1),
	}
	run.server.flags(cmd)
	run.server.addresses = []string{server.DefaultAddr} // so that the addresses of the traces hold when traceroot dev runs later
	cmd.Flags().SetInterspersed(false)                  // what follows the program's name is the program's
	cmd.RunE = run.server.act(func(cmd *cobra.Command, to *client.Client, args []string) error {
		// An interrupt is for the program to answer. This command ends after it.
		return run.run(context.WithoutCancel(cmd.Context()), cmd, to, args)
	})
	return cmd
}

type runCommand struct{ server connection }

func (r *runCommand) run(ctx context.Context, cmd *cobra.Command, to *client.Client, args []string) error {
	key, revoke, err := ingestKey(ctx, to, r.server.project)
	if err != nil {
		return err
	}
	defer revoke()
	instance := newInstance()
	began := time.Now()

	program := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // running it is what was asked for
	program.Env = append(os.Environ(), tracedEnvironment(os.Getenv, to.URL(), key, instance)...)
	program.Stdin, program.Stdout, program.Stderr = cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()
	status, err := runProgram(program)
	if err != nil {
		cmd.PrintErrf("traceroot: run %s: %v\n", args[0], err)
		return exitError(notFound)
	}
	if err := tellTraces(ctx, cmd, to, began, instance); err != nil {
		cmd.PrintErrf("traceroot: find the traces of %s: %v\n", args[0], err)
	}
	if status != 0 {
		return exitError(status)
	}
	return nil
}

// ingestKey is what the program shows the server: the key that was named, one that is good for this run alone where the
// server is known by its token, or, since some SDKs send nothing without one, any text where no key is asked for.
func ingestKey(ctx context.Context, to *client.Client, project string) (key string, revoke func(), err error) {
	revoke = func() {}
	stranger, err := client.Connect(ctx, client.Config{URL: to.URL()})
	if err != nil {
		return "", revoke, err
	}
	defer stranger.Close()
	_, err = stranger.Whoami(ctx)
	if refused, ok := errors.AsType[*client.StatusError](err); !ok || refused.Status != http.StatusUnauthorized {
		return "local", revoke, err
	}
	if !to.HasToken() {
		return to.Key(), revoke, nil
	}
	made, err := to.CreateKey(ctx, cmp.Or(project, server.LocalProject), "traceroot run", string(scope("ingest")))
	if err != nil {
		return "", revoke, err
	}
	revoke = func() { _, _ = to.RevokeKey(ctx, made.Value.ID) } // at worst, spans can still be sent with it
	return made.Value.Key, revoke, nil
}

// newInstance is a name that nothing else has.
func newInstance() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	return "run-" + hex.EncodeToString(id[:])
}

const (
	resourceVariable  = "OTEL_RESOURCE_ATTRIBUTES"
	endpointVariable  = "OTEL_EXPORTER_OTLP_ENDPOINT"
	instanceAttribute = "service.instance.id"
)

// tracedEnvironment are the variables that make a program send its traces to a server. Those of OpenTelemetry that are for
// traces alone are set always; the one that moves metrics and logs too is left as it is where the user has it.
func tracedEnvironment(getenv func(string) string, url, key, instance string) []string {
	set := []string{
		"TRACEROOT_HOST_URL=" + url,
		"TRACEROOT_API_KEY=" + key,
		"TRACEROOT_ENABLED=true",
		"OTEL_SDK_DISABLED=false",
		"OTEL_TRACES_EXPORTER=otlp",
		"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=" + url + "/v1/traces",
		"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf",
		"OTEL_EXPORTER_OTLP_TRACES_HEADERS=authorization=Bearer%20" + key,
		resourceVariable + "=" + withAttribute(getenv(resourceVariable), instanceAttribute, instance),
	}
	if getenv(endpointVariable) == "" {
		set = append(set, endpointVariable+"="+url, "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf")
	}
	return set
}

// withAttribute puts one attribute in the place of any of that name. All SDKs of OpenTelemetry read the variable.
func withAttribute(attributes, name, value string) string {
	kept := []string{name + "=" + value}
	for attribute := range strings.SplitSeq(attributes, ",") {
		if key, _, _ := strings.Cut(attribute, "="); strings.TrimSpace(key) != name && strings.TrimSpace(key) != "" {
			kept = append(kept, attribute)
		}
	}
	return strings.Join(kept, ",")
}

// runProgram passes signals on and returns the exit status. The error is that of a program that could not be started.
func runProgram(program *exec.Cmd) (status int, err error) {
	signals := make(chan os.Signal, 8)
	_, onTerminal := terminal(os.Stdin)
	signal.Notify(signals, passedOn(onTerminal)...)
	defer signal.Stop(signals)
	// What the terminal sends to the program as well is caught too, since it must not end this command before the program.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, os.Interrupt)
	defer signal.Stop(caught)
	if err := program.Start(); err != nil {
		return 0, err
	}
	ended := make(chan struct{})
	passed := make(chan struct{})
	go func() {
		defer close(passed)
		for {
			select {
			case s := <-signals:
				_ = program.Process.Signal(s) // it may have ended meanwhile
			case <-ended:
				return
			}
		}
	}()
	err = program.Wait()
	close(ended)
	<-passed
	return statusOf(program, err)
}

func statusOf(program *exec.Cmd, err error) (int, error) {
	if program.ProcessState == nil {
		return 0, err
	}
	if status, ok := program.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return signaled + int(status.Signal()), nil
	}
	return program.ProcessState.ExitCode(), nil
}

// tellTraces says where the traces are that the program made.
func tellTraces(ctx context.Context, cmd *cobra.Command, to *client.Client, began time.Time, instance string) error {
	found, exact, err := madeTraces(ctx, to, began, instance)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		cmd.PrintErrln("\nNo traces arrived. Does the program flush before it ends? traceroot doctor checks the rest.")
		return nil
	}
	meanwhile := ""
	if !exact {
		meanwhile = " began meanwhile in the project"
	}
	cmd.PrintErrf("\n%s%s:\n", term.Plural(len(found), "trace"), meanwhile)
	for _, trace := range found {
		cmd.PrintErrf("  %s\n", trace.Value.URL)
	}
	if to.Temporary() {
		cmd.PrintErrf("The server ends now. To see them, start traceroot dev, or: traceroot traces get %s\n", found[0].Value.TraceID)
	}
	return nil
}

// clockSlack is how much earlier than this command a trace may have begun by the clock of who wrote its times.
const clockSlack = time.Minute

// madeTraces are not exactly those of the program where the key may not read resources, or the host has none to read.
func madeTraces(ctx context.Context, to *client.Client, began time.Time, instance string) (found []client.Reply[client.TraceRow], exact bool, err error) {
	found, err = to.TracesOf(ctx, began.Add(-clockSlack), instanceAttribute, instance)
	refused, ok := errors.AsType[*client.StatusError](err)
	if !ok || refused.Status != http.StatusForbidden && refused.Status != http.StatusNotFound {
		return found, true, err
	}
	const most = 100
	found, err = to.Traces(ctx, client.TraceQuery{From: began, Limit: most})
	slices.Reverse(found)
	return found, false, err
}
