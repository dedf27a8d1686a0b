// Support-agent answers a customer of an outdoor shop: a model plans, two tools run side by side, one of them fails once
// and is asked again, and the answer is streamed. It is the agent of "traceroot demo" on OpenAI's official client, to be
// copied; the shop behind its tools is made up.
//
//	OPENAI_API_KEY=… TRACEROOT_API_KEY=… go run ./examples/support-agent
//	OPENAI_BASE_URL=http://localhost:11434/v1 go run ./examples/support-agent -model qwen3
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/traceroot-ai/traceroot-go"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "support-agent:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("support-agent", flag.ContinueOnError)
	model := flags.String("model", "gpt-4.1-mini", "the model to ask")
	question := flags.String("question", "Where is order 60418? And do you have another RD-7150?", "the customer's question")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if os.Getenv("OPENAI_API_KEY") == "" && os.Getenv("OPENAI_BASE_URL") == "" {
		return errors.New("there is no model to ask; set OPENAI_API_KEY, or OPENAI_BASE_URL for a compatible server")
	}

	traceroot.Initialize()
	defer func() {
		// Spans of an interrupted run are worth sending, too.
		err = errors.Join(err, traceroot.Shutdown(context.WithoutCancel(ctx)))
	}()

	t := ticket{customer: "customer-2187", conversation: "chat-90531", question: *question}
	if _, err := newAgent(*model).answer(ctx, t, out); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out)
	return err
}
