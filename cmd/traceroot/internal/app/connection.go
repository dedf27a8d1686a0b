package app

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
)

// connection is the server that a command was asked to speak to.
type connection struct {
	url, key, project, data string

	needsRunning bool     // a server that was started for the command alone would be of no use
	addresses    []string // where one may be started; none: at any free port
}

// flags are the same for all commands that need a server. On a command with commands below it, they are those of all.
func (c *connection) flags(cmd *cobra.Command) {
	flags := cmd.PersistentFlags()
	flags.StringVar(&c.url, "url", os.Getenv("TRACEROOT_SERVER_URL"), "address of the server, instead of the one on the data folder ($TRACEROOT_SERVER_URL)")
	flags.StringVar(&c.key, "key", "", "key for that server ($TRACEROOT_API_KEY where --url is given)")
	flags.StringVar(&c.project, "project", "", "project, where the server is found by its data folder and has several")
	flags.StringVar(&c.data, "data", dataFolder(os.Getenv), "data folder of the server ($TRACEROOT_SERVER_DATA)")
	for _, name := range []string{"url", "data"} {
		flags.Lookup(name).DefValue = "" // what is on one machine is no fact of the help
	}
}

// act makes the part of a command that acts on a server.
func (c *connection) act(run func(cmd *cobra.Command, server *client.Client, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if err := c.with(cmd, func(server *client.Client) error { return run(cmd, server, args) }); err != nil {
			return &failure{err}
		}
		return nil
	}
}

func (c *connection) with(cmd *cobra.Command, run func(*client.Client) error) error {
	server, err := client.Connect(cmd.Context(), c.config(cmd.ErrOrStderr()))
	if err == nil {
		defer server.Close()
		err = run(server)
	}
	if _, ok := errors.AsType[exitError](err); ok {
		return err
	}
	if err != nil && cmd.Context().Err() != nil {
		return ended(cmd.Context())
	}
	return advised(err)
}

// config gives a server of another address the key in the environment. The one on the data folder is opened by the token
// in there: the key in the environment may be another host's.
func (c *connection) config(stderr io.Writer) client.Config {
	config := client.Config{
		URL: c.url, Key: c.key, Project: c.project, Data: c.data,
		Running: runningServer, Start: starter(stderr, append(slices.Clone(c.addresses), anyPort)...),
	}
	if c.url != "" && c.key == "" {
		config.Key = os.Getenv("TRACEROOT_API_KEY")
	}
	if c.needsRunning {
		config.Start = nil
	}
	return config
}

// advised adds what to do next, where that is known.
func advised(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, client.ErrNoServer) {
		return advice(err, "start one with traceroot dev, or name another with --url")
	}
	if refused, ok := errors.AsType[*client.StatusError](err); ok && refused.Status == http.StatusUnauthorized {
		return advice(err, "name a key with --key or TRACEROOT_API_KEY; traceroot keys create makes one")
	}
	if _, ok := errors.AsType[*client.UnreachableError](err); ok && !errors.Is(err, context.DeadlineExceeded) {
		return advice(err, "is the address right, and does a server run there?")
	}
	return err
}

// advisedError is an error and what to do about it.
type advisedError struct {
	error

	fix string
}

func advice(err error, fix string) error { return &advisedError{err, fix} }

// Error appends the advice.
func (e *advisedError) Error() string { return e.error.Error() + "; " + e.fix }

// Unwrap returns the error without it.
func (e *advisedError) Unwrap() error { return e.error }

// printJSON writes a value as people and programs read it.
func printJSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

// printLine writes a value on one line, for what comes piece by piece.
func printLine(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(value)
}
