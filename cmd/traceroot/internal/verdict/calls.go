package verdict

import (
	"bytes"
	"encoding/json"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Call is a tool call that a model asked for, with what became of it.
type Call struct {
	ID       string // tool_call_id; empty where the provider has none
	Name     string
	Args     string     // JSON, or whatever the model wrote instead
	ArgsHash store.Hash // of the arguments with members in order and without spaces; equal for equal arguments
	AskedBy  string     // id of the model call

	SpanID  string // of the tool span that ran it, the last attempt; empty where none is known
	ByOrder bool   // span or result were matched by name, arguments and order, since no id linked them
	Failed  bool   // the tool said so, or its span did

	Result store.Hash // the message with the result; zero where no model was shown one
	ReadBy string     // id of the first model call that was shown the result

	Repeats int // index of the latest earlier call of the same agent with that name and these arguments; -1 for none

	asker  int // index of AskedBy
	span   int // index of SpanID, -1
	thread *thread
	key    string // equal for calls that are repeats of each other
}

// Calls are the tool calls of all models of the trace, in the order in which they were asked for.
func Calls(t *Trace) []Call {
	if t.calls != nil {
		return t.calls
	}
	l := linker{t: t, open: map[*thread][]int{}}
	calls := []Call{}
	for _, i := range t.order {
		s := t.threads().of[i]
		if s == nil {
			continue
		}
		l.read(calls, s)
		_, out := t.sent(i)
		for _, m := range out {
			for _, w := range t.message(m).calls {
				l.open[s.thread] = append(l.open[s.thread], len(calls))
				calls = append(calls, t.asked(i, s.thread, w))
			}
		}
	}
	t.linkSpans(calls)
	latest := map[string]int{}
	for n := range calls {
		c := &calls[n]
		c.Repeats = -1
		if before, repeats := latest[c.key]; repeats {
			c.Repeats = before
		}
		latest[c.key] = n
		c.Failed = t.callFailed(c)
	}
	t.calls = calls
	return calls
}

func (t *Trace) asked(i int, th *thread, w wish) Call {
	c := Call{
		ID: w.id, Name: w.name, Args: w.args, ArgsHash: hashOfJSON(w.args), AskedBy: t.spans[i].SpanID,
		asker: i, span: -1, thread: th,
	}
	c.key = t.scope[i] + "\x00" + c.Name + "\x00" + string(c.ArgsHash[:])
	return c
}

// linker finds the results of calls in what later calls of the same conversation are shown.
type linker struct {
	t    *Trace
	open map[*thread][]int // calls without a result
}

func (l *linker) read(calls []Call, s *step) {
	open := l.open[s.thread]
	for _, shown := range s.shown {
		if len(open) == 0 {
			break
		}
		m := l.t.message(shown)
		if m.role != "tool" {
			continue
		}
		n := l.answered(calls, open, m)
		if n < 0 {
			continue
		}
		c := &calls[open[n]]
		c.Result, c.ReadBy = m.hash, l.t.spans[s.span].SpanID
		c.ByOrder = c.ByOrder || m.callID == "" || c.ID == ""
		open = append(open[:n:n], open[n+1:]...)
	}
	l.open[s.thread] = open
}

// answered is which of the open calls a result is of, -1 for none. Where one of the two has no id, results are in the
// order of the calls.
func (l *linker) answered(calls []Call, open []int, m *message) int {
	for n := len(open) - 1; n >= 0 && m.callID != ""; n-- {
		if calls[open[n]].ID == m.callID {
			return n
		}
	}
	for n, call := range open {
		if m.callID == "" || calls[call].ID == "" {
			return n
		}
	}
	return -1
}

func (t *Trace) callFailed(c *Call) bool {
	if c.span >= 0 && t.spans[c.span].Status == store.StatusError {
		return true
	}
	return c.Result != store.Hash{} && t.message(store.Message{Hash: c.Result}).isError
}

// hashOfJSON is the hash of JSON text in one form for all that means the same, and of other text as it is.
func hashOfJSON(text string) store.Hash { return store.HashOf(string(canonical(text))) }

func canonical(text string) []byte {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil || decoder.More() {
		return []byte(text)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return []byte(text)
	}
	return encoded
}
