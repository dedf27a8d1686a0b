package app

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

func newTracesImport(server *connection) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Take in lines of OTLP JSON",
		Long: `Take in lines of OTLP JSON, each a request as exporters send it, compressed by gzip or not: what
traceroot traces export writes, and what the file exporter of OpenTelemetry's collector does.

Importing a file again changes nothing. With - it is read from standard input.`,
		Example: `  traceroot traces import traces.jsonl.gz
  traceroot traces export --url http://old:4318 | traceroot traces import - --url http://new:4318`,
		Args: cobra.ExactArgs(1),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print what became of it as JSON")
	cmd.RunE = server.act(func(cmd *cobra.Command, server *client.Client, args []string) error {
		file, size, err := openInput(args[0], cmd.InOrStdin())
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }() // it was only read
		bar := startProgress(cmd.ErrOrStderr(), "import", size)
		taken, err := server.Import(cmd.Context(), io.TeeReader(file, bar))
		bar.end()
		if err != nil {
			return fmt.Errorf("after %s: %w", term.Plural(taken.Spans, "span"), err)
		}
		return reportImport(cmd, taken, asJSON)
	})
	return cmd
}

// openInput tells no size for what has none.
func openInput(name string, stdin io.Reader) (input io.ReadCloser, size int64, err error) {
	if name == "-" {
		return io.NopCloser(stdin), 0, nil
	}
	file, err := os.Open(name) //nolint:gosec // the file that the user named
	if err != nil {
		return nil, 0, err
	}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		size = info.Size()
	}
	return file, size, nil
}

func reportImport(cmd *cobra.Command, taken client.Imported, asJSON bool) error {
	if asJSON {
		if err := printJSON(cmd.OutOrStdout(), taken); err != nil {
			return err
		}
	} else {
		cmd.PrintErrf("%s imported\n", term.Plural(taken.Spans, "span"))
	}
	if taken.Rejected == 0 && len(taken.Errors) == 0 {
		return nil
	}
	return fmt.Errorf("%s refused: %s", term.Plural(taken.Rejected, "span"), strings.Join(taken.Errors, "; "))
}
