package app

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

func newTracesSearch(server *connection) *cobra.Command {
	var (
		query  client.Search
		window window
		limit  rows = 50
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "search QUERY",
		Short: "Find traces by what they say, used, took and cost",
		Long: `Find traces by a query, newest first.

Words are searched in what went in and came out, also as "a phrase" or the begin* of a word. The other
conditions have the form key:value, or -key:value for all but those:
  status:failed  agent:support  tool:get_order  model:gpt-4.1  user:ann  session:chat-7  tag:demo
  env:production  service:shop  version:1.2  attr.http.method:GET
  cost:>0.10  tokens:>=5k  latency:>10s  ttft:<500ms  errors:1..5  spans:>100
A query that begins with - stands behind --.`,
		Example: `  traceroot traces search 'refund status:failed' --since 7d
  traceroot traces search 'cost:>0.50 -user:ann' --sort -cost`,
		Args: cobra.MinimumNArgs(1),
	}
	window.flags(cmd)
	flags := cmd.Flags()
	flags.Var(&limit, "limit", "find at most so many")
	flags.StringVar(&query.Sort, "sort", "", "start, latency, ttft, cost, tokens, errors or spans; - before it for the largest first")
	flags.BoolVar(&asJSON, "json", false, "print the rows as JSON")
	cmd.RunE = server.act(func(cmd *cobra.Command, server *client.Client, args []string) error {
		query.Query, query.Limit = strings.Join(args, " "), int(limit)
		query.From, query.To = window.start(time.Now()), window.to.Time
		found, err := server.Search(cmd.Context(), query)
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(cmd.OutOrStdout(), append([]client.Reply[client.FoundTrace]{}, found...))
		}
		if len(found) == 0 {
			cmd.PrintErrln("no traces")
			return nil
		}
		return newListing(cmd.OutOrStdout(), foundFields(time.Now())...).print(found)
	})
	return cmd
}

func foundFields(now time.Time) []field[client.FoundTrace] {
	return []field[client.FoundTrace]{
		{term.Column{Title: "AGE", Right: true}, func(t client.FoundTrace) term.Cell { return ageCell(now, t.Start.Time) }},
		{term.Column{Title: "NAME", Cut: true}, func(t client.FoundTrace) term.Cell { return text(t.Name) }},
		{term.Column{Title: "STATUS", Rank: 1}, func(t client.FoundTrace) term.Cell { return statusCell(t.Status) }},
		{term.Column{Title: "TOOK", Right: true, Rank: 2}, func(t client.FoundTrace) term.Cell { return tookCell(t.DurationMS) }},
		{term.Column{Title: "TOKENS", Right: true, Rank: 4}, func(t client.FoundTrace) term.Cell {
			return marked("~", t.Estimated, countCell(t.InputTokens+t.OutputTokens, term.Plain))
		}},
		{term.Column{Title: "COST", Right: true, Rank: 5}, func(t client.FoundTrace) term.Cell {
			return marked("≥ ", t.Partial, costCell(t.Cost))
		}},
		{term.Column{Title: "OUTCOME", Cut: true, Rank: 3}, func(t client.FoundTrace) term.Cell { return text(t.Outcome) }},
		{term.Column{Title: "ID"}, func(t client.FoundTrace) term.Cell { return text(t.TraceID) }},
	}
}

func statusCell(status string) term.Cell {
	cell := text(status)
	switch status {
	case "failed":
		cell.Tone = term.Bad
	case "running":
		cell.Tone = term.Live
	}
	return cell
}

// marked puts a sign before what is no exact number.
func marked(sign string, inexact bool, cell term.Cell) term.Cell {
	if inexact && cell.Text != "" {
		cell.Text = sign + cell.Text
	}
	return cell
}
