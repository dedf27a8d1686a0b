// Observe measures what a traced call costs the program: a function wrapped by Observe, beside a span of OpenTelemetry's own
// SDK that is given the same attributes by hand. It prints one table.
//
//	go run ./bench/observe
//
// Both sides record every span, with a provider of the same kind, and hand it to a span processor that throws it away: what
// is compared is the time until the traced call returns. One row has the queues in place of that, ours and OpenTelemetry's
// batch processor, each with an exporter that throws spans away; sending is what ./bench/export is about. The sides take
// turns in many short pairs, so that a busy machine slows both; what counts is the median of the ratios. The rows of the
// capture walker come from its own benchmark, which does the same. The tests hold the SDK to its limits.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, stdout io.Writer) error {
	for _, variable := range []string{"TRACEROOT_API_KEY", "TRACEROOT_HOST_URL", "TRACEROOT_ENVIRONMENT", "OTEL_TRACES_SAMPLER"} {
		if err := os.Unsetenv(variable); err != nil {
			return fmt.Errorf("forget %s: %w", variable, err)
		}
	}
	figures := measureAll(ctx)
	walker, err := measureWalker(ctx)
	if err != nil {
		return err
	}
	_, err = io.WriteString(stdout, table(append(figures, walker...)))
	return err
}

func measureAll(ctx context.Context) []figure {
	var figures []figure
	figures = append(figures, measureOff(ctx))
	plain := newMachine(discarding)
	for _, c := range plain.calls(ctx) {
		figures = append(figures, c.measure())
	}
	plain.stop(ctx)
	queued := newMachine(queueing)
	c := queued.calls(ctx)[0]
	c.what, c.limit = c.what+", through the queues", 0
	figures = append(figures, c.measure())
	queued.stop(ctx)
	return figures
}
