package llmhttp

import "slices"

// waiting are events that fit a pattern and have not been given out. Most of what a stream costs its reader is what has left
// the processor's caches since the event before: several events at a time cost little more than one.
type waiting struct {
	words []byte  // what the events say in the leaves that vary, one after the other
	sizes []int32 // of those words
	ends  []int64 // of the events
}

// How much may wait. Few events are enough, and what they say is mostly a word each.
const (
	maxWaiting      = 32
	maxWaitingWords = 512 // bytes
)

// waitingRoom is memory for as much as waits mostly.
type waitingRoom struct {
	ends  [maxWaiting]int64
	sizes [2 * maxWaiting]int32
	words [2 * maxWaitingWords]byte
}

// quietNames are members that say how an answer goes on and nothing else. An event that is new in those alone may wait,
// since it is neither the end of the stream nor anything that somebody waits for.
var quietNames = []string{
	"content", "text", "delta", "response", "reasoning_content", "reasoning", "thinking", "partial_json", "arguments",
	"obfuscation", "sequence_number", "created_at", "candidatesTokenCount", "totalTokenCount",
}

// isQuiet tells whether events that fit the pattern may wait. Those that say the same again may be counted.
func (p *pattern) isQuiet() bool {
	return len(p.varied) > 0 && !slices.ContainsFunc(p.varied, func(i int) bool {
		return !slices.Contains(quietNames, p.leaves[i].at.key)
	})
}

// unreadNames are members that no dialect reads.
var unreadNames = []string{"obfuscation", "sequence_number"}

// onlyText is the text that alone varies of what is read, nil where there is none, or more.
func (p *pattern) onlyText() (only *value) {
	for _, i := range p.varied {
		switch v := p.leaves[i].at; {
		case slices.Contains(unreadNames, v.key):
		case only != nil || !v.is(textKind):
			return nil
		default:
			only = v
		}
	}
	return only
}

// mayWait lets events wait from now on.
func (r *recognizer) mayWait() {
	room := new(waitingRoom)
	r.waiting = waiting{words: room.words[:0], sizes: room.sizes[:0], ends: room.ends[:0]}
	r.isPatient = true
}

// give gives out an event that fits, at the latest when the next one comes that does not.
func (r *recognizer) give(deliver func(event), end int64) {
	r.ends = append(r.ends, end)
	if !r.isPatient || !r.quiet || len(r.ends) >= maxWaiting || len(r.words) > maxWaitingWords {
		r.giveAll(deliver)
	}
}

func (r *recognizer) giveAll(deliver func(event)) {
	all := r.waiting
	r.words, r.sizes, r.ends = all.words[:0], all.sizes[:0], all.ends[:0]
	varies := r.only
	if !r.isPatient {
		varies = nil
	}
	for _, end := range all.ends {
		for _, i := range r.varied {
			all.words = r.leaves[i].tell(all.words, int(all.sizes[0]))
			all.sizes = all.sizes[1:]
		}
		deliver(event{name: r.name, data: r.data, end: end, varies: varies})
	}
}
