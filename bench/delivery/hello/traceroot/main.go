// Traceroot greets with this SDK around it.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/traceroot-ai/traceroot-go"
)

func main() {
	traceroot.Initialize()
	ctx := context.Background()
	hello, err := traceroot.Observe(greet)(ctx, "world")
	fmt.Fprintln(os.Stdout, hello, err)
	_ = traceroot.Shutdown(ctx)
}

func greet(_ context.Context, name string) (string, error) { return "hello, " + name, nil }
