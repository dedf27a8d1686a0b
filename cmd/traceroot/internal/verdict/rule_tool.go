package verdict

import (
	"maps"
	"slices"
	"strings"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// unknownTool finds a call of a tool that the model was not offered and that nothing ran. Tools that a provider runs
// itself may bring others along under names of their own: where one was offered nothing is said.
func unknownTool(v *view) *finding {
	var worked map[string]bool
	calls := Calls(v.Trace)
	for n := range calls {
		c := &calls[n]
		if c.Name == "" || c.span >= 0 && v.spans[c.span].Status != store.StatusError {
			continue
		}
		offered := v.offered(c.asker)
		if _, is := offered[c.Name]; is || len(offered) == 0 || hosted(offered) {
			continue
		}
		if worked == nil {
			worked = v.toolsThatWorked()
		}
		if worked[c.Name] {
			continue
		}
		said := []Part{
			v.link(c.asker), say(" asked for "),
			{Text: brief(c.Name), Code: true, SpanID: c.SpanID},
			say(", which it was not offered"),
		}
		if name := nearestName(c.Name, offered); name != "" {
			said[2].Odd = odd(c.Name, name)
			said = append(said, say(": there is "), quote(name))
		}
		return &finding{status: Warning, head: "Unknown tool.", call: c.key, explain: true, said: said}
	}
	return nil
}

// hosted reports whether a tool without parameters was offered, as those are that a provider runs.
func hosted(offered map[string]string) bool {
	for _, schema := range offered {
		if schema == "" {
			return true
		}
	}
	return false
}

// toolsThatWorked are the tools that did run, whoever offered them.
func (t *Trace) toolsThatWorked() map[string]bool {
	worked := map[string]bool{}
	for i := range t.spans {
		if s := &t.spans[i]; s.Kind == store.KindTool && s.Status != store.StatusError {
			worked[s.Name] = true
		}
	}
	return worked
}

// nearestName is the offered tool that a name likely means.
func nearestName(name string, offered map[string]string) string {
	var d distances
	best, limit := "", max(2, len(name)/3)
	if len(name) > maxClosest {
		return ""
	}
	wanted := []rune(strings.ToLower(name))
	for _, candidate := range slices.Sorted(maps.Keys(offered)) {
		if len(candidate) > maxClosest {
			continue
		}
		if distance := d.between(wanted, []rune(strings.ToLower(candidate)), limit); distance <= limit {
			best, limit = candidate, distance-1
		}
	}
	return best
}
