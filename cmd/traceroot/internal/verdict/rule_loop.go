package verdict

import "slices"

// How often the same call with the same result makes a loop: less where the agent did nothing else in between.
const (
	minLoop      = 3
	minLoopMixed = 5
	minResult    = 40 // bytes; "ok" and "done" are the same after every step of many a good run
)

// loop finds an agent that makes one call again and again and is told the same each time, until the end. Waiting for
// something ends with another result, and moving on with "ok" is no loop.
func loop(v *view) *finding {
	key, found := v.mostRepeated(func(c *Call) bool { return !c.Failed })
	if len(found) < minLoop {
		return nil
	}
	calls := Calls(v.Trace)
	first, last := &calls[found[0]], &calls[found[len(found)-1]]
	if len(v.outcome(first)) < minResult {
		return nil
	}
	mixed := slices.ContainsFunc(calls[found[0]:found[len(found)-1]], func(c Call) bool {
		return c.key != key && v.scope[c.asker] == v.scope[first.asker]
	})
	if mixed && len(found) < minLoopMixed {
		return nil
	}
	said := " gave the same result to the same arguments " + times(len(found))
	if v.lead != nil && v.lead.call == key {
		said = " had given the same result to the same arguments " + times(len(found)) + " before"
	}
	return &finding{
		status: Warning, head: "Went in circles.", call: key, explain: true, said: []Part{linkCall(last), say(said)},
	}
}
