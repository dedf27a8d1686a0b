package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
)

// cloud is where spans go without TRACEROOT_HOST_URL.
const cloud = "https://app.traceroot.ai"

// arrivalTime is how long a host may take to show a span that it accepted: the cloud's comes from a queue.
const arrivalTime = 30 * time.Second

func newDoctor() *cobra.Command {
	var (
		d      doctor
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check that spans of a program would arrive, and say what to do where not",
		Long: `Check what a program with TraceRoot's SDK would meet that runs with the variables of this shell: reads the
variables, reaches the host, sends one span and reads it back. The host may be a local server or the cloud.`,
		Example: `  traceroot doctor
  TRACEROOT_HOST_URL=http://127.0.0.1:4318 traceroot doctor --json`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.StringVar(&d.url, "url", "", "host to check, instead of TRACEROOT_HOST_URL")
	flags.StringVar(&d.key, "key", "", "key to check, instead of TRACEROOT_API_KEY")
	flags.StringVar(&d.data, "data", dataFolder(os.Getenv), "data folder of the local server ($TRACEROOT_SERVER_DATA)")
	flags.Lookup("data").DefValue = "" // what is on one machine is no fact of the help
	flags.BoolVar(&asJSON, "json", false, "print what was found as JSON")
	cmd.RunE = act(func(cmd *cobra.Command) error {
		d.report = reportFindings(cmd.OutOrStdout())
		if asJSON {
			d.report = func(finding) {}
		}
		ok := d.examine(cmd.Context())
		if cmd.Context().Err() != nil {
			return ended(cmd.Context())
		}
		if asJSON {
			if err := printJSON(cmd.OutOrStdout(), d.findings); err != nil {
				return err
			}
		}
		if !ok {
			return errors.New("spans of a program would not arrive")
		}
		return nil
	})
	return cmd
}

// finding is the outcome of one check.
type finding struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	Fix    string `json:"fix,omitempty"`
}

// doctor checks one thing after the other, up to the first that is not as it should be: the rest follows from it.
type doctor struct {
	url, key, data string

	report   func(finding)
	findings []finding
}

func reportFindings(w io.Writer) func(finding) {
	return func(f finding) {
		mark := "✓"
		if !f.OK {
			mark = "✗"
		}
		_, _ = fmt.Fprintf(w, "%s %-10s %s\n", mark, f.Check, f.Detail)
		if f.Fix != "" {
			_, _ = fmt.Fprintf(w, "  %-10s %s\n", "", "→ "+f.Fix)
		}
	}
}

func (d *doctor) found(f finding) bool {
	d.findings = append(d.findings, f)
	d.report(f)
	return f.OK
}

func (d *doctor) examine(ctx context.Context) (ok bool) {
	if d.url == "" {
		d.url = os.Getenv("TRACEROOT_HOST_URL")
	}
	if d.key == "" {
		d.key = os.Getenv("TRACEROOT_API_KEY")
	}
	problems := new(problemLog)
	sdk := traceroot.New(append(d.options(), traceroot.WithLogger(slog.New(problems)))...)
	defer func() { _ = sdk.Shutdown(context.WithoutCancel(ctx)) }() // what it sent was flushed
	if !d.found(d.checkVariables(sdk, problems)) {
		return false
	}
	host, err := client.Connect(ctx, client.Config{URL: d.host(), Key: d.key})
	if err != nil {
		return d.found(finding{Check: "host", Detail: err.Error(), Fix: "set TRACEROOT_HOST_URL to the address of your server"})
	}
	defer host.Close()
	if !d.found(d.checkHost(ctx, host)) {
		return false
	}
	traceID, sent := d.checkSending(ctx, sdk)
	if !d.found(sent) {
		return false
	}
	return d.found(d.checkReading(ctx, host, traceID))
}

// options are those of flags alone: the SDK shall read the variables as it does in a program.
func (d *doctor) options() []traceroot.Option {
	var options []traceroot.Option
	if d.url != "" {
		options = append(options, traceroot.WithHostURL(d.url))
	}
	if d.key != "" {
		options = append(options, traceroot.WithAPIKey(d.key))
	}
	return options
}

func (d *doctor) host() string {
	if d.url == "" {
		return cloud
	}
	return d.url
}

