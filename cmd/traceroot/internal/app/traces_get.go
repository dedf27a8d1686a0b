package app

import (
	"math"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

func newTracesGet(server *connection) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "get ID",
		Short: "Show a trace as the tree of its spans",
		Example: `  traceroot traces get 7f3a9c41d2e85b06aabbccddeeff0011
  traceroot traces get 7f3a9c41d2e85b06aabbccddeeff0011 --json | jq .spans[].name`,
		Args: cobra.ExactArgs(1),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the trace as JSON, in the form of the REST API")
	cmd.RunE = server.act(func(cmd *cobra.Command, server *client.Client, args []string) error {
		found, err := server.Trace(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(cmd.OutOrStdout(), found)
		}
		trace, spans := stored(found.Value)
		options := screen(cmd.OutOrStdout(), os.Getenv)
		options.Now = time.Now()
		return term.WriteTrace(cmd.OutOrStdout(), trace, spans, options)
	})
	return cmd
}

// stored is a trace in the types in which it is drawn.
func stored(t client.Trace) (store.Trace, []store.Span) {
	trace := store.Trace{
		TraceID: t.TraceID, Name: t.Name, Start: t.Start.Time,
		UserID: t.UserID, SessionID: t.SessionID, Environment: t.Environment, GitRepo: t.GitRepo, GitRef: t.GitRef,
		Input: t.Input, Output: t.Output, Metadata: t.Metadata, Tags: t.Tags,
	}
	spans := make([]store.Span, 0, len(t.Spans))
	for _, s := range t.Spans {
		spans = append(spans, storedSpan(s))
	}
	return trace, spans
}

func storedSpan(s client.Span) store.Span {
	span := store.Span{
		TraceID: s.TraceID, SpanID: s.SpanID, ParentSpanID: s.ParentSpanID,
		Name: s.Name, Kind: store.Kind(s.Kind), Start: s.Start.Time, End: s.End.Time,
		Status: store.Status(s.Status), StatusMessage: s.StatusMessage, Errors: storedErrors(s.Errors),
		Input: s.Input, Output: s.Output, Metadata: s.Metadata, Tags: s.Tags,
		Model: s.Model, Streaming: s.Streaming, TimeToFirstToken: fromMilliseconds(s.FirstTokenMS),
		Environment: s.Environment,
		Source:      store.Source{File: s.SourceFile, Line: s.SourceLine, Function: s.SourceFunction},
	}
	if s.InputTokens != nil && s.OutputTokens != nil {
		span.Usage = &store.Usage{
			Input: *s.InputTokens, Output: *s.OutputTokens,
			CacheRead: s.Usage["cache_read_tokens"], CacheWrite: s.Usage["cache_write_tokens"],
			CacheWrite1h: s.Usage["cache_write_1h_tokens"], Reasoning: s.Usage["reasoning_tokens"],
			Estimated: s.Estimated,
		}
	}
	if s.Cost != nil {
		span.Cost = &store.Cost{Total: store.NanoUSD(math.Round(*s.Cost * 1e9))}
	}
	return span
}

func storedErrors(chain []client.SpanError) []store.Error {
	var all []store.Error
	for _, e := range chain {
		link := store.Error{Type: e.Type, Message: e.Message}
		for _, cause := range e.Causes {
			link.Causes = append(link.Causes, storedErrors(cause))
		}
		all = append(all, link)
	}
	return all
}
