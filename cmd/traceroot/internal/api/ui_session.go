package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// sessionView is one session with its traces, oldest first.
type sessionView struct {
	Row   sessionRow    `json:"row"`
	Turns []sessionTurn `json:"turns"`
}

// sessionTurn is one trace of a session. What its spans tell, and all of asked and outcome up to 64 KiB, is there for the
// last turns of a long session.
type sessionTurn struct {
	traceRow

	Context int64        `json:"context,omitempty"` // largest input of a call
	Calls   int          `json:"calls,omitempty"`   // of models
	Tools   int          `json:"tools,omitempty"`   // calls of tools
	Steps   []stepView   `json:"steps,omitempty"`   // these calls by start, at most 200
	Verdict *verdictView `json:"verdict,omitempty"` // of a failed turn
}

// Bounds of a session's reply.
const (
	maxTurnsRead = 100
	maxTurnSteps = 200
)

func (s *server) session(r *http.Request, who Identity) (any, error) {
	session, traces, err := s.store.Session(r.Context(), who.Project, r.PathValue("session_id"), store.SessionQuery{})
	if errors.Is(err, store.ErrNotFound) {
		return nil, refusal{status: http.StatusNotFound, detail: "Session not found"}
	}
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(traces))
	for i := range traces {
		ids[i] = traces[i].TraceID
	}
	previews, err := s.previews(r.Context(), who.Project, ids)
	if err != nil {
		return nil, err
	}
	reply := sessionView{Row: sessionRowOf(&session, previews), Turns: make([]sessionTurn, len(traces))}
	for i := range traces {
		turn := &reply.Turns[i]
		turn.traceRow = rowOf(&traces[i], previews[ids[i]])
		if preview := previews[ids[i]]; preview != nil {
			turn.Context = preview.Context
		}
		if len(traces)-i > maxTurnsRead {
			continue
		}
		if err := s.readTurn(r.Context(), who.Project, turn); err != nil {
			return nil, err
		}
	}
	return reply, nil
}

// readTurn fills in what the spans of a turn tell.
func (s *server) readTurn(ctx context.Context, project string, turn *sessionTurn) error {
	v, err := s.views.get(ctx, project, turn.ID)
	if gone, is := errors.AsType[refusal](err); is && gone.status == http.StatusNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	numbers := v.numbers()
	for i := range v.spans {
		switch v.spans[i].Kind {
		case store.KindLLM:
			turn.Calls++
		case store.KindTool:
			turn.Tools++
		default:
			continue
		}
		if len(turn.Steps) < maxTurnSteps {
			turn.Steps = append(turn.Steps, v.step(i, numbers))
		}
	}
	if v.sum.Status == store.TraceFailed {
		turn.Verdict = v.verdict(s.now())
	}
	turn.Asked, turn.Outcome = v.whole(turn.Asked, v.sum.Input, false), v.whole(turn.Outcome, v.sum.Output, true)
	return nil
}

// whole finds the text that an excerpt was cut from: in the trace's own, or in what its model calls were shown or gave,
// of which the last come first where that is wanted.
func (v *view) whole(excerpt string, own *string, last bool) string {
	beginning, isCut := strings.CutSuffix(excerpt, "…")
	if !isCut {
		return excerpt
	}
	fits := func(text string) bool {
		return strings.HasPrefix(oneLine(text, len(excerpt)), strings.TrimSpace(beginning))
	}
	if own != nil && fits(*own) {
		return cut(*own, maxText)
	}
	calls := v.modelCalls()
	if last {
		slices.Reverse(calls)
	}
	for _, i := range calls {
		call := v.spans[i].Call
		if call == nil {
			continue
		}
		for _, m := range slices.Concat(call.In, call.Out) {
			for _, part := range gjson.Get(v.bodies[m.Hash], "content").Array() {
				text := part.Str
				if part.IsObject() {
					text = part.Get("text").Str
				}
				if fits(text) {
					return cut(text, maxText)
				}
			}
		}
	}
	return excerpt
}
