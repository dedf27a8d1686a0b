package app

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

const (
	tailInterval = 500 * time.Millisecond
	tailWindow   = 200 // so many of the newest traces are watched
)

func newTracesTail(server *connection) *cobra.Command {
	var (
		tail   tail
		lines  rows = 10
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "tail",
		Short: "Follow traces as they appear",
		Long: `Follow traces as they appear: a row when one is new, and one more when it ends.

It goes on until Ctrl-C. The server has to run: traceroot dev starts one.`,
		Example: `  traceroot traces tail
  traceroot traces tail --failed --json | jq -r .trace_url`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.Var(&lines, "lines", "begin with so many that are there")
	flags.StringVar(&tail.query.Name, "name", "", "part of the name")
	flags.StringVar(&tail.query.User, "user", "", "user id")
	flags.BoolVar(&tail.query.Failed, "failed", false, "with an error in some span")
	flags.BoolVar(&asJSON, "json", false, "print a line of JSON for each row, in the form of the REST API")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		running := *server
		running.needsRunning = true
		return running.act(func(cmd *cobra.Command, server *client.Client, _ []string) error {
			tail.lines = int(lines)
			tail.print = tailTable(cmd.OutOrStdout())
			if asJSON {
				tail.print = tailJSON(cmd.OutOrStdout())
			}
			return tail.follow(cmd.Context(), server)
		})(cmd, args)
	}
	return cmd
}

// tail prints each trace twice: when it appears and when it has ended. One that has ended when it appears is printed once.
type tail struct {
	query client.TraceQuery
	lines int
	print func([]client.Reply[client.TraceRow]) error

	seen map[string]bool // by trace id: whether it has ended
}

// follow ends well when ctx does: there is no other end.
func (t *tail) follow(ctx context.Context, server *client.Client) error {
	t.query.Limit = tailWindow
	tick := time.NewTicker(tailInterval)
	defer tick.Stop()
	for {
		found, err := server.Traces(ctx, t.query)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if news := t.news(found); len(news) > 0 {
			if err := t.print(news); err != nil {
				return err
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// news are the rows to print, oldest first. What fell out of the window is forgotten.
func (t *tail) news(found []client.Reply[client.TraceRow]) []client.Reply[client.TraceRow] {
	first := t.seen == nil
	before := t.seen
	t.seen = map[string]bool{}
	var news []client.Reply[client.TraceRow]
	for _, row := range found {
		finished := row.Value.DurationMS != nil
		was, known := before[row.Value.TraceID]
		t.seen[row.Value.TraceID] = finished || was
		if !known || finished && !was {
			news = append(news, row)
		}
	}
	if first {
		news = news[:min(t.lines, len(news))]
	}
	slices.Reverse(news)
	return news
}

// tailTable has columns that do for the rows to come, too.
func tailTable(w io.Writer) func([]client.Reply[client.TraceRow]) error {
	fields := slices.Insert(traceFields(), 0, field[client.TraceRow]{
		term.Column{Title: "STARTED", Least: len(time.TimeOnly)},
		func(t client.TraceRow) term.Cell {
			return term.Cell{Text: t.Start.Local().Format(time.TimeOnly), Tone: term.Quiet}
		},
	})
	least := map[string]int{"NAME": 24, "TOOK": len("12 m 34 s"), "ERRORS": 6, "SPANS": 5, "TOKENS": 9, "COST": 8}
	for i, field := range fields {
		fields[i].Least = max(field.Least, least[field.Title])
	}
	return newListing(w, fields...).print
}

func tailJSON(w io.Writer) func([]client.Reply[client.TraceRow]) error {
	return func(found []client.Reply[client.TraceRow]) error {
		for _, row := range found {
			if err := printLine(w, row); err != nil {
				return err
			}
		}
		return nil
	}
}
