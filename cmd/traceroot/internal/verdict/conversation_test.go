package verdict_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

func TestNewSince(t *testing.T) {
	t.Parallel()
	sys, ask, more := system("Help."), user("Hello"), user("And then?")
	first, second := says("One moment.", asks("c1", "get", "{}")), says("It is here.")
	got := result("c1", "in Lyon")
	start := []store.Span{agent("01", "", "agent", 0, 900), model("02", "01", 0, 10, []string{sys, ask}, []string{first})}
	for name, test := range map[string]struct {
		in   []string
		want verdict.Since
		news []string
	}{
		"a result": {[]string{sys, ask, first, got}, verdict.Since{Previous: "02", Same: 3}, []string{got}},
		"nothing":  {[]string{sys, ask}, verdict.Since{Previous: "02", Same: 2}, nil},
		"an answer of which the sender left out a part": {
			[]string{sys, ask, message("role", `"assistant"`, "content", `[]`, "tool_calls", "["+asks("c1", "get", "{}")+"]"), got},
			verdict.Since{Previous: "02", Same: 3},
			[]string{got},
		},
		"other instructions": {
			[]string{system("Help!"), ask, first, got},
			verdict.Since{Previous: "02", Same: 0, Rewritten: true, From: 0, To: 1, By: 1},
			[]string{system("Help!"), got},
		},
		"another conversation":         {[]string{sys, more}, verdict.Since{}, []string{sys, more}},
		"the same question to another": {[]string{system("You sort questions into five drawers."), ask}, verdict.Since{}, []string{system("You sort questions into five drawers."), ask}},
		"text that is equal twice":     {[]string{sys, ask, first, got, ask}, verdict.Since{Previous: "02", Same: 3}, []string{got, ask}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := trace(append(start[:2:2], model("03", "01", 20, 30, test.in, []string{second}))...)
			for _, body := range test.news {
				test.want.New = append(test.want.New, store.HashOf(body))
			}
			if since := verdict.NewSince(tr, "03"); !reflect.DeepEqual(since, test.want) {
				t.Errorf("got %+v, want %+v", since, test.want)
			}
		})
	}
}

func TestNewSinceOfAHistoryThatWasRewritten(t *testing.T) {
	t.Parallel()
	history := []string{system("Help."), user("Hello")}
	for n := range 6 {
		history = append(history, says("", asks(fmt.Sprintf("c%d", n), "get", "{}")), result(fmt.Sprintf("c%d", n), fmt.Sprint("part ", n)))
	}
	last := says("", asks("c9", "get", "{}"))
	summary := user("Until now five parts were read.")
	short := list(history[:2], []string{summary}, history[10:], []string{last, result("c9", "part 9")})
	tr := trace(
		agent("01", "", "agent", 0, 900),
		model("02", "01", 0, 10, history[:12], []string{history[12]}),
		model("03", "01", 20, 30, history, []string{last}),
		model("04", "01", 40, 50, short, []string{says("Done.")}),
	)
	want := verdict.Since{
		Previous: "03", Same: 2, Rewritten: true, From: 2, To: 10, By: 1,
		New: []store.Hash{store.HashOf(summary), store.HashOf(result("c9", "part 9"))},
	}
	if got := verdict.NewSince(tr, "04"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestNewSinceOfWhatIsNoModelCall(t *testing.T) {
	t.Parallel()
	tr := trace(support()...)
	for _, id := range []string{"01", "03", "ff", ""} {
		if got := verdict.NewSince(tr, id); !reflect.DeepEqual(got, verdict.Since{}) {
			t.Errorf("of %q: %+v", id, got)
		}
	}
}

func TestConversationsHaveEachMessageOnce(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, c := range verdict.Conversations(trace(support()...)) {
		lines = append(lines, fmt.Sprintf("%s %s in %q", c.ScopeID, c.Name, c.Outer))
		for _, turn := range c.Turns {
			if turn.MadeBy != "" {
				lines = append(lines, "  made by "+turn.MadeBy)
			} else {
				lines = append(lines, "  shown to "+turn.ShownTo)
			}
		}
	}
	want := `01 support-agent in ""
  shown to 02
  shown to 02
  made by 02
  shown to 04
  made by 04
  shown to 08
  made by 08
0b handover-writer in "01"
  shown to 0c
  shown to 0c
  made by 0c`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestManyShortConversationsStayApart(t *testing.T) {
	t.Parallel()
	spans := []store.Span{agent("01", "", "sorter", 0, 9000)}
	for n := range 50 {
		in := []string{system("Sort the mail."), user(fmt.Sprint("Mail ", n))}
		spans = append(spans, model(fmt.Sprintf("1%03d", n), "01", n*10, n*10+9, in, []string{says(`{"queue":"orders"}`)}))
	}
	if got := len(verdict.Conversations(trace(spans...))); got != 50 {
		t.Errorf("got %d conversations, want 50", got)
	}
}
