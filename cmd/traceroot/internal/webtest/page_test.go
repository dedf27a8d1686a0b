package webtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const patience = 30 * time.Second // with what has to happen some time

// page is a tab in a profile of its own, at which a reader sits. What the browser complains of, and what it asks other
// hosts for, fails its test.
type page struct {
	t    *testing.T
	ctx  context.Context //nolint:containedctx // it is the tab: chromedp keeps tabs in contexts
	base string          // of the server
	acts int             // keys and clicks so far

	mu       sync.Mutex
	trouble  []string                     // guarded by mu
	editor   string                       // guarded by mu; the link to the editor that was followed last
	outage   bool                         // guarded by mu; the server is away, and that requests fail is no trouble
	document cdp.LoaderID                 // guarded by mu
	asking   map[network.RequestID]string // guarded by mu; requests without an answer
	asked    int                          // guarded by mu; requests so far
}

const (
	usualWidth  = 1440
	usualHeight = 900
)

// open opens an address of the server.
func (s *world) open(t *testing.T, path string) *page {
	t.Helper()
	return s.openAt(t, path, usualWidth, usualHeight)
}

func (s *world) openAt(t *testing.T, path string, width, height int64) *page {
	t.Helper()
	p := s.newPage(t)
	p.do(chromedp.EmulateViewport(width, height))
	p.goTo(path)
	return p
}

// newPage opens an empty tab.
func (s *world) newPage(t *testing.T) *page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(needBrowser(t), chromedp.WithNewBrowserContext())
	p := &page{t: t, ctx: ctx, base: s.url, asking: map[network.RequestID]string{}}
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, said := range slices.Compact(p.trouble) {
			t.Error(said)
		}
	})
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, network := chromedp.Call(ctx, network.Enable, network.EnableParams{})
		_, log := chromedp.Call(ctx, log.Enable, none)
		return errors.Join(network, log)
	}))
	return p
}

// hear is told what the browser has to say of the page. Refused resources and broken rules of the Content-Security-Policy
// are in its log.
func (p *page) hear(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		said := e.ExceptionDetails.Text
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			said += " " + thrown.Description
		}
		p.trouble = append(p.trouble, "the page threw "+said)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			p.trouble = append(p.trouble, fmt.Sprintf("the page printed a %s: %v", e.Type, e.Args))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && (!p.outage || e.Entry.Source != log.EntrySourceNetwork) {
			p.trouble = append(p.trouble, fmt.Sprintf("the browser says: %s %s", e.Entry.Text, e.Entry.URL))
		}
	case *network.EventLoadingFinished:
		delete(p.asking, e.RequestID)
	case *network.EventLoadingFailed:
		delete(p.asking, e.RequestID)
	case *network.EventRequestWillBeSent:
		if e.Type == network.ResourceTypeDocument {
			p.document = e.LoaderID
			clear(p.asking)
		}
		// What the document before asked for is answered by nobody, streams end with the page, and the answer to the worker's
		// script is the worker's.
		if e.LoaderID == p.document && !strings.Contains(e.Request.URL, "/api/ui/events") && !strings.Contains(e.Request.URL, "/assets/feedworker") {
			p.asking[e.RequestID] = e.Request.URL
		}
		p.asked++
		if strings.HasPrefix(e.Request.URL, "vscode:") { // which asks a program of the reader's, and no host
			p.editor = e.Request.URL
			delete(p.asking, e.RequestID)
			return
		}
		if !p.mayAsk(e.Request.URL) {
			p.trouble = append(p.trouble, "the page asked for "+e.Request.URL)
		}
	}
}

func (p *page) mayAsk(address string) bool {
	return strings.HasPrefix(address, p.base+"/") || strings.HasPrefix(address, "blob:"+p.base+"/") || strings.HasPrefix(address, "data:") || address == "about:blank"
}

// toEditor is the link to the editor that the page followed last.
func (p *page) toEditor() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.editor
}

// expectOutage says whether it is expected that requests fail.
func (p *page) expectOutage(expected bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.outage = expected
}

func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 3*patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// goTo loads an address, and waits until its screen is there.
func (p *page) goTo(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.base + path))
	p.settle()
}

