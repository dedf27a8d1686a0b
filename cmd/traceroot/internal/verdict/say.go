package verdict

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// maxQuoted is how many characters of a trace's text a verdict quotes.
const maxQuoted = 160

func say(text string) Part { return Part{Text: text} }

func quote(text string) Part { return Part{Text: brief(text), Code: true} }

// link names a span: a model call by its number, any other by its name.
func (t *Trace) link(i int) Part {
	s := &t.spans[i]
	if n := t.number[i]; n > 0 {
		return Part{Text: "Model call #" + strconv.Itoa(n), SpanID: s.SpanID}
	}
	name := brief(s.Name)
	if name == "" {
		name = "a span without a name"
	}
	return Part{Text: name, SpanID: s.SpanID}
}

// linkCall names a tool call and leads to its span.
func linkCall(c *Call) Part { return Part{Text: brief(c.Name), SpanID: c.where()} }

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return grouped(int64(n)) + " times"
}

// grouped is a number with its thousands parted.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return strconv.FormatFloat(math.Round(d.Seconds()*100)/100, 'f', -1, 64) + " s"
	case d < time.Hour:
		return fmt.Sprintf("%d m %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d m", int(d.Hours()), int(d.Minutes())%60)
}

// brief is the beginning of a text on one line.
func brief(text string) string {
	text = oneLine(text)
	if utf8.RuneCountInString(text) <= maxQuoted {
		return text
	}
	return string([]rune(text)[:maxQuoted-1]) + "…"
}

func oneLine(text string) string {
	text = text[:min(len(text), 64*maxQuoted)] // What follows is not quoted.
	return strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
}

// errorText is what a span says of its error: the innermost link of the chain, which is where it arose.
func errorText(s *store.Span) string {
	chain := s.Errors
	for len(chain) > 0 {
		last := &chain[len(chain)-1]
		if len(last.Causes) == 0 {
			if last.Message != "" {
				return last.Message
			}
			break
		}
		chain = last.Causes[0]
	}
	if s.StatusMessage == "" && len(s.Errors) > 0 {
		return s.Errors[0].Type
	}
	return s.StatusMessage
}

// allErrorText is everything that a span says of its error.
func allErrorText(s *store.Span) string {
	var b strings.Builder
	b.WriteString(s.StatusMessage)
	var add func([]store.Error, int)
	add = func(chain []store.Error, depth int) {
		for i := range chain {
			b.WriteByte('\n')
			b.WriteString(chain[i].Message)
			for _, cause := range chain[i].Causes {
				if depth < maxDepth {
					add(cause, depth+1)
				}
			}
		}
	}
	add(s.Errors, 0)
	return b.String()
}
