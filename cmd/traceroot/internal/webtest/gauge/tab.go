package gauge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
)

// Tab is a page in a profile of its own: nothing is cached. It is for one goroutine.
type Tab struct {
	ctx context.Context //nolint:containedctx // it is the tab: chromedp keeps tabs in contexts
}

// Open opens an empty tab of the usual size.
func Open(browser context.Context) (tab *Tab, end func(), err error) {
	ctx, end := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	const width, height = 1440, 900
	err = chromedp.Do(ctx, chromedp.EmulateViewport(width, height))
	if err == nil {
		_, err = chromedp.Call(ctx, performance.Enable, performance.EnableParams{TimeDomain: performance.EnableTimeDomainThreadTicks})
	}
	if err != nil {
		end()
		return nil, nil, fmt.Errorf("open a tab: %w", err)
	}
	return &Tab{ctx}, end, nil
}

// Cost is what the thread of a page did: CPU time, and how often it laid the page out.
type Cost struct {
	CPU     time.Duration // all of it
	Script  time.Duration // of this, as the next two
	Style   time.Duration
	Layout  time.Duration
	Layouts int
}

// Minus is the cost of what was done since.
func (c Cost) Minus(before Cost) Cost {
	return Cost{c.CPU - before.CPU, c.Script - before.Script, c.Style - before.Style, c.Layout - before.Layout, c.Layouts - before.Layouts}
}

// Cost is what the tab has done so far.
func (t *Tab) Cost() (Cost, error) {
	got, err := chromedp.Call(t.ctx, performance.GetMetrics, cdp.Empty{})
	if err != nil {
		return Cost{}, fmt.Errorf("ask what the page cost: %w", err)
	}
	var cost Cost
	for _, metric := range got.Metrics {
		took := time.Duration(metric.Value * float64(time.Second))
		switch metric.Name {
		case "TaskDuration":
			cost.CPU = took
		case "ScriptDuration":
			cost.Script = took
		case "RecalcStyleDuration":
			cost.Style = took
		case "LayoutDuration":
			cost.Layout = took
		case "LayoutCount":
			cost.Layouts = int(metric.Value)
		}
	}
	return cost, nil
}

// Calibrate is the CPU time of a piece of work that is always the same, the least of some attempts. What pages cost is told
// as a multiple of it where machines differ.
func (t *Tab) Calibrate() (time.Duration, error) {
	const work = `(() => {
		const rows = new Map();
		for (let n = 0; n < 40000; n++) rows.set("id" + ((n * 7919) % 40009), { n, text: "row " + n, half: n / 2 });
		const all = [...rows.values()].sort((a, b) => (a.text < b.text ? -1 : 1));
		return JSON.parse(JSON.stringify(all)).length;
	})()`
	const attempts = 4
	var least time.Duration
	for n := range attempts {
		before, err := t.Cost()
		if err != nil {
			return 0, err
		}
		if _, err := chromedp.Run(t.ctx, chromedp.Evaluate[int](work)); err != nil {
			return 0, fmt.Errorf("calibrate: %w", err)
		}
		after, err := t.Cost()
		if err != nil {
			return 0, err
		}
		if took := after.Minus(before).CPU; n == 0 || took < least {
			least = took
		}
	}
	if least <= 0 {
		return 0, errors.New("calibrate: the browser tells no CPU time")
	}
	return least, nil
}

// ask evaluates an expression, which may be a promise.
func ask[T any](t *Tab, expression string) (T, error) {
	got, err := chromedp.Run(t.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		return got, fmt.Errorf("ask the page: %w", err)
	}
	return got, nil
}
