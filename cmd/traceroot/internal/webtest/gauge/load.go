package gauge

import (
	"fmt"
	"time"

	"github.com/chromedp/chromedp"
)

// Load is what it took to show a page.
type Load struct {
	Paint    time.Duration // by the clock, from the start of the navigation until something was painted
	First    Cost          // until its first rows were on the screen
	Settled  Cost          // until nothing more happened
	Asked    int           // requests before the first paint, the page's own left out
	Answers  int           // of these, those for data
	Twice    int           // data that was asked for more than once by then
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
	if err := chromedp.Do(t.ctx, chromedp.Navigate(address)); err != nil {
		return load, fmt.Errorf("load %s: %w", address, err)
	}
	const shown = `new Promise((done) => {
		const look = () => (document.querySelectorAll(%q).length > 3 ? requestAnimationFrame(() => setTimeout(() => done(true))) : requestAnimationFrame(look));
		look();
	})`
	if _, err := ask[bool](t, fmt.Sprintf(shown, rows)); err != nil {
		return load, err
	}
	first, err := t.Cost()
	if err != nil {
		return load, err
	}
	told, err := ask[struct{ Paint, Asked, Answers, Twice, Script float64 }](t, `(() => {
		const Paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
		const early = performance.getEntriesByType("resource").filter((r) => r.startTime < Paint);
		const scripts = early.filter((r) => new URL(r.name).pathname.endsWith(".js"));
		const data = early.map((r) => r.name).filter((name) => name.includes("/api/"));
		return { Paint, Asked: early.length, Answers: data.length, Twice: data.length - new Set(data).size, Script: scripts.reduce((sum, r) => sum + r.encodedBodySize, 0) };
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
		Paint: time.Duration(told.Paint * float64(time.Millisecond)), First: first.Minus(before), Settled: settled.Minus(before),
		Asked: int(told.Asked), Answers: int(told.Answers), Twice: int(told.Twice), Script: int(told.Script), Elements: elements,
	}, err
}

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
