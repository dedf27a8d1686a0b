package webtest_test

import (
	"fmt"
	"strings"
	"testing"
)

// Whatever a person would send is in the address: what it opens is the same there, after Reload, and after Back.
func TestAddresses(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	span := s.spanNamed(t, s.failed, "check_stock")
	root := s.spanNamed(t, s.failed, "support-agent")
	for _, test := range []struct{ name, path, shows string }{
		{"the list", "/traces", `document.querySelectorAll('.tr[data-id]').length > 10`},
		{"the start", "/", `document.querySelectorAll('.tr[data-id]').length > 10`},
		{"a query with terms, a range and an order", "/traces?q=status:failed+tool:create_return_label&from=-24h&sort=-cost", `document.querySelectorAll('.tr[data-id]').length === 1 && document.querySelectorAll('.qbox .tok').length === 2`},
		{"an order alone", "/traces?sort=-cost", `document.querySelector('.th [aria-pressed=true]').innerText.includes('Cost')`},
		{"a query of a person's mistake", "/traces?q=cost:%3Eabc", `document.querySelector('.qerr, .empty, .problem')`},
		{"a trace", "/t/" + s.failed, `document.querySelector('.verdict')`},
		{"a span of it", "/t/" + s.failed + "?span=" + span, treeAt + `?.innerText.includes('check_stock')`},
		{"a tab", "/t/" + s.failed + "?tab=cost", `document.querySelector('.dt table.cost')`},
		{"all messages", "/t/" + s.failed + "?msgs=all", `/as sent/.test(document.querySelector('.dt h3')?.innerText)`},
		{"a column", "/t/" + s.failed + "?col=cost", `[...document.querySelectorAll('.wf .seg button')].find((b) => b.ariaPressed === 'true')?.innerText === 'Cost'`},
		{"a zoom", "/t/" + s.failed + "?zoom=0.2s-0.6s", `document.querySelector('.strip .win')`},
		{"a search in it", "/t/" + s.failed + "?find=label", `document.querySelector('.tree .hit')`},
		{"a fold, above the selection", "/t/" + s.failed + "?fold=" + root, `document.querySelectorAll('.tree [role=treeitem]').length === 2 && document.querySelector('.tree [role=treeitem]').ariaExpanded === 'false'`},
		{"all of them", "/t/" + s.failed + "?span=" + span + "&tab=io&msgs=all&col=tokens&zoom=0.2s-0.6s&find=stock", treeAt + `?.innerText.includes('check_stock') && document.querySelector('.strip .win') && document.querySelector('.tree .hit') &&
			[...document.querySelectorAll('.wf .seg button')].find((b) => b.ariaPressed === 'true')?.innerText === 'Tokens' && document.querySelectorAll('.tabs [role=tab]').length > 2`},
		{"a span that is not there", "/t/" + s.failed + "?span=00000000000000ff", `document.querySelector('.dt')?.innerText.includes('has not arrived')`},
		{"a trace that is not there", "/t/" + strings.Repeat("f", 32), `document.querySelector('main').innerText.includes('has not arrived')`},
		{"sessions", "/sessions", `document.querySelector('main').innerText.includes('sess_2291')`},
		{"a turn of a session", "/s/sess_2291?turn=2", `document.querySelectorAll('.sepr').length === 4`},
		{"a dashboard", "/dashboard?by=agent&from=-7d", `document.querySelector('main').innerText.includes('support-agent')`},
		{"a comparison to choose", "/compare?a=" + s.failed, `document.querySelector('main').innerText.includes('support-agent')`},
		{"a comparison", "/compare?a=" + s.failed + "&b=" + s.late, `document.querySelector('main').innerText.includes('restock-agent')`},
		{"a step of a comparison", "/compare?a=" + s.failed + "&b=" + s.late + "&step=1", `document.querySelector('#step-1')?.ariaSelected === 'true'`},
		{"a comparison to choose from all", "/compare", `document.querySelectorAll('.pick a, .pick button').length > 1`},
		{"a time range", "/traces?from=-24h&to=-1h", `document.querySelector('.empty')`},
		{"how to connect", "/connect", fmt.Sprintf(`document.querySelector('main').innerText.includes(%s)`, quoted(strings.TrimPrefix(s.url, "http://")))},
		{"a link of the SDK", "/projects/dev/traces?traceId=" + s.failed + "&spanId=" + span, `location.pathname.startsWith('/t/') && ` + treeAt + `?.innerText.includes('check_stock')`},
		{"nothing at all", "/nowhere", `document.querySelector('main a[href="/traces"]')`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := s.newPage(t)
			missing := strings.Contains(test.name, "not there") || strings.Contains(test.name, "nothing at all") || strings.Contains(test.name, "mistake")
			p.expectOutage(missing) // that the answer is 404 or 400 is in the browser's log
			p.goTo(test.path)
			p.until("it is shown", test.shows)
			p.settle()
			at, seen := ask[string](p, `location.href`), p.seen()
			p.reload()
			p.until("it is shown after a reload", test.shows)
			p.settle()
			if now := ask[string](p, `location.href`); now != at {
				t.Errorf("the address went from %s to %s", at, now)
			}
			if now := p.seen(); now != seen {
				t.Errorf("it was\n%s\nand after a reload it is\n%s", seen, now)
			}
		})
	}
}

