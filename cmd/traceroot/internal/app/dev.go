package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
)

// closeTime is how long a server may take to finish what it has begun.
const closeTime = 15 * time.Second

func newDev() *cobra.Command {
	var (
		flags serverFlags
		open  bool
	)
	cmd := &cobra.Command{
		Use:   "dev",
		Short: "Run a server for this machine: no account, no key",
		Long: `Run a server for the programs on this machine, which need no key, until Ctrl-C.

It listens on loopback addresses alone and keeps what it receives in its data folder.`,
		Example: `  traceroot dev --open
  traceroot dev --retain 7d`,
		Args: cobra.NoArgs,
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&open, "open", false, "open the browser")
	cmd.Flags().BoolVar(&flags.config.UIDev, "ui-dev", false, "serve the pages from their sources in this checkout, and reload them on change")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		config, err := flags.ready(cmd)
		if err != nil {
			return err
		}
		config.Sources = repositoryRoot(os.Getwd)
		if url, ok := answering(cmd.Context(), config.Addr); ok {
			fmt.Fprintf(cmd.OutOrStdout(), "A traceroot server already answers at %s\n", url)
			return openedIf(cmd.Context(), open, url)
		}
		return actOn(serveUntilDone(cmd.Context(), config, func(s *server.Server) error {
			greet(cmd.OutOrStdout(), s)
			return openedIf(cmd.Context(), open, s.URL())
		}))
	}
	return cmd
}

// actOn makes an error one of a command that was understood.
func actOn(err error) error {
	if err == nil {
		return nil
	}
	return &failure{err}
}

// serveUntilDone serves until ctx is done, which is no error.
func serveUntilDone(ctx context.Context, config server.Config, started func(*server.Server) error) error {
	boundMemory()
	s, err := server.Start(ctx, config)
	if err != nil {
		return err
	}
	failure := started(s)
	if failure == nil {
		failed := make(chan error, 1)
		go func() { failed <- s.Wait() }() // ends with the server
		select {
		case <-ctx.Done():
		case failure = <-failed:
		}
	}
	closing, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), closeTime, errors.New("requests took too long to finish"))
	defer cancel()
	return errors.Join(failure, s.Close(closing))
}

// greet says where the server is, and what a program needs to send there.
func greet(w io.Writer, s *server.Server) {
	fmt.Fprintf(w, "TraceRoot  %s\n\n", s.URL())
	fmt.Fprintf(w, "  export TRACEROOT_HOST_URL=%s\n  export TRACEROOT_API_KEY=dev\n\n", s.URL())
	if grpc := s.GRPCURL(); grpc != "" {
		fmt.Fprintf(w, "OpenTelemetry exporters: %s over HTTP, %s over gRPC.\n", s.URL(), grpc)
	}
}

// repositoryRoot is the folder above the working directory that holds a repository: what a span's source file is relative
// to. It is empty where there is none.
func repositoryRoot(getwd func() (string, error)) string {
	folder, err := getwd()
	if err != nil {
		return ""
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, ".git")); err == nil {
			return folder
		}
		above := filepath.Dir(folder)
		if above == folder {
			return ""
		}
		folder = above
	}
}
