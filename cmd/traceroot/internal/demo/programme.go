package demo

import (
	"context"
	"fmt"
	"time"
)

// act is what is played one run after the other, such as the turns of a conversation.
type act struct {
	at, between time.Duration // from the beginning, and from a run to the next, both at pace 1
	runs        []run
}

type run struct {
	name  string
	fails bool // as it should
	ci    bool // on a test machine
	play  func(ctx context.Context, c *company) error
}

// judge turns the result of the run into an error only if it is not the one that the script wants.
func (r run) judge(err error) error {
	switch {
	case r.fails && err == nil:
		return fmt.Errorf("play the demo: %s should have failed", r.name)
	case !r.fails && err != nil:
		return fmt.Errorf("play the demo: %s: %w", r.name, err)
	default:
		return nil
	}
}

const (
	sessionID  = "sess_2291"
	sessionFor = "user-4821"
)

// programme is what Fill plays. The conversation with a failed turn takes longest, so it starts first; with whole, the
// runs are in it that could be played live.
func programme(whole bool) []act {
	customer := ticket{user: sessionFor, session: sessionID}
	conversation := act{at: 0, between: 400 * time.Millisecond, runs: []run{
		ask(customer.saying("where is order 60418?", "chat")),
		failing(ask(customer.saying("The rear derailleur in that parcel has a bent cage. Can it go back, and can a new one be here by Saturday?", "returns", "chat"))),
		ask(customer.saying("my zip is 97201 by the way", "returns", "chat")),
	}}
	acts := []act{
		conversation,
		one(1000, failing(code(loopTask()))),
		one(3000, research(inquiry{user: "user-1077", session: "sess_2298", question: motorQuestion})),
		one(4500, ask(ticket{user: "user-3391", session: "sess_2281"}.saying("is the workshop open on Sunday?", "chat"))),
		one(5500, code(flagTask())),
		one(6000, ask(ticket{user: "user-4100", session: "sess_2288"}.saying("can you change the delivery address of 60430?", "chat"))),
		one(7000, run{name: "price-watch", play: func(ctx context.Context, c *company) error { return c.prices.check(ctx) }}),
		one(8000, ask(ticket{user: "user-2984", session: "sess_2290"}.saying("I am 164 cm tall and want a gravel bike, at most 1,800", "chat", "sales"))),
		one(11000, failing(research(inquiry{user: "user-1077", session: "sess_2293", question: recallQuestion}))),
		one(13000, ask(ticket{user: "user-3310", session: "sess_2295"}.saying("do you have tubeless tape, 29 mm?", "chat"))),
		one(15500, onCI(ask(ticket{user: "user-ci", session: "ci-811"}.saying("where is order 60402?", "chat", "smoke")))),
		one(14500, ask(ticket{user: "user-2984", session: "sess_2290"}.saying("is the Nord in XS here yet?", "chat", "sales"))),
		one(18000, ask(ticket{user: "user-3502", session: "sess_2299"}.saying("do you change tyres while I wait?", "chat"))),
	}
	for i, text := range tickets {
		r := classify(text)
		r.ci = i >= len(tickets)-2
		acts = append(acts, one(16000+650*i, r))
	}
	if whole {
		last := encores()
		acts[0].runs = append(acts[0].runs, last[0])
		acts = append(acts, one(20000, last[1]))
	}
	return acts
}

// encores are the runs that are still on when people come to look.
func encores() []run {
	customer := ticket{user: sessionFor, session: sessionID}
	return []run{
		ask(customer.saying("can you also add brake pads to that order?", "chat")),
		research(inquiry{user: "user-1077", session: "sess_2304", question: dynamoQuestion}),
	}
}

// one is an act of one run.
func one(afterMillis int, r run) act {
	return act{at: time.Duration(afterMillis) * time.Millisecond, runs: []run{r}}
}

func ask(t ticket) run {
	return run{name: "support-agent", play: func(ctx context.Context, c *company) error {
		_, err := c.support.answer(ctx, t)
		return err
	}}
}

func research(q inquiry) run {
	return run{name: "research-agent", play: func(ctx context.Context, c *company) error {
		_, err := c.researcher.answer(ctx, q)
		return err
	}}
}

func code(t codingTask) run {
	return run{name: "coding-agent", play: func(ctx context.Context, c *company) error {
		if t.limit > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, c.scaled(t.limit))
			defer cancel()
		}
		_, err := c.coder.solve(ctx, t, newWorkspace(t, c.scaled))
		return err
	}}
}

func classify(text string) run {
	return run{name: "classify-ticket", play: func(ctx context.Context, c *company) error {
		_, err := c.classifier.classify(ctx, text)
		return err
	}}
}

func failing(r run) run {
	r.fails = true
	return r
}

func onCI(r run) run {
	r.ci = true
	return r
}
