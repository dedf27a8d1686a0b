package gauge

import (
	"fmt"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Load is what it took to show a page.
type Load struct {
	Paint    time.Duration // by the clock, from the start of the navigation until something was painted
	Rows     time.Duration // likewise, until the rows were there to be painted
	First    Cost          // until its first rows were on the screen
	Settled  Cost          // until nothing more happened
	Asked    int           // requests before the rows were there, the page's own left out
	Answers  int           // of these, those for data
	Twice    []string      // data that was asked for more than once by then
	Script   int           // bytes of scripts on the wire until then
	Elements int
}

// What is on the screen once the first rows of a page are.
const (
	RowsOfList  = `.tr[data-id]`
	RowsOfTrace = `.tree [role=treeitem]`
)

// Load loads an address into the tab, which is new.
func (t *Tab) Load(address, rows string) (Load, error) {
	var load Load
	before, err := t.Cost()
	if err != nil {
		return load, err
	}
	const watch = `new MutationObserver((_, watching) => {
		if (document.querySelectorAll(%q).length <= 3) return;
		window.rowsAt = performance.now();
		watching.disconnect();
	}).observe(document, { childList: true, subtree: true })`
	if _, err := chromedp.Call(t.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: fmt.Sprintf(watch, rows)}); err != nil {
		return load, fmt.Errorf("watch for the rows of %s: %w", address, err)
	}
	if err := chromedp.Do(t.ctx, chromedp.Navigate(address)); err != nil {
		return load, fmt.Errorf("load %s: %w", address, err)
	}
	const shown = `new Promise((done, fail) => {
		setTimeout(fail, 60e3, new Error("there are no rows"));
		const look = () => requestAnimationFrame(() => (window.rowsAt ? setTimeout(() => done(true)) : look()));
		look();
	})`
	if _, err := ask[bool](t, shown); err != nil {
		return load, fmt.Errorf("load %s: %w", address, err)
	}
	first, err := t.Cost()
	if err != nil {
		return load, err
	}
	told, err := ask[struct {
		Paint, Rows, Asked, Answers, Script float64
		Twice                               []string
	}](t, `(() => {
		const Paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
		const Rows = window.rowsAt;
		const early = performance.getEntriesByType("resource").filter((r) => r.startTime < Rows);
		const scripts = early.filter((r) => new URL(r.name).pathname.endsWith(".js"));
		const data = early.map((r) => r.name).filter((name) => name.includes("/api/"));
		return { Paint, Rows, Asked: early.length, Answers: data.length, Twice: data.filter((name, i) => data.indexOf(name) < i), Script: scripts.reduce((sum, r) => sum + r.encodedBodySize, 0) };
	})()`)
	if err != nil {
		return load, err
	}
	settled, err := t.settle()
	if err != nil {
		return load, err
	}
	elements, err := ask[int](t, `document.querySelectorAll("*").length`)
	return Load{
		Paint: milliseconds(told.Paint), Rows: milliseconds(told.Rows), First: first.Minus(before), Settled: settled.Minus(before),
		Asked: int(told.Asked), Answers: int(told.Answers), Twice: told.Twice, Script: int(told.Script), Elements: elements,
	}, err
}

func milliseconds(n float64) time.Duration { return time.Duration(n * float64(time.Millisecond)) }

// settle waits until the page neither asks nor changes any more, and is what it has cost by then.
func (t *Tab) settle() (Cost, error) {
	const quiet = `new Promise((done) => {
		const quietMs = 500;
		let timer = setTimeout(done, quietMs, true);
		const again = () => { clearTimeout(timer); timer = setTimeout(done, quietMs, true); };
		new PerformanceObserver(again).observe({ type: "resource" });
		new MutationObserver(again).observe(document.body, { childList: true, subtree: true });
	})`
	if _, err := ask[bool](t, quiet); err != nil {
		return Cost{}, err
	}
	return t.Cost()
}
