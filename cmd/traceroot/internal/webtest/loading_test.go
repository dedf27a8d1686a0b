package webtest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// slowDown has every answer of the server take so much longer.
func (p *page) slowDown(by time.Duration) {
	p.t.Helper()
	conditions := network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{
		{Latency: float64(by.Milliseconds()), DownloadThroughput: -1, UploadThroughput: -1},
	}}
	if _, err := chromedp.Call(p.ctx, network.EmulateNetworkConditionsByRule, conditions); err != nil {
		p.t.Fatal(err)
	}
}

// Keys are for the screen that was asked for, also before its data is there.
func TestKeysWhileLoading(t *testing.T) {
	t.Parallel()
	p := demonstration(t).open(t, "/traces")
	p.until("rows are there", `document.querySelectorAll('.tr[data-id]').length > 5`)
	p.slowDown(2 * time.Second)
	open := func() {
		t.Helper()
		p.until("a row is selected", `(document.querySelector('.tr[aria-selected=true]') || (document.querySelector('.tr[data-id]') && document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true })))) && document.querySelector('.tr[aria-selected=true]')`)
		p.press("Enter")
		p.expect("the trace is asked for", `location.pathname.startsWith('/t/')`)
	}
	for range 3 {
		open()
		p.press("Escape")
		p.expect("the list is back", `location.pathname === '/traces'`)
	}
	open()
	p.press("?")
	p.until("the list of keys is shown while the trace loads", `document.querySelector('dialog[open]')`)
	p.press("Escape")
	p.until("the frame is there, with empty lines", `document.querySelector('.s-trace .bones') && !document.querySelector('.tree')`)
	p.press("Escape")
	p.until("the list is back", `location.pathname === '/traces'`)
}

// A row that is shown as selected stays so, from the first moment of the list on: whoever then presses Enter means it.
func TestSelectionOfAnotherVisit(t *testing.T) {
	t.Parallel()
	p := demonstration(t).open(t, "/traces")
	p.until("rows are there", `document.querySelectorAll('.tr[data-id]').length > 5`)
	p.press("j", "j", "Enter")
	p.until("the trace is there", `document.querySelector('.tree [role=treeitem]')`)
	ask[bool](p, `(async () => {
		const selected = () => document.querySelector('.tr[aria-selected=true]')?.dataset.id ?? 'none';
		document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
		for (let turn = 0; turn < 100 && !document.querySelector('.tr[data-id]'); turn++) await null; // before anything is painted
		const seen = { rows: document.querySelectorAll('.tr[data-id]').length, first: selected() };
		for (let frame = 0; frame < 20; frame++) await new Promise(requestAnimationFrame);
		window.seen = { ...seen, later: selected() };
	})(), true`)
	p.until("some frames have passed", `window.seen`)
	p.expect("the list was there at once", `seen.rows > 5`)
	p.expect("the selection is what it was at first", `seen.first === seen.later`)
}

// Who waits for a slow answer does not wait for what else the page wants to know.
func TestSlowAnswersComeFirst(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	p := s.open(t, "/t/"+s.failed)
	p.slowDown(1500 * time.Millisecond)
	p.reload()
	p.until("rows are there", `document.querySelectorAll('.tree [role=treeitem]').length > 3`)
	p.settle()
	p.expect("what can wait was asked for after the answer had come", `(() => {
		const about = `+quoted("/api/ui/traces/"+s.failed)+`;
		const asked = performance.getEntriesByType("resource").filter((r) => r.name.includes("/api/"));
		const trace = asked.filter((r) => r.name.endsWith(about));
		const others = asked.filter((r) => !r.name.includes(about));
		return trace.length > 0 && others.length > 0 && others.every((r) => r.startTime > trace[0].responseEnd);
	})()`)
}

// A text without a place to break is laid out once, not once for every line of it.
func TestUnbrokenTextsAreShownAtOnce(t *testing.T) {
	t.Parallel()
	s := empty(t)
	id := strings.Repeat("ef", 16)
	unbroken := strings.Repeat("A", 64<<10)
	s.send(t, []sent{
		span(id, 1, 0, "agent", 0, "traceroot.span.type", "agent"),
		span(id, 2, 1, "as text", 1, "traceroot.span.type", "tool", "traceroot.span.output", unbroken),
		span(id, 3, 1, "in JSON", 2, "traceroot.span.type", "tool", "traceroot.span.output", `{"data":"`+unbroken+`"}`),
		span(id, 4, 1, "as a message", 3, "traceroot.span.type", "llm", "traceroot.llm.model", "m",
			"traceroot.span.input", `[{"role":"user","content":"`+unbroken+`"}]`, "traceroot.span.output", `[{"role":"assistant","content":"`+unbroken+`"}]`),
		span(id, 5, 1, "as an error", 4, "traceroot.span.type", "tool", "traceroot.span.input", unbroken, unbroken, unbroken),
	})
	p := s.open(t, "/t/"+id)
	p.measure()
	const limit = 15 // seconds of CPU on a busy machine; laid out line by line it takes minutes
	for n := 2; n <= 5; n++ {
		before := p.work()
		p.click(fmt.Sprintf(".tree [role=treeitem]:nth-of-type(%d)", n))
		p.until("the text is shown", `(document.querySelector('.dt')?.innerText.length ?? 0) > 60000`)
		p.settle()
		if took := p.work() - before; took > limit {
			t.Errorf("span %d: %.1f s of CPU", n, took)
		} else {
			t.Logf("span %d: %.0f ms of CPU", n, took*1000)
		}
	}
}

// What is painted before the scripts have run is what they then draw, in the theme that the reader chose.
func TestFrameBeforeScripts(t *testing.T) {
	t.Parallel()
	p := demonstration(t).open(t, "/traces")
	p.until("rows are there", `document.querySelectorAll('.tr[data-id]').length > 5`)
	other := ask[string](p, `document.documentElement.dataset.theme`)
	p.press("t")
	p.expect("the theme is the other", `document.documentElement.dataset.theme !== `+quoted(other))
	for _, part := range []string{".brand > svg", ".brand > span"} {
		drawn := ask[string](p, `document.querySelector(`+quoted(part)+`).outerHTML`)
		ask[bool](p, `(() => {
			const page = new XMLHttpRequest();
			page.open("GET", location.href, false);
			page.send();
			window.came = page.responseText;
			return true;
		})()`)
		p.expect(part+" of the page is as the script draws it", `came.includes(`+quoted(drawn)+`)`)
	}
	// The first frame with the bar is painted before the scripts have run.
	const look = `{
		const look = () => requestAnimationFrame(() => {
			if (!document.querySelector(".brand")) look();
			else window.first = { theme: document.documentElement.dataset.theme, screen: !!document.querySelector("main") };
		});
		look();
	}`
	if _, err := chromedp.Call(p.ctx, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: look}); err != nil {
		t.Fatal(err)
	}
	chosen := ask[string](p, `document.documentElement.dataset.theme`)
	p.reload()
	p.expect("it has the bar alone", `!first.screen`)
	p.expect("in the theme that was chosen", `first.theme === `+quoted(chosen))
}
