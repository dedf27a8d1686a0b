package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"
)

// serveGemini plays a model of Google's: https://ai.google.dev/api/generate-content.
func (s *stage) serveGemini(w http.ResponseWriter, r *http.Request) {
	model, verb, _ := strings.Cut(r.PathValue("call"), ":")
	var req geminiRequest
	if err := readRequest(w, r, &req); err != nil {
		refuseGemini(w, err)
		return
	}
	if verb != "streamGenerateContent" {
		refuseGemini(w, fmt.Errorf("this model streams its answers, %q is not known", verb))
		return
	}
	reply, err := s.reply(req.dialogue(model))
	if err != nil {
		_ = s.wait(r.Context(), 240*time.Millisecond) // Even a refusal takes its time.
		refuseGemini(w, err)
		return
	}
	_ = s.stream(r.Context(), w, s.geminiEvents(model, reply)) // An error is the caller's.
}

func refuseGemini(w http.ResponseWriter, err error) {
	status, kind := http.StatusBadRequest, "INVALID_ARGUMENT"
	if errors.Is(err, errBusy) {
		status, kind = http.StatusTooManyRequests, "RESOURCE_EXHAUSTED"
	}
	writeJSON(w, status, map[string]any{"error": map[string]any{"code": status, "message": err.Error(), "status": kind}})
}

func (r geminiRequest) dialogue(model string) dialogue {
	d := dialogue{model: model, size: len(jsonText(r.SystemInstruction)) + len(jsonText(r.Tools))}
	d.known = d.size
	for _, c := range r.Contents {
		switch {
		case c.Role == "model":
			d.step++
			d.known = d.size
		case slices.ContainsFunc(c.Parts, func(p geminiPart) bool { return p.Text != "" }):
			d.question, d.step = c.text(), 0
		}
		d.size += len(jsonText(c))
	}
	return d
}

func (s *stage) geminiEvents(model string, r reply) iter.Seq[event] {
	return func(yield func(event) bool) {
		id := idOf(chanceOf(r.says, len(r.uses)))
		usage := map[string]any{
			"promptTokenCount": r.tokens.fresh + r.tokens.cached, "cachedContentTokenCount": r.tokens.cached,
			"candidatesTokenCount": r.tokens.out, "totalTokenCount": r.tokens.fresh + r.tokens.cached + r.tokens.out,
		}
		tell := func(due time.Duration, finish string, parts ...geminiPart) bool {
			candidate := map[string]any{"index": 0, "content": geminiContent{Role: "model", Parts: parts}}
			chunk := map[string]any{"candidates": []any{candidate}, "modelVersion": model, "responseId": id}
			if finish != "" {
				candidate["finishReason"] = finish
				chunk["usageMetadata"] = usage
			}
			return yield(event{due, "data: " + jsonText(chunk) + "\r\n\r\n"})
		}
		for due, word := range s.words(r) {
			if !tell(due, "", geminiPart{Text: word}) {
				return
			}
		}
		for i, u := range r.uses {
			call := geminiPart{FunctionCall: &geminiCall{ID: u.id, Name: u.name, Args: json.RawMessage(u.input)}}
			due := r.total - (r.total-r.first)*time.Duration(len(r.uses)-1-i)/time.Duration(len(r.uses)+1)
			if !tell(due, "", call) {
				return
			}
		}
		tell(s.end(r), "STOP", []geminiPart{}...)
	}
}
