package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/demo"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

// How long a demo may take. A real model thinks longer than a scripted one.
const (
	scriptedLimit = 20 * time.Second
	liveLimit     = 2 * time.Minute
)

// demoCommand runs an agent and shows the trace that its SDK sent.
type demoCommand struct {
	json   bool
	exit   bool
	live   bool
	toHost bool
	model  string
	data   string
	pace   float64

	stdout, stderr io.Writer
}

func newDemo() *cobra.Command {
	var d demoCommand
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run traced agents and show what went wrong in one",
		Long: `Run the agents of a bicycle shop, and show the trace of the one that failed.

They answer customers, do research, write code, sort tickets and watch prices. Their spans travel
as those of any program do: from the SDK over HTTP to a server, which keeps them in a folder of its
own. Models and server are part of this command: nothing leaves the machine unless you ask for it.

On a terminal the browser opens, and the server goes on until Ctrl-C. With --live or --to-host one
small agent runs instead.`,
		Example: `  traceroot demo
  traceroot demo --json
  OPENAI_API_KEY=... traceroot demo --live
  TRACEROOT_API_KEY=... traceroot demo --to-host`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.BoolVar(&d.json, "json", false, "print the trace as JSON, in the form of the REST API")
	flags.BoolVar(&d.exit, "exit", false, "end when the trace is stored, also on a terminal")
	flags.BoolVar(&d.live, "live", false, "ask OpenAI, with the key in OPENAI_API_KEY")
	flags.StringVar(&d.model, "model", demo.Model, "the model to ask with --live")
	flags.BoolVar(&d.toHost, "to-host", false, "also send the trace to TRACEROOT_HOST_URL, with TRACEROOT_API_KEY")
	flags.Float64Var(&d.pace, "pace", 0.1, "how slow models and services are: 1 is as in life, which takes half a minute")
	flags.StringVar(&d.data, "data", demoFolder(os.Getenv), "folder that holds the demo's database")
	flags.Lookup("data").DefValue = "" // what is on one machine is no fact of the help
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if flags.Changed("model") && !d.live {
			return errors.New("--model needs --live")
		}
		if d.pace <= 0 || d.pace > 2 {
			return fmt.Errorf("--pace %v: use a number above 0 and up to 2", d.pace)
		}
		return nil
	}
	cmd.RunE = act(func(cmd *cobra.Command) error {
		d.stdout, d.stderr = cmd.OutOrStdout(), cmd.ErrOrStderr()
		return d.run(cmd.Context())
	})
	return cmd
}

// demoFolder is beside the folder of real data. It is empty where there is no such place.
func demoFolder(getenv func(string) string) string {
	folder := dataFolder(getenv)
	if folder == "" {
		return ""
	}
	return filepath.Clean(folder) + "-demo"
}

// run serves for as long as the demo runs, and on a terminal until ctx is done, unless a server runs there already.
func (d *demoCommand) run(ctx context.Context) error {
	to, err := client.Connect(ctx, client.Config{
		Data: d.data, Running: runningServer, Start: starter(d.stderr, server.DefaultAddr, anyPort),
	})
	if err != nil {
		if ctx.Err() != nil {
			return ended(ctx)
		}
		return err
	}
	defer to.Close()
	if d.live || d.toHost {
		return d.play(ctx, to)
	}
	return d.fill(ctx, to)
}

// stays reports whether the server goes on until the user ends it.
func (d *demoCommand) stays(to *client.Client) bool {
	_, onTerminal := terminal(d.stdout)
	return onTerminal && !d.exit && !d.json && to.Temporary()
}

// play runs one small agent and shows its trace.
func (d *demoCommand) play(ctx context.Context, to *client.Client) error {
	limit := scriptedLimit
	if d.live {
		limit = liveLimit
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("the demo took longer than %v", limit))
	defer cancel()

	agent, stopModel, err := d.agent(ctx)
	if err != nil {
		return err
	}
	defer stopModel()
	began := new(traceIDs)
	viewer, host, err := d.clients(to.URL(), began)
	if err != nil {
		return err
	}
	defer shutdown(ctx, host, viewer)

	_, agentErr := agent.Answer(traced(ctx, viewer, host), demo.Example(), io.Discard)
	if ctx.Err() != nil {
		return ended(ctx)
	}
	if err := viewer.Flush(ctx); err != nil {
		return fmt.Errorf("send the trace to %s: %w", to.URL(), err)
	}
	for _, id := range began.all() {
		stored, err := to.Trace(ctx, id)
		if err != nil {
			return errors.Join(agentErr, err)
		}
		if err := d.show(stored); err != nil {
			return fmt.Errorf("show the trace: %w", err)
		}
		if err := d.send(ctx, host, stored.Value); err != nil {
			return errors.Join(agentErr, err)
		}
	}
	return agentErr
}

