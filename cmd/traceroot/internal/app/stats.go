package app

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

func newStats() *cobra.Command {
	var (
		server connection
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:     "stats",
		Short:   "Say what the server is and how much it holds",
		Example: `  traceroot stats --json | jq .bytes`,
		Args:    cobra.NoArgs,
	}
	server.flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	cmd.RunE = server.act(func(cmd *cobra.Command, server *client.Client, _ []string) error {
		stats, err := server.Stats(cmd.Context())
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(cmd.OutOrStdout(), stats)
		}
		return printFacts(cmd.OutOrStdout(), statsFacts(stats.Value, server.Temporary(), time.Now()))
	})
	return cmd
}

func statsFacts(s client.Stats, temporary bool, now time.Time) []fact {
	facts := []fact{
		{"data", s.Data},
		{"on disk", term.Bytes(s.Bytes)},
		{"projects", term.Count(s.Projects)},
		{"traces", term.Count(s.Traces)},
		{"spans", term.Count(s.Spans)},
		{"texts", term.Count(s.Texts) + " distinct"},
	}
	if s.Oldest != nil {
		facts = append(facts, fact{"oldest", term.Age(now.Sub(*s.Oldest)) + " ago"})
	}
	if temporary {
		return append(facts, fact{"server", "none runs"})
	}
	return append(facts,
		fact{"server", s.URL},
		fact{"version", s.Version},
		fact{"started", term.Age(now.Sub(s.Started)) + " ago"},
	)
}
