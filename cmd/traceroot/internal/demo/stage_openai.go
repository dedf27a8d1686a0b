package demo

import (
	"crypto/rand"
	"fmt"
	"iter"
	"net/http"
)

// serveOpenAI plays a model of OpenAI's, streamed or in one body.
func (s *stage) serveOpenAI(w http.ResponseWriter, r *http.Request) {
	var req chatRequest
	if err := readRequest(w, r, &req); err != nil {
		invalid("%v", err).write(w)
		return
	}
	reply, err := s.reply(req.dialogue())
	if err != nil {
		invalid("%v", err).write(w)
		return
	}
	turn := reply.turn(req.Model)
	// An error from here on is the caller's.
	if req.Stream {
		_ = s.stream(r.Context(), w, s.openAIEvents(turn, req.StreamOptions.IncludeUsage))
	} else if s.wait(r.Context(), turn.total) == nil {
		writeJSON(w, http.StatusOK, turn.completion())
	}
}

func (r chatRequest) dialogue() dialogue {
	d := dialogue{model: r.Model}
	for _, m := range r.Messages {
		switch m.Role {
		case "assistant":
			d.step++
			d.known = d.size
		case "user":
			d.question, d.step = m.text(), 0
		}
		d.size += len(jsonText(m))
	}
	return d
}

// turn is the reply in the form in which OpenAI's protocol is spoken here.
func (r reply) turn(model string) turn {
	prompt := r.tokens.fresh + r.tokens.cached
	t := turn{
		id: rand.Text(), model: model, text: r.says, first: r.first, total: r.total,
		usage: usage{
			PromptTokens: prompt, CompletionTokens: r.tokens.out, TotalTokens: prompt + r.tokens.out,
			PromptTokensDetails: promptDetails{CachedTokens: r.tokens.cached},
		},
	}
	for i, u := range r.uses {
		t.calls = append(t.calls, toolCall{
			Index: i, ID: "call_" + u.id, Type: "function", Function: functionCall{Name: u.name, Arguments: u.input},
		})
	}
	return t
}

func (s *stage) openAIEvents(t turn, withUsage bool) iter.Seq[event] {
	return func(yield func(event) bool) {
		for due, chunk := range t.chunks(withUsage) {
			if !yield(event{due, fmt.Sprintf("data: %s\n\n", jsonText(chunk))}) {
				return
			}
		}
		yield(event{t.total, "data: [DONE]\n\n"})
	}
}