// seen is what the screen shows, as far as it does not change with time: rows, what of them is selected and open, tabs,
// buttons that are pressed, headings and fields.
func (p *page) seen() string {
	p.t.Helper()
	return ask[string](p, `[...document.querySelectorAll('main :is([role=treeitem], [role=option], [role=tab], [aria-pressed], h1, h2, h3, input)')]
		.filter((e) => e.checkVisibility())
		.map((e) => [e.tagName, e.id || e.dataset.id || e.value || e.innerText.split("\n")[0].slice(0, 40), e.ariaSelected, e.ariaExpanded, e.ariaPressed].filter(Boolean).join(" "))
		.join("\n")`)
}

func TestBackAndForth(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	p := s.open(t, "/traces?q=agent:support-agent")
	p.openRow(s.failed)
	p.press("n", "n")
	p.until("moving the selection is in the address", `location.search.includes('span=')`)
	p.back()
	p.until("one step back is the list with its query", `location.pathname === '/traces' && location.search.includes('agent:support-agent')`)
	p.until("and the rows", `document.querySelectorAll('.tr[data-id]').length > 5`)
	p.click(`.fac button.fv[title="failed"]`)
	p.until("a filter is in the address", `location.search.includes('status:failed')`)
	p.until("its row is alone", `document.querySelectorAll('.tr[data-id]').length === 1`)
	p.back()
	p.until("the filter is gone", `!location.search.includes('status:failed') && document.querySelectorAll('.tr[data-id]').length > 5`)
}

// The place in the list and the selection come back too.
func TestBackToThePlaceInTheList(t *testing.T) {
	t.Parallel()
	p := demonstration(t).openAt(t, "/traces", usualWidth, 600)
	p.until("rows are there", `document.querySelectorAll('.tr[data-id]').length > 5`)
	p.press("Home", "End")
	p.until("the end is in sight", `document.querySelector('.virtual').scrollTop > 300`)
	p.until("the place is remembered", `history.state?.scroll > 300`)
	selected := ask[string](p, `document.querySelector('.tr[aria-selected=true]').dataset.id`)
	p.press("Enter")
	p.until("the trace is open", `location.pathname.startsWith('/t/')`)
	p.settle()
	p.back()
	p.until("the place is as it was", fmt.Sprintf(`document.querySelector('.virtual')?.scrollTop > 300 && document.querySelector('.tr[aria-selected=true]')?.dataset.id === %s`, quoted(selected)))
}
