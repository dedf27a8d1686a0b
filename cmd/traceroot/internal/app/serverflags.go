package app

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
)

// envPrefix begins the variables that set what a flag did not: --retain-bytes is TRACEROOT_SERVER_RETAIN_BYTES.
const envPrefix = "TRACEROOT_SERVER_"

// serverFlags are those of the commands that run a server.
type serverFlags struct {
	config    server.Config
	retain    age
	logFormat logFormat
	logLevel  slog.Level
}

func (f *serverFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.config.Addr, "addr", server.DefaultAddr, "where to listen for everything over HTTP")
	flags.StringVar(&f.config.GRPCAddr, "grpc-addr", server.DefaultGRPCAddr, `where to listen for OTLP over gRPC, or "off"`)
	flags.StringVar(&f.config.Data, "data", dataFolder(os.Getenv), "folder that holds the database")
	flags.Lookup("data").DefValue = "" // what is on one machine is no fact of the help
	flags.StringVar(&f.config.Prices, "prices", "", "file with prices of your own, in the platform's form")
	flags.Var(&f.retain, "retain", "delete traces that are older, such as 36h or 30d (default keep them)")
	flags.Var((*size)(&f.config.RetainBytes), "retain-bytes", "delete the oldest traces when there is more, such as 10GiB (default keep them)")
	flags.BoolVar(&f.config.NoSearch, "no-search", false, "do not index texts for search, which saves a third of the work")
	flags.Var(newSize(&f.config.BodyBytes, 32<<20), "max-body", "largest request as sent; a larger one is refused with 413")
	flags.Var(newSize(&f.config.UnpackedBytes, 128<<20), "max-unpacked", "largest request after decompression; a larger one is refused with 413")
	flags.Var(newSize(&f.config.InFlightBytes, 64<<20), "max-in-flight", "all requests being taken in; above it senders are told to come again with 429")
	f.logFormat = "text"
	flags.Var(&f.logFormat, "log-format", "text or json")
	flags.TextVar(&f.logLevel, "log-level", slog.LevelInfo, "debug, info, warn or error")
}

// fromEnvironment sets the flags that the command line left alone.
func fromEnvironment(flags *pflag.FlagSet, lookup func(string) (string, bool)) error {
	var failure error
	flags.VisitAll(func(flag *pflag.Flag) {
		value, set := lookup(variable(flag.Name))
		if !set || flag.Changed || failure != nil {
			return
		}
		if err := flags.Set(flag.Name, value); err != nil {
			failure = fmt.Errorf("%s=%q: %w", variable(flag.Name), value, err)
		}
	})
	return failure
}

// variable is the environment's name of a flag.
func variable(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// ready is the configuration to start a server with. What is not the user's input comes from the command.
func (f *serverFlags) ready(cmd *cobra.Command) (server.Config, error) {
	if err := fromEnvironment(cmd.Flags(), os.LookupEnv); err != nil {
		return server.Config{}, err
	}
	options := &slog.HandlerOptions{Level: f.logLevel}
	var handler slog.Handler = slog.NewTextHandler(cmd.ErrOrStderr(), options)
	if f.logFormat == "json" {
		handler = slog.NewJSONHandler(cmd.ErrOrStderr(), options)
	}
	f.config.Log = slog.New(handler)
	f.config.RetainAge = time.Duration(f.retain)
	return f.config, f.config.Check()
}

// logFormat is a flag.
type logFormat string

// String implements pflag.Value.
func (f *logFormat) String() string { return string(*f) }

// Type implements pflag.Value.
func (*logFormat) Type() string { return "format" }

// Set implements pflag.Value.
func (f *logFormat) Set(text string) error {
	if text != "text" && text != "json" {
		return fmt.Errorf("%q is no format: use text or json", text)
	}
	*f = logFormat(text)
	return nil
}
