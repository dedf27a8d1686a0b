package demo

import (
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"time"
)

// scene is a message to a model and what the model answers, step by step: the first reply to the message itself, the
// next to the results of the tools that the first one uses, and so on.
type scene struct {
	cue     string // stands in the message; no two scenes have the same
	context int    // tokens that come to each prompt beyond its text, for tools and files that the script does not spell out
	replies []reply
}

// reply is one answer of a model. The zero values of its times and tokens stand for what such a text usually takes.
type reply struct {
	says         string
	uses         []use
	first, total time.Duration // to the first token, to the last
	tokens       tokens
	refusals     int  // so often the model is too busy before it replies
	held         bool // on a live stage: is spoken slowly, and does not end before the curtain
}

// use is a call of a tool.
type use struct {
	id, name string
	input    string // JSON
}

// tokens counts those of a model call; the three kinds of input do not overlap.
type tokens struct{ fresh, cached, written, out int }

// dialogue is where in a conversation a model is asked, as far as the script needs to know it.
type dialogue struct {
	model    string
	question string // the last message of the user's
	step     int    // answers since the question
	size     int    // bytes of the request
	known    int    // bytes of it that the model was sent before
	caches   bool   // the model's provider counts what it writes to its cache
}

// minCached is what OpenAI, Anthropic and Google agree on: shorter prompts are not cached.
const minCached = 1024

// find returns the model's reply, complete with its times, tokens and ids.
func (d dialogue) find(scenes []scene) (reply, bool) {
	for _, s := range scenes {
		if strings.Contains(d.question, s.cue) && d.step < len(s.replies) {
			return d.complete(s, s.replies[d.step]), true
		}
	}
	return reply{}, false
}

func (d dialogue) complete(s scene, r reply) reply {
	chance := chanceOf(s.cue, d.step)
	if r.tokens == (tokens{}) {
		r.tokens = d.count(s.context, r)
	}
	if r.first == 0 {
		r.first = time.Duration(380+chance.IntN(420)) * time.Millisecond
	}
	if r.total == 0 {
		r.total = r.first + time.Duration(r.tokens.out)*time.Duration(11+chance.IntN(4))*time.Millisecond
	}
	uses := make([]use, len(r.uses))
	for i, u := range r.uses {
		if u.id == "" {
			u.id = idOf(chance)
		}
		uses[i] = u
	}
	r.uses = uses
	return r
}

// count estimates the tokens, one for four bytes.
func (d dialogue) count(context int, r reply) tokens {
	prompt, cached := d.size/4+context, 0
	if d.step > 0 {
		cached = d.known/4 + context
	}
	if cached < minCached {
		cached = 0
	}
	t := tokens{cached: cached, fresh: prompt - cached, out: len(r.says) / 4}
	if d.caches && prompt >= minCached {
		t.fresh = min(t.fresh, 9+d.step%5)
		t.written = prompt - cached - t.fresh
	}
	for _, u := range r.uses {
		t.out += 14 + (len(u.name)+len(u.input))/3
	}
	return t
}

// chanceOf is different at each step of each scene, and the same every time that it is played.
func chanceOf(cue string, step int) *rand.Rand {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s %d", cue, step)
	return rand.New(rand.NewPCG(h.Sum64(), 0))
}

// idOf is an id such as providers make.
func idOf(chance *rand.Rand) string {
	b := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, chance.Uint64()), chance.Uint64())
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)[:22]
}