// settle waits until the page has drawn what it asked for, and asks for nothing more.
func (p *page) settle() {
	p.t.Helper()
	// What a screen asks for when it is first drawn, it asks for after the next frame.
	const painted = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(true), 20))))`
	const drawn = `!!document.querySelector("main > *")`
	for began := time.Now(); ; {
		wasDrawn := ask[bool](p, drawn)
		before, idle := p.requests()
		p.do(chromedp.Evaluate[chromedp.Void](painted, chromedp.EvalAwaitPromise))
		after, still := p.requests()
		if wasDrawn && idle && still && before == after && ask[bool](p, drawn) {
			return
		}
		if time.Since(began) > patience {
			p.t.Fatalf("the page does not come to rest: it waits for %v: %s", p.waitsFor(), p.gist())
		}
	}
}

// requests counts them, and reports whether all are answered.
func (p *page) requests() (asked int, idle bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked, len(p.asking) == 0
}

func (p *page) waitsFor() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Sorted(maps.Values(p.asking))
}

// reload loads the address anew.
func (p *page) reload() {
	p.t.Helper()
	p.do(chromedp.Reload())
	p.settle()
}

// back goes back as the browser's button does.
func (p *page) back() {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](`history.back()`))
}

// press presses keys, one after the other: a character, or the name of a key.
func (p *page) press(keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		p.acts++
		plain, withControl := strings.CutPrefix(key, "Ctrl ")
		var modifiers int64
		if withControl {
			modifiers = control
		}
		if named, ok := namedKeys[plain]; ok {
			plain = named
		}
		p.do(keyPress(plain, modifiers))
	}
}

// text types into what has the focus.
func (p *page) text(typed string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(typed))
}

// click clicks the middle of the first element that the selector finds and that can be seen.
func (p *page) click(selector string) {
	p.t.Helper()
	p.acts++
	find := fmt.Sprintf(`(() => {
		const found = [...document.querySelectorAll(%s)].find((e) => e.checkVisibility());
		if (!found) return null;
		found.scrollIntoView({ block: "nearest" });
		const box = [...found.getClientRects()].find((r) => r.width > 0);
		return box ? [box.x + box.width / 2, box.y + box.height / 2] : null;
	})()`, quoted(selector))
	p.until("there is "+selector, find+" !== null")
	at := ask[[2]float64](p, find)
	p.do(chromedp.MouseClickXY(at[0], at[1]))
}

// until waits until an expression is true.
func (p *page) until(what, expression string) {
	p.t.Helper()
	p.untilWithin(patience, what, expression)
}

func (p *page) untilWithin(limit time.Duration, what, expression string) {
	p.t.Helper()
	began := time.Now()
	for !ask[bool](p, "!!("+expression+")") {
		if time.Since(began) > limit {
			p.t.Fatalf("not within %v: %s\nat %s\n%s", limit, what, ask[string](p, "location.href"), p.gist())
		}
		<-time.After(10 * time.Millisecond)
	}
}

// gist is what is on the screen, for those who read that a test failed.
func (p *page) gist() string {
	const most = 1500
	shown := []rune(strings.Join(strings.Fields(ask[string](p, `document.body.innerText`)), " "))
	return string(shown[:min(len(shown), most)])
}

// expect fails the test unless an expression is true now.
func (p *page) expect(what, expression string) {
	p.t.Helper()
	if !ask[bool](p, "!!("+expression+")") {
		p.t.Errorf("it is not so that %s\nat %s", what, ask[string](p, "location.href"))
	}
}

// elements is how many there are.
func (p *page) elements() int {
	p.t.Helper()
	return ask[int](p, `document.querySelectorAll('*').length`)
}

// words is the text of the first element that can be seen, "" where there is none.
func (p *page) words(selector string) string {
	p.t.Helper()
	return ask[string](p, fmt.Sprintf(`[...document.querySelectorAll(%s)].find((e) => e.checkVisibility())?.innerText ?? ""`, quoted(selector)))
}

// param is a parameter of the address.
func (p *page) param(name string) string {
	p.t.Helper()
	at, err := url.Parse(ask[string](p, `location.href`))
	if err != nil {
		p.t.Fatal(err)
	}
	return at.Query().Get(name)
}

// path is the path of the address.
func (p *page) path() string {
	p.t.Helper()
	return ask[string](p, `location.pathname`)
}

// ask evaluates an expression.
func ask[T any](p *page, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 3*patience)
	defer cancel()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return got
}

// quoted is a text as JavaScript writes it.
func quoted(text string) string {
	written, err := json.Marshal(text)
	if err != nil {
		panic(err) // no text is refused
	}
	return string(written)
}
