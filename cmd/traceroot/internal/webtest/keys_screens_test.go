package webtest_test

import (
	"fmt"
	"testing"
)

func TestKeysOfTheSessions(t *testing.T) {
	t.Parallel()
	p := demonstration(t).open(t, "/sessions")
	at := func(n int) string {
		return fmt.Sprintf(`document.querySelector('#session-%d')?.getAttribute('aria-selected') === 'true'`, n)
	}
	p.follow([]step{
		{"j", "the second session", at(1)},
		{"k", "the first", at(0)},
		{"ArrowDown", "the second", at(1)},
		{"ArrowUp", "the first", at(0)},
		{"Enter", "it is open", `location.pathname.startsWith('/s/') && document.querySelector('.turn.sel')`},
	})
	p.until("the next session is known", `[...document.querySelectorAll('.turns .ph button')].at(-1).disabled === false`)
	first := p.path()
	p.follow([]step{
		{"]", "the next session", fmt.Sprintf(`location.pathname.startsWith('/s/') && location.pathname !== %s && document.querySelector('.turn.sel')`, quoted(first))},
	})
	p.until("the session before is known", `[...document.querySelectorAll('.turns .ph button')].at(-2).disabled === false`)
	p.follow([]step{
		{"[", "the first again", fmt.Sprintf(`location.pathname === %s && document.querySelector('.turn.sel')`, quoted(first))},
		{"Escape", "all sessions", `location.pathname === '/sessions'`},
		{"Escape", "all traces", `location.pathname === '/traces'`},
	})
}

func TestKeysOfTheSession(t *testing.T) {
	t.Parallel()
	p := demonstration(t).open(t, "/s/sess_2291?turn=1")
	p.until("a turn is selected", `document.querySelector('.turn.sel')`)
	turn := func(n int) string {
		return fmt.Sprintf(`[...document.querySelectorAll('.turn')].findIndex((e) => e.classList.contains('sel')) === %d && location.search.includes('turn=%d')`, n-1, n)
	}
	steps := func(n int, shown string) string {
		return fmt.Sprintf(`document.querySelectorAll('.work')[%d].querySelector('[aria-expanded]').getAttribute('aria-expanded') === '%s'`, n-1, shown)
	}
	p.follow([]step{
		{"j", "the second turn", turn(2)},
		{"ArrowDown", "the third", turn(3)},
		{"ArrowUp", "the second", turn(2)},
		{"k", "the first", turn(1)},
		{"h", "its steps are folded", steps(1, "false")},
		{"l", "they are shown", steps(1, "true")},
		{"ArrowLeft", "they are folded", steps(1, "false")},
		{"ArrowRight", "they are shown", steps(1, "true")},
		{"T", "the chart is a table", `document.querySelector('.session .side table')`},
		{"T", "it is a chart", `!document.querySelector('.session .side table')`},
		{"Enter", "the trace of the turn is open", `location.pathname.startsWith('/t/') && document.querySelector('.tree')`},
	})
	p.back()
	p.until("the session is back", turn(1))
	p.follow([]step{
		{"c", "the menu is open", `document.activeElement.closest('[role=menu]')`},
		{"Escape", "it is closed", `!document.querySelector('[role=menu]')`},
	})
}

func TestKeysOfTheDashboard(t *testing.T) {
	t.Parallel()
	p := demonstration(t).open(t, "/dashboard?q=agent:support-agent")
	p.until("charts are there", `document.querySelector('.dash svg.chart')`)
	p.follow([]step{
		{"T", "charts are tables", `!document.querySelector('.dash svg.chart') && document.querySelectorAll('.dash table').length > 3`},
		{"T", "charts are charts", `document.querySelector('.dash svg.chart')`},
		{"/", "the filter has the focus", `document.activeElement.matches('.dash input')`},
		{"Escape", "the focus is elsewhere", `!document.activeElement.matches('input')`},
		{"Escape", "the filter is gone", `!location.search.includes('q=')`},
	})
}

func TestKeysOfTheComparison(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	p := s.open(t, "/compare?a="+s.failed+"&b="+s.late+"&step=0")
	at := func(n int) string {
		return fmt.Sprintf(`document.querySelector('#step-%d')?.getAttribute('aria-selected') === 'true' && location.search.includes('step=%d')`, n, n)
	}
	p.until("steps are there", at(0))
	p.follow([]step{
		{"j", "the second step", at(1)},
		{"ArrowDown", "the third", at(2)},
		{"ArrowUp", "the second", at(1)},
		{"k", "the first", at(0)},
		{"n", "the next difference", `!document.querySelector('.cmp.sel').matches('.same, #step-0')`},
		{"N", "the one before", at(0)},
		{"Enter", "its trace is open, at the step", `location.pathname.startsWith('/t/') && location.search.includes('span=')`},
	})
	p = s.open(t, "/compare?a="+s.failed)
	p.until("there is something to choose", `document.querySelectorAll('.pick a, .pick button').length > 1`)
	p.press("j", "Enter")
	p.until("the second run is chosen", `new URLSearchParams(location.search).get('b')`)
	p.press("Escape")
	p.until("the list is back", `location.pathname === '/traces'`)
}

// Those who speak to their machine switch single letters off. What is no letter works on.
func TestLettersCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	p := demonstration(t).open(t, "/traces")
	p.until("rows are there", `document.querySelectorAll('.tr[data-id]').length > 5`)
	p.press("?")
	p.until("keys are shown, of every screen", `['List', 'Trace', 'Session', 'Dashboard', 'Compare'].every((name) => [...document.querySelectorAll('dialog[open] h3')].some((e) => e.innerText === name))`)
	p.click("dialog[open] input[type=checkbox]")
	p.press("Escape")
	p.until("they are gone", `!document.querySelector('dialog[open]')`)
	p.press("j", "x", "f", "?")
	p.settle()
	p.expect("letters do nothing", `!document.querySelector('.tr[aria-selected=true], .tr.marked, dialog[open]') && document.querySelector('.fac')`)
	p.press("ArrowDown")
	p.until("arrows do", `document.querySelector('.tr[aria-selected=true]')`)
	p.press("Ctrl k")
	p.until("so does Ctrl K", `document.querySelector('dialog[open] input')`)
	p.press("Escape")
	p.reload()
	p.until("the row is selected again", `document.querySelector('.tr[aria-selected=true]')`)
	p.press("x")
	p.settle()
	p.expect("the choice lasts", `!document.querySelector('.tr.marked')`)
}

// Marks of charts lead to the list without loading the page anew.
func TestLinksOfCharts(t *testing.T) {
	t.Parallel()
	p := demonstration(t).open(t, "/dashboard")
	p.until("a mark is a link", `document.querySelector('.dash svg a[href]')`)
	ask[bool](p, `window.sameDocument = true`)
	ask[bool](p, `document.querySelector('.dash svg a[href]').dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))`)
	p.until("the list is shown, filtered", `location.pathname === '/traces' && location.search.includes('from=')`)
	p.expect("the page was not loaded anew", `window.sameDocument`)
}
