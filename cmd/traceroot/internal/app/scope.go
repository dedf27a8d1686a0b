package app

import "errors"

var (
	errNoProject = errors.New("a key belongs to a project: name it with --project")
	errScope     = errors.New("use ingest, read or admin")
)

// scope is what a key is good for.
type scope string

// Set reads one.
func (s *scope) Set(text string) error {
	switch text {
	case "ingest", "read", "admin":
		*s = scope(text)
		return nil
	}
	return errScope
}

// String is its name.
func (s *scope) String() string { return string(*s) }

// Type is what the help calls it.
func (*scope) Type() string { return "scope" }

func (s *scope) may() string {
	switch *s {
	case "read":
		return "send spans and read them"
	case "admin":
		return "send, read and delete spans, and manage keys"
	}
	return "send spans"
}
