package app

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

func newSessions() *cobra.Command {
	var server connection
	cmd := newGroup("sessions", "List and show sessions")
	server.flags(cmd)
	cmd.AddCommand(newSessionsList(&server), newSessionsGet(&server))
	return cmd
}

func newSessionsList(server *connection) *cobra.Command {
	var (
		query  client.SessionQuery
		window window
		limit  rows = 50
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List sessions, latest first",
		Example: `  traceroot sessions list --since 7d`,
		Args:    cobra.NoArgs,
	}
	window.flags(cmd)
	flags := cmd.Flags()
	flags.Var(&limit, "limit", "list at most so many, up to 200")
	flags.StringVar(&query.Search, "search", "", "part of the session id")
	flags.BoolVar(&asJSON, "json", false, "print the rows as JSON, in the form of the REST API")
	cmd.RunE = server.act(func(cmd *cobra.Command, server *client.Client, _ []string) error {
		now := time.Now()
		query.From, query.To, query.Limit = window.start(now), window.to.Time, int(limit)
		found, err := server.Sessions(cmd.Context(), query)
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(cmd.OutOrStdout(), append([]client.Reply[client.Session]{}, found...))
		}
		if len(found) == 0 {
			cmd.PrintErrln("no sessions")
			return nil
		}
		return newListing(cmd.OutOrStdout(), sessionFields(now)...).print(found)
	})
	return cmd
}

func sessionFields(now time.Time) []field[client.Session] {
	return []field[client.Session]{
		{term.Column{Title: "AGE", Right: true}, func(s client.Session) term.Cell { return ageCell(now, s.Last.Time) }},
		{term.Column{Title: "TRACES", Right: true, Rank: 1}, func(s client.Session) term.Cell { return countCell(int64(s.TraceCount), term.Plain) }},
		{term.Column{Title: "TOOK", Right: true, Rank: 2}, func(s client.Session) term.Cell { return tookCell(s.DurationMS) }},
		{term.Column{Title: "TOKENS", Right: true, Rank: 3}, func(s client.Session) term.Cell {
			return countCell(s.InputTokens+s.OutputTokens, term.Plain)
		}},
		{term.Column{Title: "COST", Right: true, Rank: 4}, sessionCost},
		{term.Column{Title: "USER", Cut: true, Rank: 5}, func(s client.Session) term.Cell { return usersCell(s.Users) }},
		{term.Column{Title: "SESSION"}, func(s client.Session) term.Cell { return text(s.ID) }},
	}
}

func sessionCost(s client.Session) term.Cell {
	if s.Cost == nil {
		return term.Cell{}
	}
	return costCell(*s.Cost)
}

// usersCell names one user, and how many there are besides.
func usersCell(users []string) term.Cell {
	if len(users) == 0 {
		return term.Cell{}
	}
	if others := len(users) - 1; others > 0 {
		return text(users[0] + " +" + term.Count(int64(others)))
	}
	return text(users[0])
}
