package app

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

func newKeys() *cobra.Command {
	var server connection
	cmd := newGroup("keys", "Make, list and revoke API keys")
	cmd.Long = `Make, list and revoke API keys of traceroot serve. A server of traceroot dev asks for none.

On the machine of the server they need no key themselves: whoever can read its data folder may.`
	server.flags(cmd)
	cmd.AddCommand(newKeysCreate(&server), newKeysList(&server), newKeysRevoke(&server))
	return cmd
}

func newKeysCreate(server *connection) *cobra.Command {
	var (
		name   string
		scope  scope = "ingest"
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "create --project NAME",
		Short: "Make a key and print it, this once",
		Long: `Make a key and print it. It is kept nowhere, so this is the only time that it can be read.

A key of the scope ingest may send spans, one of read may also read them, and one of admin may also
delete them and manage keys.`,
		Example: `  export TRACEROOT_API_KEY=$(traceroot keys create --project shop --name laptop)
  traceroot keys create --project shop --scope read --name dashboard`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.Var(&scope, "scope", "what the key is good for: ingest, read or admin")
	flags.StringVar(&name, "name", "", "what the key is for, to be told from others")
	flags.BoolVar(&asJSON, "json", false, "print all that is known of the key as JSON")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if server.project == "" {
			return errNoProject
		}
		return nil
	}
	cmd.RunE = server.act(func(cmd *cobra.Command, to *client.Client, _ []string) error {
		key, err := to.CreateKey(cmd.Context(), server.project, name, string(scope))
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(cmd.OutOrStdout(), key)
		}
		cmd.PrintErrf("%s, of the project %s: it may %s\n", key.Value.Hint, key.Value.Project, scope.may())
		_, err = fmt.Fprintln(cmd.OutOrStdout(), key.Value.Key)
		return err
	})
	return cmd
}

func newKeysList(server *connection) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List keys, of all projects or of one",
		Example: `  traceroot keys list --project shop`,
		Args:    cobra.NoArgs,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print them as JSON")
	cmd.RunE = server.act(func(cmd *cobra.Command, from *client.Client, _ []string) error {
		keys, err := from.Keys(cmd.Context(), server.project)
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(cmd.OutOrStdout(), append([]client.Reply[client.Key]{}, keys...))
		}
		if len(keys) == 0 {
			cmd.PrintErrln("no keys")
			return nil
		}
		return newListing(cmd.OutOrStdout(), keyFields(time.Now())...).print(keys)
	})
	return cmd
}

func keyFields(now time.Time) []field[client.Key] {
	return []field[client.Key]{
		{term.Column{Title: "ID"}, func(k client.Key) term.Cell { return text(k.ID) }},
		{term.Column{Title: "PROJECT", Cut: true}, func(k client.Key) term.Cell { return text(k.Project) }},
		{term.Column{Title: "SCOPE"}, func(k client.Key) term.Cell { return text(k.Scope) }},
		{term.Column{Title: "NAME", Cut: true, Rank: 1}, func(k client.Key) term.Cell { return text(k.Name) }},
		{term.Column{Title: "KEY", Rank: 2}, func(k client.Key) term.Cell { return text(k.Hint) }},
		{term.Column{Title: "AGE", Right: true, Rank: 3}, func(k client.Key) term.Cell { return ageCell(now, k.Created) }},
		{term.Column{Title: "REVOKED"}, func(k client.Key) term.Cell {
			if k.Revoked == nil {
				return term.Cell{}
			}
			return term.Cell{Text: term.Age(now.Sub(*k.Revoked)) + " ago", Tone: term.Bad}
		}},
	}
}

func newKeysRevoke(server *connection) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "revoke ID",
		Short:   "Make a key useless, from the next request on",
		Example: `  traceroot keys revoke d0a3b1c2`,
		Args:    cobra.ExactArgs(1),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print all that is known of the key as JSON")
	cmd.RunE = server.act(func(cmd *cobra.Command, at *client.Client, args []string) error {
		key, err := at.RevokeKey(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(cmd.OutOrStdout(), key)
		}
		cmd.PrintErrf("%s, of the project %s, is revoked\n", key.Value.Hint, key.Value.Project)
		return nil
	})
	return cmd
}
