package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// stage is where models and services play their parts, over HTTP: Anthropic's, Google's and OpenAI's protocols, each
// under a path of its own. What a model says depends on nothing but the conversation that it is sent.
type stage struct {
	pace    float64
	scenes  []scene
	curtain <-chan struct{} // closed when held replies may end; nil: they are not held

	mu   sync.Mutex
	seen map[string]int // how often something was asked; guarded by mu
}

func newStage(pace float64, curtain <-chan struct{}) *stage {
	return &stage{pace: pace, scenes: allScenes(), curtain: curtain, seen: make(map[string]int)}
}

func allScenes() []scene {
	var all []scene
	for _, scenes := range [][]scene{supportScenes(), researchScenes(), codingScenes(), smallScenes()} {
		all = append(all, scenes...)
	}
	return all
}

func (s *stage) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /anthropic/v1/messages", s.serveClaude)
	mux.HandleFunc("POST /openai/v1/chat/completions", s.serveOpenAI)
	mux.HandleFunc("POST /gemini/v1beta/models/{call}", s.serveGemini)
	mux.HandleFunc("POST /carrier/v1/labels", s.serveLabel)
	mux.HandleFunc("GET /inventory/v2/stock/{sku}", s.serveStock)
	mux.HandleFunc("GET /shops/{shop}/prices/{sku}", s.servePrice)
	mux.HandleFunc("GET /web/{page...}", s.servePage)
	return mux
}

// errBusy is what a model says that shall be asked again.
var errBusy = errors.New("resource exhausted: too many requests per minute, please retry later")

// reply is the model's next, or errBusy, or another error when the script has no answer.
func (s *stage) reply(d dialogue) (reply, error) {
	r, ok := d.find(s.scenes)
	if !ok {
		return reply{}, fmt.Errorf("this model follows a script, which has no answer to %q", d.question)
	}
	if s.count(d.question+"\x00"+strconv.Itoa(d.step)) <= r.refusals {
		return reply{}, errBusy
	}
	return r, nil
}

// count tells how often it was called for what, this time included.
func (s *stage) count(what string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[what]++
	return s.seen[what]
}

// wait waits for d, at the stage's pace.
func (s *stage) wait(ctx context.Context, d time.Duration) error {
	return s.waitUntil(ctx, time.Now().Add(s.scaled(d)))
}

func (s *stage) scaled(d time.Duration) time.Duration { return time.Duration(float64(d) * s.pace) }

// event is a piece of a streamed reply that is due some time after the request.
type event struct {
	due  time.Duration
	text string // as it goes over the wire
}

// stream sends events when they are due. An error means that the caller has gone.
func (s *stage) stream(ctx context.Context, w http.ResponseWriter, events iter.Seq[event]) error {
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	start, flusher := time.Now(), http.NewResponseController(w)
	for e := range events {
		if err := s.waitUntil(ctx, start.Add(s.scaled(e.due))); err != nil {
			return err
		}
		if _, err := w.Write([]byte(e.text)); err != nil {
			return err
		}
		if err := flusher.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// waitUntil waits until due, and on a live stage not beyond the curtain.
func (s *stage) waitUntil(ctx context.Context, due time.Time) error {
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-s.curtain:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

const (
	heldWord  = 450 * time.Millisecond // between the words of a held reply
	wholeShow = 1000 * time.Hour       // when a held reply ends, unless the curtain falls before
)

// words are the pieces in which the reply's text is spoken, each with the time at which it is due.
func (s *stage) words(r reply) iter.Seq2[time.Duration, string] {
	return func(yield func(time.Duration, string) bool) {
		if r.says == "" {
			return
		}
		words := strings.SplitAfter(r.says, " ")
		gap := (r.total - r.first) / time.Duration(len(words)+4*len(r.uses))
		if s.holds(r) {
			gap = heldWord
		}
		for i, word := range words {
			if !yield(r.first+time.Duration(i)*gap, word) {
				return
			}
		}
	}
}

// end is when the reply is over.
func (s *stage) end(r reply) time.Duration {
	if s.holds(r) {
		return wholeShow
	}
	return r.total
}

func (s *stage) holds(r reply) bool { return r.held && s.curtain != nil }

// readRequest decodes the body of a model request, and tells its size.
func readRequest(w http.ResponseWriter, r *http.Request, to any) error {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequestBytes)).Decode(to); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	return nil
}

// jsonText is v as JSON. The stage encodes only types of its own, which have one.
func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(text)
}
