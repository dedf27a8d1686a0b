// Quickstart is the README's first program: an agent that calls one tool, traced by two wrappers. It needs no model
// provider, and no key: without TRACEROOT_API_KEY it says so once and runs untraced.
package main

import (
	"context"
	"fmt"

	"github.com/traceroot-ai/traceroot-go"
)

// Wrap a function once and call it as before: its input, output, error and duration become a span.
var (
	supportAgent = traceroot.Observe(answer, traceroot.Name("support-agent"), traceroot.Type("agent"))
	getOrder     = traceroot.Observe(readOrder, traceroot.Name("get_order"), traceroot.Type("tool"))
)

func main() {
	traceroot.Initialize()
	defer traceroot.Shutdown(context.Background())

	text, err := supportAgent(context.Background(), "60418")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(text)
	// Output: Order 60418 was delivered on Tuesday.
}

func answer(ctx context.Context, order string) (string, error) {
	status, err := getOrder(ctx, order) // a span below the agent's, because ctx carries it
	if err != nil {
		return "", fmt.Errorf("look up order %s: %w", order, err)
	}
	return fmt.Sprintf("Order %s was %s.", order, status), nil
}

func readOrder(_ context.Context, order string) (string, error) {
	return "delivered on Tuesday", nil
}
