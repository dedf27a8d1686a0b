package term

import (
	"strings"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// maxErrorLines is how many lines the error of one span may take.
const maxErrorLines = 8

// errorDetails is why a span failed: the chain of its errors, outermost first, each with what it adds to the one below. A
// span that merely passes on the failure of a child says so on one line.
func errorDetails(r *row) []detail {
	label, paint := "error", failurePaint(r)
	if r.recovered() {
		label = "recovered"
	}
	chain := fullChain(r.Span)
	lines := chainLines(chain, "")
	switch {
	case len(lines) == 0:
		lines = []string{"failed"}
	case passedOn(r):
		lines = []string{firstLine(chain[0].Message)}
	case len(lines) > maxErrorLines:
		lines = append(append(lines[:maxErrorLines-2:maxErrorLines-2], "…"), lines[len(lines)-1]) // the last one is the cause
	}
	details := make([]detail, len(lines))
	for i, line := range lines {
		details[i] = detail{text: line, paint: paint}
	}
	details[0].label = label
	return details
}

// fullChain starts with the status message where that says something else than the errors.
func fullChain(s *store.Span) []store.Error {
	status := store.Error{Message: s.StatusMessage}
	if len(s.Errors) == 0 {
		return []store.Error{status}
	}
	if s.StatusMessage == "" || strings.Contains(s.StatusMessage, s.Errors[0].Message) {
		return s.Errors
	}
	return append([]store.Error{status}, s.Errors...)
}

func passedOn(r *row) bool {
	for _, child := range r.children {
		if child.failed() && child.StatusMessage != "" && strings.Contains(r.StatusMessage, child.StatusMessage) {
			return true
		}
	}
	return false
}

// chainLines indents what is below an error, so that the causes of a joined one are seen to be several.
func chainLines(chain []store.Error, indent string) []string {
	var lines []string
	for i, e := range chain {
		text := e.Message
		if i+1 < len(chain) {
			text = own(text, chain[i+1].Message)
		}
		if merelyJoins(e) {
			text = ""
		}
		if text = described(e.Type, text); text != "" {
			if len(lines) > 0 {
				text = "↳ " + text
			}
			lines = append(lines, indent+text)
		}
		for _, cause := range e.Causes {
			for j, line := range chainLines(cause, indent+"  ") {
				if j == 0 {
					line = indent + "• " + strings.TrimSpace(line)
				}
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// merelyJoins reports whether an error says nothing but what its causes say, as those of errors.Join do.
func merelyJoins(e store.Error) bool {
	var said []string
	for _, cause := range e.Causes {
		if len(cause) > 0 {
			said = append(said, cause[0].Message)
		}
	}
	return len(said) > 0 && e.Message == strings.Join(said, "\n")
}

// own is what an error's message says before it repeats that of the error it wraps.
func own(message, wrapped string) string {
	before, repeats := strings.CutSuffix(message, wrapped)
	if wrapped == "" || !repeats {
		return message
	}
	return strings.TrimRight(before, " :-—")
}

// described adds a type that tells something, where there is one.
func described(typeName, message string) string {
	message = firstLine(message)
	switch typeName {
	case "", "errors.errorString", "errors.joinError", "fmt.wrapError", "fmt.wrapErrors":
		return message
	}
	if message == "" {
		return clean(typeName)
	}
	return message + " (" + clean(typeName) + ")"
}
