package verdict

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// httpError finds the answer of a service in the text of an error: "422 address_invalid: …", "HTTP 503", "status code:
// 429, …". A code is known by its underscore.
var httpError = regexp.MustCompile(`(?i)(?:^|: |\bhttp |\bstatus |\bcode:? |\bcode=)([45]\d\d)\b[ :,]*([a-z][a-z0-9]*(?:_[a-z0-9]+)+)?`)

// answered says how a span failed, as the rest of a sentence about it.
func answered(s *store.Span) []Part {
	text := oneLine(errorText(s))
	if s.Call != nil && s.Call.HTTPStatus >= http.StatusBadRequest {
		return answeredStatus(s.Call.HTTPStatus, text)
	}
	found := httpError.FindStringSubmatch(text)
	if found == nil {
		if text == "" {
			return []Part{say(" failed")}
		}
		return []Part{say(" failed: "), quote(strings.TrimRight(text, "."))}
	}
	status, err := strconv.Atoi(found[1])
	reason := http.StatusText(status)
	switch {
	case found[2] != "":
		return []Part{say(" answered " + found[1] + " "), quote(found[2])}
	case err == nil && reason != "" && strings.HasSuffix(text, found[1]):
		return []Part{say(" answered " + found[1] + " " + reason)}
	case err == nil && reason != "" && strings.Contains(text, found[1]+" "+reason) && len(text) < 2*len(reason)+len(found[1])+40:
		return []Part{say(" answered " + found[1] + " " + reason)}
	}
	return []Part{say(" failed: "), quote(strings.TrimRight(text, "."))}
}

// answeredStatus is for errors whose text begins with their kind, and need not tell the status.
func answeredStatus(status int, text string) []Part {
	said := " answered " + strconv.Itoa(status)
	if kind, _, more := strings.Cut(text, ":"); more && strings.Contains(kind, "_") && !strings.ContainsAny(kind, " /") {
		return []Part{say(said + " "), quote(kind)}
	}
	if reason := http.StatusText(status); reason != "" {
		return []Part{say(said + " " + reason)}
	}
	return []Part{say(said)}
}
