// Export measures what it costs a program to send its spans: through this SDK, and through OpenTelemetry's own batch
// processor and OTLP exporter, in the same run. It prints one table.
//
//	go run ./bench/export
//
// Both get the same spans of agents, about 20 KB each, and send them compressed to a server on this machine, which is a process
// of its own. The two take turns, so that a busy machine slows both; what counts is the ratio of their CPU times in one turn, and of
// their bytes on the wire. The tests hold the SDK to its limits.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	if isSink() {
		exitOn(runSink(os.Stdin, os.Stdout))
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	spans := flag.Int("spans", 1024, "spans a turn; the stock processor's queue holds 2048 and drops what is beyond")
	rounds := flag.Int("rounds", 7, "turns of each exporter with each kind of spans")
	flag.Parse()
	err := run(ctx, *spans, *rounds, os.Stdout)
	stop()
	exitOn(err)
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, spans, rounds int, stdout io.Writer) error {
	p, err := readProse(ctx)
	if err != nil {
		return err
	}
	s, err := startSink(ctx)
	if err != nil {
		return err
	}
	defer s.stop()
	var figures []figure
	for _, k := range kinds {
		f, err := measure(ctx, s, k, p, spans, rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
		figures = append(figures, f)
	}
	_, err = io.WriteString(stdout, table(figures))
	return err
}
