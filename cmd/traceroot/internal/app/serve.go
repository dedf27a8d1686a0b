package app

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
)

func newServe() *cobra.Command {
	var flags serverFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run a server for a team: every request needs a key",
		Long: `Run a server that asks for a key, until Ctrl-C or SIGTERM.

Make keys beside it with traceroot keys create. It listens on any address that you give it; without TLS of its own it
belongs behind a proxy that has it.`,
		Example: `  traceroot serve --addr 0.0.0.0:4318 --tls-cert cert.pem --tls-key key.pem --retain 30d
  traceroot keys create --project shop --scope ingest --name agents`,
		Args: cobra.NoArgs,
	}
	flags.add(cmd)
	flags.config.Keys = true
	cmd.Flags().StringVar(&flags.config.PublicURL, "public-url", "", "where people reach the server, for links")
	cmd.Flags().StringVar(&flags.config.TLSCert, "tls-cert", "", "file with the certificate, and those above it, in PEM")
	cmd.Flags().StringVar(&flags.config.TLSKey, "tls-key", "", "file with the certificate's key in PEM")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		config, err := flags.ready(cmd)
		if err != nil {
			return err
		}
		return actOn(serveUntilDone(cmd.Context(), config, func(s *server.Server) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "TraceRoot  %s\n", s.URL())
			return err
		}))
	}
	return cmd
}
