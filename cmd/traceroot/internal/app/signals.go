//go:build !windows

package app

import (
	"os"
	"syscall"
)

// passedOn are the signals that a program is to have from this command. Those that a terminal sends, it sends to both:
// passing them on would deliver them twice, and many programs give up hard at the second interrupt.
func passedOn(onTerminal bool) []os.Signal {
	signals := []os.Signal{syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2}
	if !onTerminal {
		signals = append(signals, os.Interrupt, syscall.SIGHUP, syscall.SIGQUIT)
	}
	return signals
}
