package app

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/traceroot-ai/traceroot-go"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say which traceroot this is",
		Args:  cobra.NoArgs,
		RunE: act(func(cmd *cobra.Command) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "traceroot %s%s %s %s/%s\n",
				traceroot.Version, revision(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		}),
	}
}

// revision is the commit that the program was built from, where the build says so.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	const digits = 12
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && len(setting.Value) > digits {
			return " " + setting.Value[:digits]
		}
	}
	return ""
}
