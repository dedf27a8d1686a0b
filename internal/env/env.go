// Package env reads the TRACEROOT_* variables.
//
// It knows their names and how their texts are read, and nothing more: defaults, options that beat a variable, and what
// makes a URL or a repository name acceptable are for its caller to decide. It does not log; what it could not read it
// returns.
package env

import (
	"strconv"
	"strings"
	"time"
)

// Settings is what the environment asks for. The zero value of a field means that its variable is unset, empty or bad.
type Settings struct {
	APIKey        string        // TRACEROOT_API_KEY, without surrounding space
	HostURL       string        // TRACEROOT_HOST_URL
	Environment   string        // TRACEROOT_ENVIRONMENT
	GitRepo       string        // TRACEROOT_GIT_REPO, as written: a name or a URL
	GitRef        string        // TRACEROOT_GIT_REF
	ServiceName   string        // TRACEROOT_SERVICE_NAME
	SpoolDir      string        // TRACEROOT_SPOOL_DIR
	FlushInterval time.Duration // TRACEROOT_FLUSH_INTERVAL
	Timeout       time.Duration // TRACEROOT_TIMEOUT
	FlushAt       int           // TRACEROOT_FLUSH_AT, in spans
	Disabled      bool          // TRACEROOT_ENABLED is one of false, 0, no and off
	Live          Switch        // TRACEROOT_LIVE
}

// Switch is a choice that can be left open.
type Switch uint8

// The choices. Words are read in any case.
const (
	Unset Switch = iota
	On           // true, 1, yes, on
	Off          // false, 0, no, off
)

// Problem is a variable that is set to something that cannot be used.
type Problem struct {
	Variable string // its name
	Value    string // what it was set to; always empty for the API key, which must not reach a log
	Want     string // what it should look like, to be read after "want"
}

// Read reads every variable through lookup, which has the form of [os.LookupEnv]. An empty variable counts as unset.
// Each bad one yields a Problem, in a fixed order, and leaves its field zero.
func Read(lookup func(string) (string, bool)) (Settings, []Problem) {
	r := reader{lookup: lookup}
	s := Settings{
		APIKey:        r.key("TRACEROOT_API_KEY"),
		HostURL:       r.text("TRACEROOT_HOST_URL"),
		Environment:   r.text("TRACEROOT_ENVIRONMENT"),
		GitRepo:       r.text("TRACEROOT_GIT_REPO"),
		GitRef:        r.text("TRACEROOT_GIT_REF"),
		ServiceName:   r.text("TRACEROOT_SERVICE_NAME"),
		SpoolDir:      r.text("TRACEROOT_SPOOL_DIR"),
		FlushInterval: r.seconds("TRACEROOT_FLUSH_INTERVAL"),
		Timeout:       r.seconds("TRACEROOT_TIMEOUT"),
		FlushAt:       r.count("TRACEROOT_FLUSH_AT"),
		Disabled:      r.off("TRACEROOT_ENABLED"),
		Live:          r.choice("TRACEROOT_LIVE"),
	}
	return s, r.problems
}

// reader collects the problems that its methods meet.
type reader struct {
	lookup   func(string) (string, bool)
	problems []Problem
}

func (r *reader) text(variable string) string {
	text, _ := r.lookup(variable)
	return text
}

// trimmed is for values in which space around the text cannot mean anything.
func (r *reader) trimmed(variable string) string {
	return strings.TrimSpace(r.text(variable))
}

// key trims, because secrets are often mounted from files that end in a newline and a header's value ends before its
// trailing space anyway. What is left must fit into a header.
func (r *reader) key(variable string) string {
	key := r.trimmed(variable)
	if strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' }) {
		r.problems = append(r.problems, Problem{Variable: variable, Want: "printable ASCII text without spaces"})
		return ""
	}
	return key
}

func (r *reader) seconds(variable string) time.Duration {
	text := r.trimmed(variable)
	if text == "" {
		return 0
	}
	d, err := Seconds(text)
	if err != nil {
		r.bad(variable, wantSeconds)
	}
	return d
}

func (r *reader) count(variable string) int {
	text := r.trimmed(variable)
	if text == "" {
		return 0
	}
	// 32 bits on every platform: what is overflow must not depend on the machine.
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 {
		r.bad(variable, "a whole number of at least 1")
		return 0
	}
	return int(n)
}

func (r *reader) off(variable string) bool {
	switch strings.ToLower(r.trimmed(variable)) {
	case "false", "0", "no", "off":
		return true
	default:
		return false
	}
}

func (r *reader) choice(variable string) Switch {
	switch strings.ToLower(r.trimmed(variable)) {
	case "":
	case "true", "1", "yes", "on":
		return On
	case "false", "0", "no", "off":
		return Off
	default:
		r.bad(variable, "true or false")
	}
	return Unset
}

func (r *reader) bad(variable, want string) {
	r.problems = append(r.problems, Problem{Variable: variable, Value: r.text(variable), Want: want})
}
