package app

import (
	"bufio"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

func newTracesDelete(server *connection) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "delete ID...",
		Short: "Delete traces, with all that only they hold",
		Long: `Delete traces, with all that only they hold. They cannot be brought back.

With - the ids are read from standard input.`,
		Example: `  traceroot traces delete 7f3a9c41d2e85b06aabbccddeeff0011
  traceroot traces search 'tag:test' --json | jq -r .[].id | traceroot traces delete -`,
		Args: cobra.MinimumNArgs(1),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print how many were deleted as JSON")
	cmd.RunE = server.act(func(cmd *cobra.Command, server *client.Client, args []string) error {
		ids, err := idsIn(args, cmd.InOrStdin())
		if err != nil {
			return err
		}
		deleted, err := server.Delete(cmd.Context(), ids)
		if err != nil {
			return err
		}
		if asJSON {
			err = printJSON(cmd.OutOrStdout(), map[string]int{"deleted": deleted})
		} else {
			cmd.PrintErrf("%s deleted\n", term.Plural(deleted, "trace"))
		}
		if missing := len(ids) - deleted; missing > 0 && err == nil {
			return fmt.Errorf("%s of %d not found", term.Plural(missing, "trace"), len(ids))
		}
		return err
	})
	return cmd
}

// idsIn are the arguments, or the words of stdin when the only argument is a dash.
func idsIn(args []string, stdin io.Reader) ([]string, error) {
	if len(args) != 1 || args[0] != "-" {
		return args, nil
	}
	var ids []string
	words := bufio.NewScanner(stdin)
	words.Split(bufio.ScanWords)
	for words.Scan() {
		ids = append(ids, words.Text())
	}
	if err := words.Err(); err != nil {
		return nil, fmt.Errorf("read ids: %w", err)
	}
	return ids, nil
}
