// Package delivery tries what docs/reliability.md promises of programs that end: on their own, by log.Fatal, a signal or a
// panic, and of handlers that flush. Each program is a real process, and what arrived is what a server was sent.
//
// It is tests only. Faults of servers under load are measured in bench/delivery, and the queue's own rules are tested beside it.
package delivery
