package app

import (
	"io"

	"github.com/spf13/cobra"
)

// Opened for tests of the command line.
var (
	TracedEnvironment = tracedEnvironment
	WriteFile         = writeFile
	DataFolder        = dataFolder
	NewRoot           = newRoot
)

// Commands are all commands that people may call, by their whole names without the program's.
func Commands() []string {
	var names []string
	var collect func(cmd *cobra.Command, prefix string)
	collect = func(cmd *cobra.Command, prefix string) {
		for _, sub := range cmd.Commands() {
			if sub.Hidden || !sub.IsAvailableCommand() {
				continue
			}
			if name := prefix + sub.Name(); sub.HasSubCommands() {
				collect(sub, name+" ")
			} else {
				names = append(names, name)
			}
		}
	}
	root := newRoot()
	collect(root, "")
	return names
}

// Progress is a bar.
type Progress = progress

// NewProgress is a bar on what stands for a terminal.
func NewProgress(w io.Writer, label string, total int64) *Progress {
	return &Progress{w: w, label: label, total: total}
}

// End takes the bar away.
func (p *progress) End() { p.end() }
