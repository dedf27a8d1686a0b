package app

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

func newSessionsGet(server *connection) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "get ID",
		Short:   "Show a session with its traces, oldest first",
		Example: `  traceroot sessions get chat-90531`,
		Args:    cobra.ExactArgs(1),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the session as JSON, in the form of the REST API")
	cmd.RunE = server.act(func(cmd *cobra.Command, server *client.Client, args []string) error {
		found, err := server.Session(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(cmd.OutOrStdout(), found)
		}
		return printSession(cmd, found.Value)
	})
	return cmd
}

func printSession(cmd *cobra.Command, s client.Session) error {
	facts := []fact{
		{"session", s.ID},
		{"users", strings.Join(s.Users, ", ")},
		{"took", tookCell(s.DurationMS).Text},
		{"tokens", term.Count(s.InputTokens) + " in, " + term.Count(s.OutputTokens) + " out"},
		{"cost", sessionCost(s).Text},
	}
	w := cmd.OutOrStdout()
	if err := printFacts(w, facts); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(w); err != nil {
		return err
	}
	turns := make([]client.Reply[client.SessionTrace], len(s.Traces))
	for i, t := range s.Traces {
		turns[i].Value = t
	}
	return newListing(w, turnFields()...).print(turns)
}

func turnFields() []field[client.SessionTrace] {
	return []field[client.SessionTrace]{
		{term.Column{Title: "STARTED"}, func(t client.SessionTrace) term.Cell {
			return term.Cell{Text: t.Start.Local().Format("01-02 15:04:05"), Tone: term.Quiet}
		}},
		{term.Column{Title: "TOOK", Right: true, Rank: 1}, func(t client.SessionTrace) term.Cell { return tookCell(t.DurationMS) }},
		{term.Column{Title: "STATUS", Rank: 1}, func(t client.SessionTrace) term.Cell {
			if t.Status == "error" {
				return term.Cell{Text: t.Status, Tone: term.Bad}
			}
			return text(t.Status)
		}},
		{term.Column{Title: "NAME", Cut: true, Rank: 2}, func(t client.SessionTrace) term.Cell { return text(t.Name) }},
		{term.Column{Title: "INPUT", Cut: true, Rank: 3}, func(t client.SessionTrace) term.Cell { return text(t.Input) }},
		{term.Column{Title: "ID"}, func(t client.SessionTrace) term.Cell { return text(t.TraceID) }},
	}
}