func (d *doctor) checkVariables(sdk *traceroot.Client, problems *problemLog) finding {
	f := finding{Check: "variables", OK: true, Detail: "TRACEROOT_HOST_URL is " + d.host()}
	if d.url == "" {
		f.Detail = "TRACEROOT_HOST_URL is not set: spans go to " + cloud
	}
	switch err := sdk.Err(); {
	case errors.Is(err, traceroot.ErrNoAPIKey):
		return finding{Check: "variables", Detail: "tracing is off: " + err.Error(), Fix: d.whereTo()}
	case errors.Is(err, traceroot.ErrDisabled):
		return finding{Check: "variables", Detail: "tracing is off: " + err.Error(), Fix: "unset TRACEROOT_ENABLED"}
	case err != nil:
		return finding{Check: "variables", Detail: "tracing is off: " + err.Error(), Fix: "correct the variable; docs/environment.md lists them"}
	}
	if problem := problems.first(); problem != "" {
		return finding{Check: "variables", Detail: problem, Fix: "correct the variable or unset it; docs/environment.md lists them"}
	}
	return f
}

// whereTo is where spans could go.
func (d *doctor) whereTo() string {
	if url, _, err := runningServer(d.data); err == nil && url != "" {
		return "a server runs here: export TRACEROOT_HOST_URL=" + url
	}
	return "start traceroot dev and export the TRACEROOT_HOST_URL that it prints, or set TRACEROOT_API_KEY for the cloud"
}

func (d *doctor) checkHost(ctx context.Context, host *client.Client) finding {
	f := finding{Check: "host"}
	who, err := host.Whoami(ctx)
	if err == nil {
		f.OK = true
		f.Detail = host.URL() + " answers, project " + who.Value.ProjectName
		if who.Value.ProjectName == "" {
			f.Detail = host.URL() + " answers, project " + who.Value.ProjectID
		}
		return f
	}
	f.Detail = err.Error()
	refused, answered := errors.AsType[*client.StatusError](err)
	switch {
	case !answered:
		f.Fix = "check the address, and that the server runs: traceroot dev starts one on this machine"
	case refused.Status == http.StatusUnauthorized:
		f.Fix = "set TRACEROOT_API_KEY to a key of this host: traceroot keys create makes one for a traceroot server"
	case refused.Status == http.StatusForbidden:
		// A key that may send only is a good one for a program. It cannot be used to look whether spans arrive.
		f.Fix = "check with a key of the scope read: traceroot keys create --scope read"
	case refused.Status == http.StatusNotFound:
		f.Fix = "this is no TraceRoot host: check TRACEROOT_HOST_URL"
	default:
		f.Fix = "look into the log of the host"
	}
	return f
}

func (d *doctor) checkSending(ctx context.Context, sdk *traceroot.Client) (traceID string, f finding) {
	_, span := traceroot.Start(sdk.Context(ctx), "traceroot doctor", traceroot.Input("Does this arrive?"))
	traceID = span.TraceID()
	span.End()
	if err := sdk.Flush(ctx); err != nil {
		return traceID, finding{Check: "sending", Detail: err.Error(), Fix: "see what the host says: TRACEROOT_API_KEY needs the scope ingest"}
	}
	if sdk.Stats().Exported == 0 {
		return traceID, finding{Check: "sending", Detail: "the span was not recorded", Fix: "unset OTEL_TRACES_SAMPLER, or have it sample more"}
	}
	return traceID, finding{Check: "sending", OK: true, Detail: "one span was accepted"}
}

func (d *doctor) checkReading(ctx context.Context, host *client.Client, traceID string) finding {
	ctx, cancel := context.WithTimeoutCause(ctx, arrivalTime, fmt.Errorf("not there after %v", arrivalTime))
	defer cancel()
	for pause := 100 * time.Millisecond; ; pause *= 2 {
		trace, err := host.Trace(ctx, traceID)
		if err == nil {
			return finding{Check: "reading", OK: true, Detail: "it is at " + trace.Value.URL}
		}
		refused, answered := errors.AsType[*client.StatusError](err)
		if !answered || refused.Status != http.StatusNotFound {
			return finding{Check: "reading", Detail: err.Error(), Fix: "use a key of the scope read"}
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return finding{
				Check: "reading", Detail: "trace " + traceID + " was accepted, and is " + context.Cause(ctx).Error(),
				Fix: "look into the log of the host",
			}
		}
	}
}
