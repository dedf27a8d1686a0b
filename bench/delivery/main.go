// Delivery measures what becomes of spans on their way out of a program when the server at the other end misbehaves:
// through this SDK, and through OpenTelemetry's own batch processor and OTLP exporter, in the same run. It prints tables.
//
//	go run ./bench/delivery
//
// Each program under load is a process of its own, and each server a listener of ours that breaks the connection, or its
// word, on purpose. Nothing here knows how the SDK delivers, and nothing is judged: docs/reliability.md says what the figures
// should be, and the tests hold the SDK to that with a small load.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
)

func main() {
	if isProgram() {
		exitOn(runProgram(context.Background(), os.Stdin, os.Stdout))
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	exitOn(err)
}

func exitOn(err error) {
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run measures what the arguments ask for, and prints the tables.
func run(ctx context.Context, arguments []string, stdout, stderr io.Writer) error {
	s := &suite{scale: full, log: func(format string, values ...any) { fmt.Fprintf(stderr, format+"\n", values...) }}
	flags := flag.NewFlagSet("delivery", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&s.parallel, "parallel", 4*runtime.NumCPU(), "`trials` at a time; they mostly wait")
	quick := flags.Bool("quick", false, "a smaller load and shorter faults: a minute")
	update := flags.Bool("update", false, "write the tables into docs/reliability.md, too")
	only := flags.String("only", "", "measure only what has a name that matches this `expression`")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *quick {
		s.scale = small
	}
	var err error
	if s.only, err = regexp.Compile(*only); err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	figures, failed := s.run(ctx)
	tables := figures.markdown()
	if _, err := io.WriteString(stdout, tables); err != nil {
		return err
	}
	// What was measured before a failure took minutes: it is shown all the same, but not published.
	if failed != nil || !*update {
		return failed
	}
	return updatePage(tables)
}
