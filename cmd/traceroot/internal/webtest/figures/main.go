// Command figures measures what the pages cost a browser, and prints it as a table beside what they may cost. It needs
// Chromium, and a minute.
//
//	go run ./cmd/traceroot/internal/webtest/figures
//
// It judges nothing: what must not get worse is for the tests of package webtest, as counts and ratios.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/webtest/gauge"
)

func main() {
	traces := flag.Int("traces", 100_000, "`number` of traces in the list")
	attempts := flag.Int("attempts", 5, "`number` of times that each page is loaded, of which the best counts")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, *traces, *attempts)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, traces, attempts int) (err error) {
	data, err := os.MkdirTemp("", "traceroot-figures")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	if err := (gauge.Stock{Traces: traces, Rich: richTraces}).Fill(ctx, data); err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	started, err := server.Start(ctx, server.Config{Data: data, Addr: "127.0.0.1:0", GRPCAddr: "off"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, started.Close(context.WithoutCancel(ctx))) }()
	browser, end, err := gauge.StartBrowser(ctx)
	if err != nil {
		return err
	}
	defer end()
	f := figures{browser: browser, url: started.URL(), traces: traces, attempts: attempts}
	rows, err := f.all(ctx)
	if err != nil {
		return err
	}
	return table(out, rows)
}
