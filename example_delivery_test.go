package traceroot_test

import (
	"context"
	"fmt"
	"time"

	"github.com/traceroot-ai/traceroot-go"
)

func ExampleClient_Flush() {
	client, done := printing(nil)
	ctx := client.Context(context.Background())

	// A serverless platform may freeze the process as soon as the handler returns: what has not left by then waits for the
	// next invocation, or for nothing.
	handler := func(ctx context.Context, name string) error {
		defer func() { _ = client.Flush(ctx) }()
		return traceroot.Run(ctx, name, work)
	}
	for _, name := range []string{"first", "second"} {
		if err := handler(ctx, name); err != nil {
			fmt.Println(err)
		}
		fmt.Println(client.Stats().Exported, "sent")
	}
	done()
	// Output:
	// 1 sent
	// 2 sent
	// first
	// second
}

func ExampleClient_Shutdown() {
	client, done := printing(nil)
	// log.Fatal and os.Exit skip deferred calls: let main call them, after a function like this one has returned.
	run := func(ctx context.Context) error {
		defer func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			if err := client.Shutdown(ctx); err != nil {
				fmt.Println(err)
			}
		}()
		return traceroot.Run(client.Context(ctx), "import", work)
	}
	if err := run(context.Background()); err != nil {
		fmt.Println(err)
	}
	done()
	// Output: import
}
