package app

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

func newBackup() *cobra.Command {
	var (
		server connection
		force  bool
	)
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the database while the server runs",
		Long: `Copy the whole database, with the traces of all projects and the hashes of all keys, as it is at one
moment. The server goes on meanwhile. To restore it, stop the server and put the file in the place of
traces.db in the data folder.`,
		Example: `  traceroot backup /var/backups/traceroot-$(date +%F).db`,
		Args:    cobra.ExactArgs(1),
	}
	server.flags(cmd)
	cmd.Flags().BoolVar(&force, "force", false, "replace a file that is there")
	cmd.RunE = server.act(func(cmd *cobra.Command, server *client.Client, args []string) error {
		bar := startProgress(cmd.ErrOrStderr(), "backup", 0)
		defer bar.end()
		err := writeFile(args[0], force, func(w io.Writer) error {
			return server.Backup(cmd.Context(), io.MultiWriter(w, bar))
		})
		if err != nil {
			return err
		}
		bar.end()
		cmd.PrintErrf("%s written, %s\n", args[0], term.Bytes(bar.done))
		return nil
	})
	return cmd
}
