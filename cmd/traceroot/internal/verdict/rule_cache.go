package verdict

import (
	"bytes"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// When a prompt cache would have held what was sent before.
const (
	cacheable = 1024 // tokens; providers cache no shorter prompts
	cacheLife = 5 * time.Minute
)

// brokenCache finds a call that paid again for what the call before it had put into the provider's prompt cache, since
// it sent the same with other bytes: members in another order, other spaces, the time of day in the instructions.
func brokenCache(v *view) *finding {
	for _, i := range v.order {
		s := v.threads().of[i]
		if s == nil || s.before == nil || !v.paidAgain(&v.spans[s.before.span], &v.spans[i]) {
			continue
		}
		if found := v.firstChange(s); found != nil {
			return found
		}
	}
	return nil
}

// paidAgain reports whether the cache was in use and served less than half of what it had been given.
func (v *view) paidAgain(before, s *store.Span) bool {
	if before.Usage == nil || s.Usage == nil || before.Model != s.Model || s.Start.Sub(before.End) > cacheLife {
		return false
	}
	cached := before.Usage.CacheRead + before.Usage.CacheWrite
	return cached >= cacheable && s.Usage.Input >= cacheable && s.Usage.CacheRead < cached/2
}

func (v *view) firstChange(s *step) *finding {
	before, after := &v.spans[s.before.span], &v.spans[s.span]
	was, is := before.Payload.Tools, after.Payload.Tools
	if was != is {
		if !sameTools(was, is) {
			return nil // Other tools are another prompt.
		}
		return v.changed(s, "the tools", was, is)
	}
	if !s.rewritten || s.prefix >= len(after.Call.In) {
		return nil
	}
	x, y := v.message(before.Call.In[s.prefix]), v.message(after.Call.In[s.prefix])
	if !x.known || !y.known || x.role != y.role || !sameMeaning(x.body, y.body) {
		return nil
	}
	what := "a message of the " + x.role
	switch x.role {
	case "system", "developer":
		what = "the instructions"
	case "assistant":
		what = "its own earlier answer"
	case "tool":
		what = "the result of a tool"
	}
	if len(x.texts) == 1 && len(y.texts) == 1 && x.texts[0].text != y.texts[0].text {
		return v.changed(s, what, x.texts[0].text, y.texts[0].text)
	}
	return v.changed(s, what, x.body, y.body)
}

func (v *view) changed(s *step, what, was, is string) *finding {
	at, old, now := difference(was, is)
	return &finding{
		status: Warning, head: "Prompt cache broken.", explain: false,
		said: []Part{
			v.link(s.span), say(" sent " + what + " again, the same but for character " + grouped(int64(at+1)) + ": "), now,
			say(" instead of "), old,
		},
	}
}

// around is how many characters are quoted on each side of a difference.
const around = 12

// difference is the first character, from 0, that two texts do not share, with both texts around it.
func difference(was, is string) (at int, old, now Part) {
	bytesAt := 0
	for bytesAt < min(len(was), len(is)) && was[bytesAt] == is[bytesAt] {
		bytesAt++
	}
	for bytesAt > 0 && bytesAt < len(was) && !utf8.RuneStart(was[bytesAt]) {
		bytesAt--
	}
	return utf8.RuneCountInString(was[:bytesAt]), excerpt(was, bytesAt), excerpt(is, bytesAt)
}

func excerpt(text string, at int) Part {
	head := []rune(strings.ToValidUTF8(text[max(0, at-4*around):at], ""))
	tail := []rune(strings.ToValidUTF8(text[at:min(len(text), at+4*around)], ""))
	head, tail = head[max(0, len(head)-around):], tail[:min(len(tail), around)]
	odd := len(head)
	part := Part{Text: string(head) + string(tail), Code: true}
	if len(tail) == 0 {
		part.Text, odd = part.Text+"␃", len(head) // The text ends here.
	}
	part.Odd = []int{odd}
	return part
}

// sameMeaning reports whether texts differ in what carries no meaning: the order of members and spaces of JSON, spaces of
// a text, and the digits of a time.
func sameMeaning(a, b string) bool {
	if bytes.Equal(canonical(a), canonical(b)) {
		return true
	}
	return withoutTimes(a) == withoutTimes(b)
}

// withoutTimes replaces each run of digits, which a time or a counter has others of each time. A text that is mostly
// digits is data, and stays.
func withoutTimes(text string) string {
	if len(digits(text))*10 > len(text) {
		return text
	}
	var b strings.Builder
	inNumber, inSpace := false, false
	for _, r := range text {
		digit, space := '0' <= r && r <= '9', r == ' ' || r == '\n' || r == '\t' || r == '\r'
		switch {
		case digit && inNumber, space && inSpace:
		case digit:
			b.WriteByte('0')
		case space:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
		inNumber, inSpace = digit, space
	}
	return b.String()
}

// sameTools reports whether two lists offer the same tools, in whatever order.
func sameTools(a, b string) bool {
	if !gjson.Valid(a) || !gjson.Valid(b) {
		return false
	}
	return slices.Equal(toolTexts(a), toolTexts(b))
}

func toolTexts(list string) []string {
	var all []string
	for _, tool := range elements(gjson.Parse(list)) {
		all = append(all, string(canonical(tool.Raw)))
	}
	slices.Sort(all)
	return all
}
