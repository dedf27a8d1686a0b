package verdict

import (
	"slices"
	"strings"
)

// maxAsked bounds of how many failed calls the arguments are looked up.
const maxAsked = 8

// unseenArgument finds an argument that the model had not been shown, in a call that failed over it: the error names the
// value, or the argument, and no later call of the tool worked. What a model computed is not in context either, which
// is why a call that worked is never held against it.
func unseenArgument(v *view) *finding {
	if v.lead != nil && v.lead.call == "" {
		return nil
	}
	asked := 0
	calls := Calls(v.Trace)
	for n := range calls {
		c := &calls[n]
		if !c.Failed || c.Repeats >= 0 || v.lead != nil && v.lead.call != c.key || v.toolWorkedAfter(n) {
			continue
		}
		if asked++; asked > maxAsked {
			return nil
		}
		failure := v.failureOf(c)
		for _, source := range Sources(v.Trace, *c) {
			if source.Seen == nil && blames(failure, source) {
				return v.unseen(c, source)
			}
		}
	}
	return nil
}

func (v *view) unseen(c *Call, s Source) *finding {
	value := brief(s.Value)
	argument := Part{Text: value, Code: true, Odd: s.Odd}
	if s.name != "" {
		argument.Text = s.name + " " + value
		argument.Odd = nil
		for _, at := range s.Odd {
			argument.Odd = append(argument.Odd, at+len([]rune(s.name))+1)
		}
	}
	f := &finding{status: Warning, head: "Argument not in context.", call: c.key, explain: true}
	f.said = []Part{argument}
	if hint := mistaken(s); hint != "" {
		f.said = append(f.said, say(", with "+hint+","))
	}
	f.said = append(f.said, say(" is not in anything the model was shown"))
	if s.Closest != "" {
		f.said = append(f.said, say(": "))
		f.said = append(f.said, v.teller(s.At)...)
		f.said = append(f.said, quote(s.Closest))
	}
	if v.lead == nil {
		f.said = append([]Part{linkCall(c), say(" failed, and its ")}, f.said...)
	}
	return f
}

// teller says who had told the model what stands at a place.
func (v *view) teller(at *Place) []Part {
	if i, known := v.byID[at.SpanID]; known {
		return []Part{v.link(i), say(" had returned ")}
	}
	switch m := v.messages[at.Message]; m.role {
	case "user":
		return []Part{say("the user had said ")}
	case "system", "developer":
		return []Part{say("the instructions say ")}
	}
	return []Part{say("it had been shown ")}
}

// failureOf is all that is known of why a call failed, in lower case.
func (v *view) failureOf(c *Call) string {
	text := ""
	if c.ReadBy != "" {
		text = v.textOf(c.Result)
	}
	below := []int{c.span}
	for n := 0; n < len(below) && n < 100; n++ {
		if i := below[n]; i >= 0 {
			text += "\n" + allErrorText(&v.spans[i])
			below = append(below, v.failedBelow(i)...)
		}
	}
	return strings.ToLower(text)
}

// blames reports whether a failure speaks of an argument.
func blames(failure string, s Source) bool {
	if indexWhole(failure, strings.ToLower(s.Value)) >= 0 {
		return true
	}
	return s.Closest != "" && len(s.name) >= 4 && indexWhole(failure, strings.ToLower(s.name)) >= 0
}

// toolWorkedAfter reports whether the model found another way with the same tool.
func (v *view) toolWorkedAfter(n int) bool {
	calls := Calls(v.Trace)
	return slices.ContainsFunc(calls[n+1:], func(c Call) bool {
		return c.Name == calls[n].Name && !c.Failed && v.scope[c.asker] == v.scope[calls[n].asker] && (c.span >= 0 || c.ReadBy != "")
	})
}

// lookalikes are characters that are taken for each other.
var lookalikes = map[rune]struct{ with, as string }{
	'O': {"0", "a letter O"}, 'o': {"0", "a letter o"}, '0': {"Oo", "a digit 0"},
	'l': {"1I", "a letter l"}, 'I': {"1l", "a letter I"}, '1': {"lI", "a digit 1"},
	'S': {"5", "a letter S"}, '5': {"S", "a digit 5"},
	'B': {"8", "a letter B"}, '8': {"B", "a digit 8"},
	'Z': {"2", "a letter Z"}, '2': {"Z", "a digit 2"},
}

// mistaken says which character was taken for another that looks like it, where that is all that differs.
func mistaken(s Source) string {
	value, closest := []rune(s.Value), []rune(s.Closest)
	if len(s.Odd) != 1 || len(value) != len(closest) {
		return ""
	}
	like, known := lookalikes[value[s.Odd[0]]]
	if !known || !strings.ContainsRune(like.with, closest[s.Odd[0]]) {
		return ""
	}
	return like.as
}