// agent is the one to run, and how to stop what was started for it.
func (d *demoCommand) agent(ctx context.Context) (agent *demo.Agent, stop func(), err error) {
	if d.live {
		key := os.Getenv("OPENAI_API_KEY")
		if key == "" {
			return nil, nil, errors.New("--live needs an OpenAI key: set OPENAI_API_KEY, or run the demo without it")
		}
		return demo.New(os.Getenv("OPENAI_BASE_URL"), key, d.model), func() {}, nil
	}
	model, err := demo.StartModel(ctx)
	if err != nil {
		return nil, nil, err
	}
	stop = func() { _ = model.Shutdown(ctx) } // what goes wrong with it, the agent tells
	return demo.New(model.URL, "the script needs none", demo.Model), stop, nil
}

// clients are the SDK's: one that sends to the viewer, and with --to-host another one, nil otherwise, on the same provider.
// Both have the default settings but for what the user's environment might switch off. They log nothing, since Flush
// returns what would be worth it.
func (d *demoCommand) clients(url string, began *traceIDs) (viewer, host *traceroot.Client, err error) {
	viewer = traceroot.New(
		traceroot.WithHostURL(url),
		traceroot.WithSpanProcessor(began),
		traceroot.WithEnabled(true),
		traceroot.WithSampler(sdktrace.AlwaysSample()),
		traceroot.WithLogger(slog.New(slog.DiscardHandler)),
	)
	if err := viewer.Err(); err != nil {
		return nil, nil, err
	}
	provider, ok := viewer.TracerProvider().(*sdktrace.TracerProvider)
	if !d.toHost || !ok {
		return viewer, nil, nil
	}
	host = traceroot.New(
		traceroot.WithTracerProvider(provider),
		traceroot.WithEnabled(true),
		traceroot.WithLogger(slog.New(slog.DiscardHandler)),
	)
	if err := host.Err(); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("--to-host: %w", err), viewer.Shutdown(context.Background()))
	}
	return viewer, host, nil
}

// traced is the context of what the clients shall record. A context can carry one client, whose spans are then no other's;
// with two it carries none, and each records the spans of the provider that they share.
func traced(ctx context.Context, viewer, host *traceroot.Client) context.Context {
	if host == nil {
		return viewer.Context(ctx)
	}
	traceroot.SetDefault(viewer)
	return ctx
}

// shutdown is called when everything that shall be sent was flushed.
func shutdown(ctx context.Context, clients ...*traceroot.Client) {
	for _, client := range clients {
		_ = client.Shutdown(ctx)
	}
}

func (d *demoCommand) show(t client.Reply[client.Trace]) error {
	if d.json {
		return printJSON(d.stdout, t)
	}
	drawn, spans := stored(t.Value)
	if err := term.WriteTrace(d.stdout, drawn, spans, screen(d.stdout, os.Getenv)); err != nil {
		return err
	}
	if !d.live && !d.toHost {
		d.say("\nThe models were scripted, and nothing left this machine. Try --live or --json.\n")
	}
	_, err := fmt.Fprintf(d.stdout, "\n%s\n", t.Value.URL)
	return err
}

// send waits until the host has accepted the trace too, and says where it can be seen.
func (d *demoCommand) send(ctx context.Context, host *traceroot.Client, t client.Trace) error {
	if host == nil {
		return nil
	}
	if err := host.Flush(ctx); err != nil {
		return fmt.Errorf("send the trace to your host: %w; check TRACEROOT_HOST_URL and TRACEROOT_API_KEY", err)
	}
	link := traceroot.TraceURL(trace.ContextWithRemoteSpanContext(host.Context(ctx), spanContext(t)))
	if link == "" {
		link = "your TraceRoot host"
	}
	d.say("\nSent to %s\n", link)
	return nil
}

// spanContext is that of any span of the trace.
func spanContext(t client.Trace) trace.SpanContext {
	var config trace.SpanContextConfig
	if len(t.Spans) > 0 {
		config.TraceID, _ = trace.TraceIDFromHex(t.TraceID)
		config.SpanID, _ = trace.SpanIDFromHex(t.Spans[0].SpanID)
	}
	return trace.NewSpanContext(config)
}

// traceIDs are those of the traces that began, in their order. It is safe for concurrent use.
type traceIDs struct {
	mu  sync.Mutex
	ids []string // guarded by mu
}

// OnStart implements [sdktrace.SpanProcessor].
func (t *traceIDs) OnStart(_ context.Context, s sdktrace.ReadWriteSpan) {
	if s.Parent().IsValid() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ids = append(t.ids, s.SpanContext().TraceID().String())
}

// OnEnd implements [sdktrace.SpanProcessor].
func (*traceIDs) OnEnd(sdktrace.ReadOnlySpan) {}

// Shutdown implements [sdktrace.SpanProcessor].
func (*traceIDs) Shutdown(context.Context) error { return nil }

// ForceFlush implements [sdktrace.SpanProcessor].
func (*traceIDs) ForceFlush(context.Context) error { return nil }

func (t *traceIDs) all() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.ids)
}

// say tells the user what is no result.
func (d *demoCommand) say(format string, args ...any) {
	_, _ = fmt.Fprintf(d.stderr, format, args...)
}

// ended is why ctx is done.
func ended(ctx context.Context) error {
	cause := context.Cause(ctx)
	if errors.Is(cause, context.Canceled) {
		return errors.New("interrupted")
	}
	return cause
}
