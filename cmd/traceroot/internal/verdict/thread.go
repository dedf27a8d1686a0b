package verdict

import (
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// talk is all model calls of a trace, told apart by the conversations that they continue.
type talk struct {
	threads []*thread
	of      map[int]*step // by index of the span
}

// thread is one conversation.
type thread struct {
	scope string
	steps []*step
	turns []Turn

	made  map[store.Hash]bool // answers of its calls
	later map[store.Hash]bool // what was shown after its first call
	all   map[store.Hash]bool
}

// step is one model call in its conversation.
type step struct {
	span      int
	thread    *thread
	before    *step
	same      int             // messages at the start that are those of the step before, its answer included
	prefix    int             // messages at the start that both were shown
	rewritten bool            // what the step before was shown is not how this one starts
	shown     []store.Message // what no earlier step of the thread was shown or gave
}

const (
	maxRivals = 4 // conversations that hold one message and are remembered
	maxProbes = 8 // last messages by which a conversation is recognised
)

// threads sorts the model calls once.
func (t *Trace) threads() *talk {
	if t.talk != nil {
		return t.talk
	}
	t.talk = &talk{of: map[int]*step{}}
	f := finder{t: t, holders: map[holderKey][]*thread{}}
	for _, i := range t.order {
		in, out := t.sent(i)
		if len(in) == 0 && len(out) == 0 {
			continue
		}
		s := &step{span: i, thread: f.find(i, in)}
		if s.thread == nil {
			s.thread = &thread{
				scope: t.scope[i], made: map[store.Hash]bool{}, later: map[store.Hash]bool{}, all: map[store.Hash]bool{},
			}
			t.talk.threads = append(t.talk.threads, s.thread)
		}
		t.extend(s, in, out)
		f.note(s, out)
		t.talk.of[i] = s
	}
	return t.talk
}

// extend makes a call the last of its thread.
func (t *Trace) extend(s *step, in, out []store.Message) {
	th := s.thread
	s.shown = in
	if n := len(th.steps); n > 0 {
		s.before = th.steps[n-1]
		before, answer := t.sent(s.before.span)
		s.prefix = commonPrefix(before, in)
		s.same = s.prefix
		s.rewritten = s.prefix < len(before)
		s.shown = nil
		leading := !s.rewritten
		for _, m := range in[s.prefix:] {
			switch known := th.made[m.Hash] || t.answers(answer, m); {
			case known && leading:
				s.same++
			case known, s.rewritten && th.all[m.Hash]:
			default:
				leading = false
				s.shown = append(s.shown, m)
			}
		}
	}
	id := t.spans[s.span].SpanID
	for _, m := range s.shown {
		th.turns = append(th.turns, Turn{Hash: m.Hash, ShownTo: id})
		th.all[m.Hash] = true
		if s.before != nil {
			th.later[m.Hash] = true
		}
	}
	for _, m := range out {
		th.turns = append(th.turns, Turn{Hash: m.Hash, MadeBy: id})
		th.all[m.Hash], th.made[m.Hash] = true, true
	}
	th.steps = append(th.steps, s)
}

// answers reports whether a message is one of the answers.
func (t *Trace) answers(answer []store.Message, m store.Message) bool {
	if len(answer) == 0 || t.message(m).role != "assistant" {
		return false
	}
	return slices.ContainsFunc(answer, func(a store.Message) bool { return sameAnswer(t.message(a), t.message(m)) })
}

func commonPrefix(a, b []store.Message) int {
	n := 0
	for n < min(len(a), len(b)) && a[n].Hash == b[n].Hash {
		n++
	}
	return n
}

// finder finds the thread that a call continues.
type finder struct {
	t       *Trace
	holders map[holderKey][]*thread // the last of those that hold a message
}

type holderKey struct {
	scope string
	hash  store.Hash
}

func (f *finder) find(i int, in []store.Message) *thread {
	first := slices.IndexFunc(in, f.talks)
	if first < 0 {
		return nil
	}
	probes := in[max(first, len(in)-maxProbes):]
	var best *thread
	var tried []*thread
	longest := -1
	for n := range len(probes) + 1 {
		m := in[first]
		if n > 0 {
			m = probes[n-1]
		}
		for _, th := range f.holders[holderKey{f.t.scope[i], m.Hash}] {
			if slices.Contains(tried, th) {
				continue
			}
			tried = append(tried, th)
			before, _ := f.t.sent(th.steps[len(th.steps)-1].span)
			prefix := commonPrefix(before, in)
			if prefix > longest && f.continues(th, before, in, prefix, first) {
				best, longest = th, prefix
			}
		}
	}
	return best
}

// continues tells one conversation from two that only begin alike.
func (f *finder) continues(th *thread, before, in []store.Message, prefix, first int) bool {
	if prefix == len(before) {
		return true
	}
	if !f.sameSystem(before, in) {
		return false
	}
	for _, m := range in[max(first, len(in)-maxProbes):] {
		if th.made[m.Hash] || th.later[m.Hash] {
			return true
		}
	}
	return len(th.steps) > 1 && prefix > first
}

// sameSystem reports whether both lists begin with the same instructions, but for a word or two, such as the time.
func (f *finder) sameSystem(a, b []store.Message) bool {
	if len(a) == 0 {
		return false
	}
	x, y := f.t.message(a[0]), f.t.message(b[0])
	if x.hash == y.hash {
		return true
	}
	if x.role != y.role {
		return false
	}
	p, q := x.said(), y.said()
	head := 0
	for head < min(len(p), len(q)) && p[head] == q[head] {
		head++
	}
	end := 0
	for end < min(len(p), len(q))-head && p[len(p)-1-end] == q[len(q)-1-end] {
		end++
	}
	return (head+end)*5 >= max(len(p), len(q))*4
}

// talks reports whether a message is of the conversation itself, and no instruction that many share.
func (f *finder) talks(m store.Message) bool {
	role := f.t.message(m).role
	return role != "system" && role != "developer"
}

// note remembers what a step added to its thread.
func (f *finder) note(s *step, out []store.Message) {
	for _, m := range slices.Concat(s.shown, out) {
		if !f.talks(m) {
			continue
		}
		key := holderKey{s.thread.scope, m.Hash}
		holders := f.holders[key]
		if slices.Contains(holders, s.thread) {
			continue
		}
		if len(holders) == maxRivals {
			holders = slices.Delete(holders, 0, 1)
		}
		f.holders[key] = append(holders, s.thread)
	}
}
