package app

import (
	"os"
	"syscall"
)

// passedOn are the signals that a program is to have from this command. The console sends an interrupt to both.
func passedOn(bool) []os.Signal { return []os.Signal{syscall.SIGTERM} }
