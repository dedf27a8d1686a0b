package demo

import (
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"time"
)

// serveClaude plays a model of Anthropic's: https://docs.claude.com/en/api/messages-streaming.
func (s *stage) serveClaude(w http.ResponseWriter, r *http.Request) {
	var req claudeRequest
	if err := readRequest(w, r, &req); err != nil {
		refuseClaude(w, err)
		return
	}
	reply, err := s.reply(req.dialogue())
	if err != nil {
		refuseClaude(w, err)
		return
	}
	_ = s.stream(r.Context(), w, s.claudeEvents(req.Model, reply)) // An error is the caller's.
}

func refuseClaude(w http.ResponseWriter, err error) {
	status, kind := http.StatusBadRequest, "invalid_request_error"
	if errors.Is(err, errBusy) {
		status, kind = http.StatusTooManyRequests, "rate_limit_error"
	}
	writeJSON(w, status, map[string]any{"type": "error", "error": map[string]any{"type": kind, "message": err.Error()}})
}

func (r claudeRequest) dialogue() dialogue {
	d := dialogue{model: r.Model, caches: true, size: len(jsonText(r.System)) + len(jsonText(r.Tools))}
	d.known = d.size
	for _, m := range r.Messages {
		switch {
		case m.Role == "assistant":
			d.step++
			d.known = d.size
		case slices.ContainsFunc(m.Content, func(b claudeBlock) bool { return b.Type == "text" }):
			d.question, d.step = m.text(), 0
		}
		d.size += len(jsonText(m))
	}
	return d
}

func (s *stage) claudeEvents(model string, r reply) iter.Seq[event] {
	return func(yield func(event) bool) {
		tell := func(due time.Duration, kind string, data map[string]any) bool {
			data["type"] = kind
			return yield(event{due, fmt.Sprintf("event: %s\ndata: %s\n\n", kind, jsonText(data))})
		}
		input := map[string]any{
			"input_tokens": r.tokens.fresh, "cache_read_input_tokens": r.tokens.cached,
			"cache_creation_input_tokens": r.tokens.written, "output_tokens": 1,
		}
		block, due := 0, r.first
		ok := tell(r.first/2, "message_start", map[string]any{"message": map[string]any{
			"id": "msg_01" + rand.Text(), "type": "message", "role": "assistant", "model": model, "content": []any{}, "usage": input,
		}})
		open := func(content map[string]any) bool {
			return ok && tell(due, "content_block_start", map[string]any{"index": block, "content_block": content})
		}
		add := func(delta map[string]any) bool {
			return ok && tell(due, "content_block_delta", map[string]any{"index": block, "delta": delta})
		}
		end := func() bool {
			block++
			return ok && tell(due, "content_block_stop", map[string]any{"index": block - 1})
		}
		if r.says != "" {
			ok = open(map[string]any{"type": "text", "text": ""})
			for at, word := range s.words(r) {
				due = at
				ok = add(map[string]any{"type": "text_delta", "text": word})
			}
			ok = end()
		}
		reason := "end_turn"
		for i, u := range r.uses {
			reason = "tool_use"
			due = max(due, r.total-(r.total-r.first)*time.Duration(len(r.uses)-i)/time.Duration(len(r.uses)+2))
			ok = open(map[string]any{"type": "tool_use", "id": "toolu_01" + u.id, "name": u.name, "input": map[string]any{}})
			for piece := range slices.Chunk([]byte(u.input), 24) {
				ok = add(map[string]any{"type": "input_json_delta", "partial_json": string(piece)})
			}
			ok = end()
		}
		due = s.end(r)
		_ = ok && tell(due, "message_delta", map[string]any{
			"delta": map[string]any{"stop_reason": reason}, "usage": map[string]any{"output_tokens": r.tokens.out},
		}) && tell(due, "message_stop", map[string]any{})
	}
}
