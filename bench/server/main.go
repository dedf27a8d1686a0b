// Server measures the traceroot binary as a process under load, beside a peer: how fast it takes in spans and what that
// costs, what they take on disk, how fast it answers, and what is left when it is killed. It prints one table.
//
//	go run ./bench/server
//
// It builds the binary first, and Jaeger from the source of its module. It imports nothing of the server and judges
// nothing: docs/benchmarks.md says what the figures should be.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	b, folder := parse(os.Stderr)
	err := run(ctx, b, folder, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run measures, with everything that it writes in a new folder below the one given, and prints the table.
func run(ctx context.Context, b *bench, folder string, stdout io.Writer) (err error) {
	if b.folder, err = os.MkdirTemp(folder, "traceroot-bench-"); err != nil {
		return err
	}
	if !b.keep {
		defer func() { err = errors.Join(err, os.RemoveAll(b.folder)) }()
	}
	fmt.Fprintf(stdout, "%s\n\n", where())
	// What was measured before a failure or Ctrl-C took minutes: it is shown all the same.
	return errors.Join(b.all(ctx), b.report.print(stdout))
}

// parse reads what to measure from the command line, and the folder below which everything is written.
func parse(log io.Writer) (*bench, string) {
	b := &bench{report: newReport(), loads: []shape{small, large}}
	b.log = func(format string, values ...any) { fmt.Fprintf(log, format+"\n", values...) }
	flag.IntVar(&b.spans, "spans", 200_000, "spans of a load")
	flag.IntVar(&b.runs, "runs", 1, "how often to take in each load; the run with the least CPU time counts")
	flag.IntVar(&b.kills, "kills", 3, "how often to kill each server under load")
	flag.BoolVar(&b.peer, "peer", true, "also measure Jaeger")
	flag.BoolVar(&b.keep, "keep", false, "keep the servers' data and say where it is")
	flag.StringVar(&b.traceroot, "traceroot", "", "a `binary` of traceroot, to spare its build")
	flag.StringVar(&b.jaeger, "jaeger", "", "a `binary` of Jaeger's cmd/jaeger, to spare its build")
	quick := flag.Bool("quick", false, "only spans of 6 KB, one kill, no peer but that of -jaeger; and 20,000 spans unless -spans says otherwise")
	folder := flag.String("dir", "", "`folder` for loads and data, on the disk to measure (default the system's for temporary files)")
	flag.Parse()
	if *quick {
		b.loads, b.kills, b.peer = []shape{small}, 1, false
		chosen := false
		flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "spans" })
		if !chosen {
			b.spans = 20_000
		}
	}
	return b, *folder
}
