package app

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

func newTracesExport(server *connection) *cobra.Command {
	var (
		query, output string
		force         bool
	)
	cmd := &cobra.Command{
		Use:   "export [ID...]",
		Short: "Write traces as lines of OTLP JSON",
		Long: `Write traces as lines of OTLP JSON: those with the ids, those that a query finds, or all of the project.

Every OpenTelemetry collector reads that form, and traceroot traces import does.`,
		Example: `  traceroot traces export -o traces.jsonl.gz
  traceroot traces export --query 'status:failed' | jq .resourceSpans[].scopeSpans[].spans[].name`,
	}
	flags := cmd.Flags()
	flags.StringVarP(&output, "output", "o", "", "file to write, compressed where its name ends in .gz; standard output without it")
	flags.StringVarP(&query, "query", "q", "", "export what traces search finds")
	flags.BoolVar(&force, "force", false, "replace a file that is there")
	cmd.RunE = server.act(func(cmd *cobra.Command, server *client.Client, ids []string) error {
		bar := startProgress(cmd.ErrOrStderr(), "export", 0)
		defer bar.end()
		write := func(w io.Writer) error {
			return server.Export(cmd.Context(), ids, query, io.MultiWriter(w, bar))
		}
		if output == "" {
			return write(cmd.OutOrStdout())
		}
		if err := writeFile(output, force, write); err != nil {
			return err
		}
		bar.end()
		cmd.PrintErrf("%s written, %s\n", output, term.Bytes(bar.done))
		return nil
	})
	return cmd
}
