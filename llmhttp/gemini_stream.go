package llmhttp

import (
	"cmp"
	"maps"
	"slices"
)

// geminiStream folds chunks of an answer, each of which is shaped like a whole one. No chunk says that it is the last:
// usage, and further candidates, may come after a finish reason. The end is that of the body, or of the array.
type geminiStream struct {
	room       room
	candidates map[int]*geminiCandidate
	blocked    string // why the prompt was refused
	finished   bool   // a candidate has its finish reason
	failed     bool
}

// geminiCandidate is one answer as far as it has come.
type geminiCandidate struct {
	parts  []streamedPart
	calls  []*geminiCallSoFar
	finish string
}

func newGeminiStream(q *Request) stream { return &geminiStream{room: newRoom(q)} }

func (s *geminiStream) take(e event, x *exchange) mark {
	if e.done {
		return isTerminal | isNoEvent // the closing bracket of an array
	}
	chunk := e.data
	if chunk.get("error").given() {
		x.Error = errorOf(chunk, 200)
		s.failed = true
		return 0
	}
	x.ID = cmp.Or(x.ID, chunk.get("responseId").str())
	x.Model = cmp.Or(x.Model, chunk.get("modelVersion").str())
	if u := chunk.get("usageMetadata"); u.given() {
		x.Usage = geminiUsage(u) // each chunk counts from the beginning
	}
	s.blocked = cmp.Or(s.blocked, geminiReason(chunk.get("promptFeedback", "blockReason")))
	var m mark
	for v := range chunk.get("candidates").all() {
		c := piece(&s.room, &s.candidates, choiceIndex(v))
		if c == nil {
			continue
		}
		if s.takeParts(c, v.get("content")) {
			m = hasOutput
		}
		if reason := geminiFinish(v.get("finishReason")); reason != "" {
			c.finish, s.finished = reason, true
		}
	}
	return m
}

// takeParts adds to a candidate and tells whether there was anything to add.
func (s *geminiStream) takeParts(c *geminiCandidate, content *value) (output bool) {
	for v := range content.get("parts").each() {
		if f := v.either("functionCall", "function_call"); f != nil {
			output = s.takeCall(c, f) || output
			continue
		}
		for _, p := range geminiPart(v) {
			s.room.addPart(&c.parts, p, s.candidates[0] == c)
			output = true
		}
	}
	return output
}

func (s *geminiStream) finish(x *exchange) {
	for _, index := range slices.Sorted(maps.Keys(s.candidates)) {
		c := s.candidates[index]
		x.Messages = append(x.Messages, c.message())
		x.FinishReasons = append(x.FinishReasons, c.finish)
	}
	if len(s.candidates) == 0 && s.blocked != "" {
		x.FinishReasons = []string{s.blocked}
	}
	x.Complete = (s.finished || s.blocked != "") && !s.failed
}

func (c *geminiCandidate) message() Message {
	m := Message{Role: "assistant", Content: wholeParts(c.parts)}
	for _, call := range c.calls {
		m.ToolCalls = append(m.ToolCalls, call.call())
	}
	return m
}

// geminiFinish is a candidate's finish reason, which is a number where a request asked for enum-encoding=int. 0 is what
// protocol buffers say for none.
func geminiFinish(reason *value) string {
	names := [...]string{1: "STOP", 2: "MAX_TOKENS", 3: "SAFETY", 4: "RECITATION", 5: "OTHER"}
	if n, ok := reason.number(); ok && 0 < n && n < int64(len(names)) {
		return names[n]
	}
	return geminiReason(reason)
}

func geminiReason(reason *value) string {
	if !reason.given() {
		return ""
	}
	return cutText(reason.literal(), alwaysKept)
}

// geminiUsage reads the usage of a whole answer, or of a stream so far. Thoughts are no part of the candidates' tokens,
// nor is what tools add to the prompt one of the prompt's.
func geminiUsage(u *value) Usage {
	thoughts := u.get("thoughtsTokenCount").count()
	return Usage{
		Input:     sumCount(u.get("promptTokenCount").count(), u.get("toolUsePromptTokenCount").count()),
		Output:    sumCount(u.get("candidatesTokenCount").count(), thoughts),
		Total:     u.get("totalTokenCount").count(),
		CacheRead: u.get("cachedContentTokenCount").count(),
		Reasoning: thoughts,
	}
}
