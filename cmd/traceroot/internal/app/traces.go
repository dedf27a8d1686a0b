package app

import (
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

func newTraces() *cobra.Command {
	var server connection
	cmd := newGroup("traces", "List, show, search, follow and move traces")
	server.flags(cmd)
	cmd.AddCommand(
		newTracesList(&server),
		newTracesGet(&server),
		newTracesTail(&server),
		newTracesSearch(&server),
		newTracesExport(&server),
		newTracesImport(&server),
		newTracesDelete(&server),
	)
	return cmd
}

// newGroup makes a command that is only the beginning of others.
func newGroup(name, short string) *cobra.Command {
	return &cobra.Command{
		Use:   name,
		Short: short,
		Args:  cobra.ArbitraryArgs, // those that name no command
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknown(cmd, args[0])
			}
			return cmd.Help()
		},

		SuggestionsMinimumDistance: 2,
	}
}

func newTracesList(server *connection) *cobra.Command {
	var (
		query  client.TraceQuery
		window window
		limit  rows = 50
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List traces, newest first",
		Example: `  traceroot traces list --since 24h --failed
  traceroot traces list --user customer-2187 --limit 10 --json`,
		Args: cobra.NoArgs,
	}
	window.flags(cmd)
	flags := cmd.Flags()
	flags.Var(&limit, "limit", "list at most so many")
	flags.StringVar(&query.Name, "name", "", "part of the name")
	flags.StringVar(&query.User, "user", "", "user id")
	flags.StringVar(&query.Session, "session", "", "session id")
	flags.StringSliceVar(&query.Models, "model", nil, "model that some call asked, or several of them")
	flags.StringSliceVar(&query.Environs, "environment", nil, "environment, or several of them")
	flags.BoolVar(&query.Failed, "failed", false, "with an error in some span")
	flags.BoolVar(&asJSON, "json", false, "print the rows as JSON, in the form of the REST API")
	cmd.RunE = server.act(func(cmd *cobra.Command, server *client.Client, _ []string) error {
		query.From, query.To, query.Limit = window.start(time.Now()), window.to.Time, int(limit)
		found, err := server.Traces(cmd.Context(), query)
		if err != nil {
			return err
		}
		return printTraces(cmd, found, asJSON)
	})
	return cmd
}

func printTraces(cmd *cobra.Command, found []client.Reply[client.TraceRow], asJSON bool) error {
	if asJSON {
		return printJSON(cmd.OutOrStdout(), append([]client.Reply[client.TraceRow]{}, found...))
	}
	if len(found) == 0 {
		cmd.PrintErrln("no traces")
		return nil
	}
	now := time.Now()
	age := field[client.TraceRow]{
		term.Column{Title: "AGE", Right: true},
		func(t client.TraceRow) term.Cell { return ageCell(now, t.Start.Time) },
	}
	user := field[client.TraceRow]{
		term.Column{Title: "USER", Cut: true, Rank: 7},
		func(t client.TraceRow) term.Cell { return text(t.UserID) },
	}
	session := field[client.TraceRow]{
		term.Column{Title: "SESSION", Cut: true, Rank: 6},
		func(t client.TraceRow) term.Cell { return text(t.SessionID) },
	}
	fields := slices.Insert(traceFields(), len(traceFields())-1, user, session)
	return newListing(cmd.OutOrStdout(), slices.Insert(fields, 0, age)...).print(found)
}

// traceFields are the columns of every list of traces.
func traceFields() []field[client.TraceRow] {
	return []field[client.TraceRow]{
		{term.Column{Title: "NAME", Cut: true}, func(t client.TraceRow) term.Cell { return text(t.Name) }},
		{term.Column{Title: "TOOK", Right: true, Rank: 1}, func(t client.TraceRow) term.Cell { return tookCell(t.DurationMS) }},
		{term.Column{Title: "ERRORS", Right: true, Rank: 2}, func(t client.TraceRow) term.Cell { return countCell(int64(t.Errors), term.Bad) }},
		{term.Column{Title: "SPANS", Right: true, Rank: 3}, func(t client.TraceRow) term.Cell { return countCell(int64(t.Spans), term.Plain) }},
		{term.Column{Title: "TOKENS", Right: true, Rank: 4}, func(t client.TraceRow) term.Cell {
			return countCell(t.InputTokens+t.OutputTokens, term.Plain)
		}},
		{term.Column{Title: "COST", Right: true, Rank: 5}, func(t client.TraceRow) term.Cell { return costCell(t.Cost) }},
		{term.Column{Title: "ID"}, func(t client.TraceRow) term.Cell { return text(t.TraceID) }},
	}
}
