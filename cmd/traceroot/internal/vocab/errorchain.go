package vocab

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// errorChain is the error that the last exception event tells of: the whole chain where our SDK sent it, else one link.
func errorChain(events []Event) []store.Error {
	for _, event := range slices.Backward(events) {
		if event.Name != attr.ExceptionEvent {
			continue
		}
		var links []link
		if json.Unmarshal([]byte(event.Attributes.str(attr.ErrorChain)), &links) == nil && len(links) > 0 {
			return storedErrors(links)
		}
		single := link{Type: event.Attributes.text(attr.ExceptionType), Message: event.Attributes.text(attr.ExceptionMessage)}
		return storedErrors([]link{single})
	}
	return nil
}

// link is the form of an error in attr.ErrorChain.
type link struct {
	Type    string   `json:"type"`
	Message string   `json:"message"`
	Causes  [][]link `json:"causes"`
}

func storedErrors(links []link) []store.Error {
	chain := make([]store.Error, len(links))
	for i, l := range links {
		chain[i] = store.Error{Type: strings.TrimPrefix(l.Type, "*"), Message: l.Message}
		for _, cause := range l.Causes {
			chain[i].Causes = append(chain[i].Causes, storedErrors(cause))
		}
	}
	return chain
}
