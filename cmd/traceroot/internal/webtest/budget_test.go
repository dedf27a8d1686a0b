package webtest_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
)

// What a page costs is told as CPU time, for people: a time is no gate, other programs use the machine too. The gates are
// counts of elements, which are what makes a page slow.

// work is the time that the page has computed since it was loaded, in seconds.
func (p *page) work() float64 {
	p.t.Helper()
	got, err := chromedp.Call(p.ctx, performance.GetMetrics, none)
	if err != nil {
		p.t.Fatal(err)
	}
	sum := 0.0
	for _, metric := range got.Metrics {
		switch metric.Name {
		case "ScriptDuration", "LayoutDuration", "RecalcStyleDuration":
			sum += metric.Value
		}
	}
	return sum
}

func (p *page) measure() {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, performance.Enable, performance.EnableParams{}); err != nil {
		p.t.Fatal(err)
	}
}

// A trace of 10,000 spans: 200 ms of CPU until its first rows are there.
func TestLargeTrace(t *testing.T) { //nolint:paralleltest // it measures, so it has the machine to itself
	const spans, budget, nodes = 10_000, 0.2, 3000
	s := empty(t)
	id := strings.Repeat("cd", 16)
	all := []sent{span(id, 1, 0, "watch", 0, "traceroot.span.type", "agent")}
	for n := 2; n <= spans; n++ {
		all = append(all, span(id, n, 1+(n%40)*(n/1000), fmt.Sprintf("step %d", n%97), n, "traceroot.span.type", []string{"llm", "tool", "span"}[n%3]))
	}
	s.send(t, all)
	took := fewest(3, func() float64 {
		p := s.newPage(t)
		p.measure()
		p.do(chromedp.EmulateViewport(usualWidth, usualHeight))
		p.goTo("/t/" + id)
		p.until("rows are there", `document.querySelectorAll('.tree [role=treeitem]').length > 5`)
		if n := p.elements(); n > nodes {
			t.Errorf("the page has %d elements", n)
		}
		return p.work()
	})
	t.Logf("%d spans: %.0f ms of CPU, the budget is %.0f ms", spans, took*1000, budget*1000)
}

// The list scrolls through thousands of rows with a few hundred elements, and 8 ms of CPU a frame.
func TestLongList(t *testing.T) { //nolint:paralleltest // it measures, so it has the machine to itself
	const budget, nodes, frames = 0.008, 2500, 100
	rows := 20_000
	needBrowser(t)
	data := t.TempDir()
	began := time.Now()
	fillStore(t, data, rows)
	t.Logf("%d traces written in %v", rows, time.Since(began))
	s, err := start(t.Context(), server.Config{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stop(t) })

	p := s.newPage(t)
	p.measure()
	p.do(chromedp.EmulateViewport(usualWidth, usualHeight))
	p.goTo("/traces")
	p.until("all rows can be scrolled to", fmt.Sprintf(`(() => {
		const list = document.querySelector('.virtual');
		list.scrollTop = list.scrollHeight;
		return list.scrollHeight >= %d * 47;
	})()`, rows))
	most := p.elements()
	before := p.work()
	// Four rows a frame, as a finger on a wheel does.
	p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`new Promise((done) => {
		const list = document.querySelector('.virtual');
		let n = 0;
		const frame = () => { list.scrollTop -= 4 * 47; if (++n < %d) requestAnimationFrame(frame); else done(true); };
		frame();
	})`, frames), chromedp.EvalAwaitPromise))
	each := (p.work() - before) / frames
	most = max(most, p.elements())
	t.Logf("%d rows: %.1f ms of CPU a frame, the budget is %.0f ms; %d elements", rows, each*1000, budget*1000, most)
	if most > nodes {
		t.Errorf("the page has %d elements", most)
	}
}

// fillStore writes small traces into a store that no server has open.
func fillStore(t *testing.T, data string, traces int) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(data, "traces.db"), NoSearch: true})
	if err != nil {
		t.Fatal(err)
	}
	const perBatch = 1000
	now := time.Now().UTC().Truncate(time.Microsecond)
	for from := 0; from < traces; from += perBatch {
		var batch store.Batch
		for n := from; n < min(from+perBatch, traces); n++ {
			start := now.Add(-time.Duration(n) * time.Second)
			id := fmt.Sprintf("%032x", n+1)
			batch.Traces = append(batch.Traces, store.Trace{TraceID: id, Name: "watch", Start: start, HasRoot: true, Input: new("what is new?"), Output: new("nothing")})
			batch.Spans = append(batch.Spans, store.Span{
				TraceID: id, SpanID: fmt.Sprintf("%016x", n+1), Name: "watch", Kind: store.KindAgent, Start: start, End: start.Add(time.Second), Status: store.StatusOK,
			})
		}
		if err := db.Write(t.Context(), "dev", batch); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// fewest is the least of some measurements: the others were disturbed.
func fewest(attempts int, measure func() float64) float64 {
	least := measure()
	for range attempts - 1 {
		least = min(least, measure())
	}
	return least
}

// The rows that come with the page are on the screen without an answer to anything.
func TestFirstRowsWaitForNothing(t *testing.T) {
	t.Parallel()
	p := demonstration(t).newPage(t)
	p.expectOutage(true)
	blocked := network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: p.base + "/api/*", Block: true}}}
	if _, err := chromedp.Call(p.ctx, network.SetBlockedURLs, blocked); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.Navigate(p.base + "/traces"))
	p.untilWithin(2*time.Second, "rows are there", `document.querySelectorAll('.tr[data-id]').length > 5`)
}

// A list that is not empty never looks as if it were.
func TestNoFlashOfEmptiness(t *testing.T) {
	t.Parallel()
	p := demonstration(t).newPage(t)
	watch := cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: `new MutationObserver(() => {
		if (/No trace has arrived/.test(document.body?.innerText ?? "")) window.lookedEmpty = true;
	}).observe(document, { childList: true, subtree: true });`}
	if _, err := chromedp.Call(p.ctx, cdppage.AddScriptToEvaluateOnNewDocument, watch); err != nil {
		t.Fatal(err)
	}
	p.goTo("/traces")
	p.expect("the list never said that it is empty", `!window.lookedEmpty`)
}
