// Package app is the command line: it reads what was asked for, puts the other rooms together, and says how it went. It is
// the only package that knows them all, and knows little else.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go"
)

// Exit statuses.
const (
	done = iota
	failed
	misused
)

// Main runs the command that args name, without the program's own name, and returns the exit status: 0 done, 1 failed,
// 2 misused. Results go to stdout, everything else to stderr. When ctx is cancelled, the command ends early and fails.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return done
	}
	if ended, ok := errors.AsType[exitError](err); ok {
		return int(ended)
	}
	if failure, ok := errors.AsType[*failure](err); ok {
		fmt.Fprintf(stderr, "traceroot: %v\n", failure)
		return failed
	}
	fmt.Fprintf(stderr, "traceroot: %v; see traceroot help\n", err)
	return misused
}

// failure is the error of a command that was understood. What cobra finds wrong by itself is none: that is misuse.
type failure struct{ error }

// Unwrap returns what went wrong.
func (f *failure) Unwrap() error { return f.error }

// act makes the part of a command that acts.
func act(run func(cmd *cobra.Command) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) error {
		if err := run(cmd); err != nil {
			return &failure{err}
		}
		return nil
	}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "traceroot",
		Short:         "See what your agents do",
		Long:          "traceroot shows what agents do: each model call, tool call, prompt and token, and the line of code behind it.",
		Version:       traceroot.Version,
		Args:          cobra.ArbitraryArgs, // those that name no command
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknown(cmd, args[0])
			}
			return cmd.Help()
		},

		DisableFlagsInUseLine:      true,
		SuggestionsMinimumDistance: 2,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetHelpCommand(newHelp())
	root.AddCommand(
		newDev(), newServe(), newDemo(), newRun(),
		newTraces(), newSessions(), newStats(),
		newKeys(), newBackup(), newDoctor(),
		newVersion(),
	)
	return root
}

// newHelp replaces cobra's, which succeeds for commands that do not exist.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Explain a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknown(cmd.Root(), args[len(args)-1])
			}
			return about.Help()
		},
	}
}

func unknown(root *cobra.Command, name string) error {
	if similar := root.SuggestionsFor(name); len(similar) > 0 {
		return fmt.Errorf("unknown command %q, did you mean %s", name, strings.Join(similar, " or "))
	}
	return fmt.Errorf("unknown command %q", name)
}
