package verdict_test

import (
	"fmt"
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

const long = "--- FAIL: TestWheelTruing: runout is 0.41 mm, want at most 0.2 mm" // a result that says something

// turns is an agent that makes one tool call a step, and answers after the last.
func turns(steps ...turn) []store.Span {
	return turnsAnd([]string{says("Here you are.")}, nil, steps...)
}

// turn is one tool call: its name, arguments and result. One that fails has an error.
type turn struct{ name, args, result, err string }

func turnsAnd(answer []string, change with, steps ...turn) []store.Span {
	spans := []store.Span{agent("01", "", "agent", 0, 100*len(steps)+90)}
	shown := []string{system("Be of help."), user("Do what has to be done.")}
	for n, step := range steps {
		id := fmt.Sprintf("call_%02d", n)
		asked := says("", asks(id, step.name, step.args))
		spans = append(spans, model(fmt.Sprintf("1%03d", n), "01", 100*n+10, 100*n+40, shown, []string{asked}))
		run := tool(fmt.Sprintf("2%03d", n), "01", step.name, 100*n+50, 100*n+90, took(id), input(step.args), output(step.result))
		text := step.result
		if step.err != "" {
			failed(step.err)(&run)
			text = "error: " + step.err
		}
		spans = append(spans, run)
		shown = list(shown, []string{asked, result(id, text)})
	}
	last := model("1999", "01", 100*len(steps)+10, 100*len(steps)+80, shown, answer)
	if change != nil {
		change(&last)
	}
	return append(spans, last)
}

// again is a step several times.
func again(n int, step turn) []turn { return slices.Repeat([]turn{step}, n) }

// rootFails makes the trace fail with an error of the root alone.
func rootFails(spans []store.Span, text string) []store.Span {
	failed(text)(&spans[0])
	return spans
}

// oneCall is an agent with a single model call.
func oneCall(out string, more ...with) []store.Span {
	return []store.Span{
		agent("01", "", "agent", 0, 1000),
		model("02", "01", 10, 900, []string{user("Hello, are you there?")}, []string{out}, more...),
	}
}

const filler = "You answer in a few friendly sentences and never guess the state of an order, whoever asks and however often."

// cached is two model calls, of which the first filled the provider's cache.
func cached(before, after string, second store.Usage) []store.Span {
	asked := says("", asks("c1", "get_order", "{}"))
	return []store.Span{
		agent("01", "", "agent", 0, 1000),
		model("02", "01", 10, 100, []string{system(before), user("Where is it?")}, []string{asked}, usage(store.Usage{Input: 2900, CacheWrite: 2800})),
		tool("03", "01", "get_order", 110, 200, took("c1"), output("in Lyon")),
		model("04", "01", 210, 900, []string{system(after), user("Where is it?"), asked, result("c1", "in Lyon")}, []string{says("In Lyon.")}, usage(second)),
	}
}

// attempts is a model call that failed after some times, in milliseconds, and worked after the last.
func attempts(lasting ...int) []store.Span {
	spans := []store.Span{{}}
	from := 0
	for n, ms := range lasting {
		s := model(fmt.Sprintf("1%d", n), "01", from, from+ms, []string{user("Hello")}, []string{says("Hello.")})
		if n < len(lasting)-1 {
			failed("429 Too Many Requests")(&s)
		}
		spans = append(spans, s)
		from += ms
	}
	spans[0] = agent("01", "", "agent", 0, from)
	return spans
}

// brokenOff makes the last attempt fail too, with what the provider said.
func brokenOff(spans []store.Span) []store.Span {
	last := &spans[len(spans)-1]
	failed("overloaded_error: Overloaded")(last)
	last.Call.HTTPStatus = 529
	return spans
}

// inOneStep is an agent whose model asks for the same several times at once.
func inOneStep(n int) []store.Span {
	var calls []string
	for i := range n {
		calls = append(calls, asks(fmt.Sprintf("c%d", i), "ask_peer", "{}"))
	}
	asked := says("", calls...)
	shown := []string{user("Ask the others."), asked}
	spans := []store.Span{agent("01", "", "agent", 0, 900), model("02", "01", 1, 9, shown[:1], []string{asked})}
	for i := range n {
		spans = append(spans, tool(fmt.Sprintf("1%d", i), "01", "ask_peer", 10, 20, took(fmt.Sprintf("c%d", i)), output(long)))
		shown = append(shown, result(fmt.Sprintf("c%d", i), long))
	}
	return append(spans, model("03", "01", 30, 40, shown, []string{says("They agree.")}))
}

// continued is an answer that was cut and then went on.
func continued() []store.Span {
	begun := says("Once upon a")
	return []store.Span{
		agent("01", "", "agent", 0, 1000),
		model("02", "01", 10, 100, []string{user("Tell")}, []string{begun}, finished("length")),
		model("03", "01", 110, 900, []string{user("Tell"), begun, user("Go on")}, []string{says("time.")}, finished("stop")),
	}
}

func withPicture(spans []store.Span) []store.Span {
	picture := message("role", `"user"`, "content", `[{"type":"text","text":"See."},{"type":"image","source":"inline"}]`)
	for i := range spans {
		if call := spans[i].Call; call != nil && len(call.In) > 0 {
			call.In = slices.Insert(call.In, 1, store.NewMessage(picture))
		}
	}
	return spans
}

func withAttributes(spans []store.Span, attributes string) []store.Span {
	for i := range spans {
		spans[i].Payload.Attributes = attributes
	}
	return spans
}
