package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/demo"
)

// fill plays a bicycle shop's agents, whose traces show what there is to see, and shows the one that failed. On a terminal
// two of them go on while the server does.
func (d *demoCommand) fill(ctx context.Context, to *client.Client) error {
	filling, cancel := context.WithTimeoutCause(ctx, d.fillLimit(), fmt.Errorf("the demo took longer than %v", d.fillLimit()))
	defer cancel()
	dev, ci := shopClient(to, "dev"), shopClient(to, "ci")
	defer shutdown(context.WithoutCancel(ctx), dev, ci)
	if err := errors.Join(dev.Err(), ci.Err()); err != nil {
		return err
	}
	show, err := demo.Open(filling, demo.Options{Client: dev, CI: ci, Pace: d.pace, Live: d.stays(to), Progress: d.progress()})
	if err != nil {
		return err
	}
	defer func() { _ = show.Close(context.WithoutCancel(ctx)) }() // nothing is to be kept of it
	failed, err := show.Fill(filling)
	if filling.Err() != nil {
		return ended(filling)
	}
	if err := errors.Join(err, dev.Flush(filling), ci.Flush(filling)); err != nil {
		return fmt.Errorf("fill the server at %s: %w", to.URL(), err)
	}
	stored, err := to.Trace(filling, failed)
	if err != nil {
		return err
	}
	if err := d.show(stored); err != nil {
		return fmt.Errorf("show the trace: %w", err)
	}
	if !d.stays(to) {
		return nil
	}
	if err := openedIf(ctx, true, stored.Value.URL); err != nil {
		return err
	}
	d.say("The server goes on until Ctrl-C. Your own programs send to it with TRACEROOT_HOST_URL=%s\n", to.URL())
	return errors.Join(show.Live(ctx), dev.Flush(context.WithoutCancel(ctx)))
}

// fillLimit is generous: at the default pace the agents need some four seconds.
func (d *demoCommand) fillLimit() time.Duration {
	return scriptedLimit + time.Duration(d.pace*float64(time.Minute))
}

// shopClient is the SDK with its default settings, but for what the user's environment might switch off.
func shopClient(to *client.Client, environment string) *traceroot.Client {
	return traceroot.New(
		traceroot.WithHostURL(to.URL()),
		traceroot.WithEnabled(true),
		traceroot.WithEnvironment(environment),
		traceroot.WithServiceName("bike-shop"),
		traceroot.WithSampler(sdktrace.AlwaysSample()),
		traceroot.WithLogger(slog.New(slog.DiscardHandler)),
	)
}

// progress draws a line on a terminal; elsewhere there is none.
func (d *demoCommand) progress() func(done, total int) {
	if _, onTerminal := terminal(d.stderr); !onTerminal || d.json {
		return nil
	}
	return func(done, total int) {
		const width = 30
		filled := width * done / max(total, 1)
		d.say("\r%s%s %d of %d runs", strings.Repeat("━", filled), strings.Repeat("┅", width-filled), done, total)
		if done == total {
			d.say("\r\x1b[K")
		}
	}
}
