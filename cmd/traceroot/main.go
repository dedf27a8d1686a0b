// Command traceroot shows what agents do: it runs a traced demo agent and draws its trace.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C no longer asks
	status := app.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}
