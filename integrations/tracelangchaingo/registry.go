package tracelangchaingo

import (
	"container/list"
	"sync"
	"sync/atomic"
)

// maxStacks bounds what panics and forgotten ends leave behind: beyond it, the oldest stack is given up.
const maxStacks = 10_000

// running holds the stack of each goroutine on which something is open. It is one for all handlers and wrappers, so that
// those of one run find each other.
var running = registry{stacks: map[uint64]*list.Element{}}

type registry struct {
	count atomic.Int64 // of the stacks, so that goroutines need no number while nothing is open

	mu     sync.Mutex
	stacks map[uint64]*list.Element // by goroutine; guarded by mu
	oldest list.List                // of *stack; guarded by mu
}

// here is the stack of this goroutine, nil while nothing is open on it.
func (r *registry) here() *stack {
	if r.count.Load() == 0 {
		return nil
	}
	id, ok := goroutineID()
	if !ok {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.stacks[id]; e != nil {
		return e.Value.(*stack) //nolint:errcheck // the list holds nothing else
	}
	return nil
}

// push puts a frame on the stack of this goroutine, and returns that; nil when goroutines cannot be told apart.
func (r *registry) push(f *frame) *stack {
	id, ok := goroutineID()
	if !ok {
		return nil
	}
	r.mu.Lock()
	e := r.stacks[id]
	if e == nil {
		e = r.oldest.PushBack(&stack{goroutine: id})
		r.stacks[id] = e
		if r.oldest.Len() > maxStacks {
			r.drop(r.oldest.Front())
		}
		r.count.Store(int64(r.oldest.Len()))
	}
	r.mu.Unlock()
	s := e.Value.(*stack) //nolint:errcheck // the list holds nothing else
	s.frames = append(s.frames, f)
	return s
}

// release forgets a stack on which nothing is open any more.
func (r *registry) release(s *stack) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.stacks[s.goroutine]; e != nil && e.Value == s {
		r.drop(e)
		r.count.Store(int64(r.oldest.Len()))
	}
}

// drop takes a stack out; the mutex is held.
func (r *registry) drop(e *list.Element) {
	s := r.oldest.Remove(e).(*stack) //nolint:errcheck // the list holds nothing else
	delete(r.stacks, s.goroutine)
}
