// Many-providers is one agent on five clients: OpenAI's, Anthropic's and Google's official ones, langchaingo, and a tool
// behind an MCP server. All that they say to one another is one trace, which it prints.
//
//	go run ./examples/many-providers
//	OPENAI_API_KEY=… ANTHROPIC_API_KEY=… GEMINI_API_KEY=… go run ./examples/many-providers -live
//
// Without -live the models are scripted, on this machine. With TRACEROOT_API_KEY set the trace is also sent.
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
	_ "github.com/traceroot-ai/traceroot-go/integrations/tracelangchaingo" // for traceroot.LangChain
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "many-providers:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("many-providers", flag.ContinueOnError)
	live := flags.Bool("live", false, "ask the real models, with the keys of OPENAI_API_KEY, ANTHROPIC_API_KEY and GEMINI_API_KEY")
	question := flags.String("question", "Two days in Oslo: what should I do?", "what to ask")
	if err := flags.Parse(args); err != nil {
		return err
	}

	trace := new(printedTrace)
	traceroot.Initialize(traceroot.WithSpanProcessor(trace), traceroot.WithIntegrations(traceroot.LangChain))
	defer func() { err = errors.Join(err, traceroot.Shutdown(context.WithoutCancel(ctx))) }()

	reach := scripted()
	if *live {
		reach, err = providers()
		if err != nil {
			return err
		}
	}
	defer reach.close()

	planner, err := newPlanner(ctx, reach)
	if err != nil {
		return err
	}
	defer planner.close()
	answer, err := planner.plan(ctx, *question)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "%s\n\n", answer); err != nil {
		return err
	}
	return trace.print(out)
}
