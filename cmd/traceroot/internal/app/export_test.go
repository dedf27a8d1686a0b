package app

import "github.com/spf13/pflag"

// Opened for tests.
var (
	Screen   = screen
	Variable = variable
)

// FlagsOf are the flags of a command.
func FlagsOf(command string) *pflag.FlagSet {
	cmd, _, err := newRoot().Find([]string{command})
	if err != nil {
		panic(err)
	}
	return cmd.Flags()
}
