package webtest_test

import (
	"fmt"
	"testing"
)

// step is a key, and what has to be true after it.
type step struct{ key, what, so string }

func (p *page) follow(steps []step) {
	p.t.Helper()
	for _, s := range steps {
		p.press(s.key)
		p.until(s.key+": "+s.what, s.so)
	}
}

func TestKeysEverywhere(t *testing.T) {
	t.Parallel()
	p := demonstration(t).open(t, "/traces")
	p.follow([]step{
		{"?", "the keys are shown", `document.querySelector('dialog[open]')`},
		{"Escape", "they are gone", `!document.querySelector('dialog[open]')`},
		{"Ctrl k", "jump is open, and has the focus", `document.querySelector('dialog[open] input') === document.activeElement`},
	})
	p.text("972")
	p.until("it finds something", `document.querySelectorAll('dialog[open] [role=option]').length > 0`)
	p.follow([]step{
		{"Escape", "jump is closed", `!document.querySelector('dialog[open]')`},
		{"t", "the theme is the other", `document.documentElement.dataset.theme`},
		{"/", "the search has the focus", `document.activeElement.matches('.qbox input')`},
		{"t", "keys are text there", `document.activeElement.value === 't'`},
		{"Backspace", "the text is gone", `document.activeElement.value === ''`},
		{"Escape", "the focus is elsewhere", `!document.activeElement.matches('input')`},
	})
	for key, path := range map[string]string{"s": "/sessions", "d": "/dashboard", "c": "/compare", "t": "/traces"} {
		p.press("g", key)
		p.until("g "+key, fmt.Sprintf(`location.pathname === %s`, quoted(path)))
	}
	p.press("y")
	p.until("y says what it copied, or why not", `document.querySelector('.toast.on')?.innerText !== ''`)
}

const (
	selectedRow = `[...document.querySelectorAll('.tr[data-id]')].findIndex((e) => e.getAttribute('aria-selected') === 'true')`
	treeAt      = `document.querySelector('.tree [aria-selected=true]')`
)

func TestKeysOfTheList(t *testing.T) {
	t.Parallel()
	p := demonstration(t).open(t, "/traces")
	p.until("rows are there", `document.querySelectorAll('.tr[data-id]').length > 5`)
	first := ask[string](p, `document.querySelector('.tr[aria-posinset="1"]').dataset.id`)
	at := func(n int) string {
		return fmt.Sprintf(`document.querySelector('.tr[aria-selected=true]')?.ariaPosInSet === '%d'`, n)
	}
	p.follow([]step{
		{"j", "the first row is selected", at(1)},
		{"j", "the second", at(2)},
		{"k", "the first again", at(1)},
		{"ArrowDown", "the second", at(2)},
		{"ArrowUp", "the first", at(1)},
		{"End", "the last", `document.querySelector('.tr[aria-selected=true]')?.ariaPosInSet === document.querySelector('.tr[aria-selected=true]')?.ariaSetSize`},
		{"Home", "the first", at(1)},
		{" ", "it is peeked at", `document.querySelector('.peek h2')`},
		{" ", "no more", `!document.querySelector('.peek')`},
		{"x", "it is marked", `document.querySelector('.tr.marked')`},
		{"j", "the second is selected", at(2)},
		{"x", "two are marked, and can be compared", `document.querySelectorAll('.tr.marked').length === 2 && document.querySelector('.marks a[href^="/compare?a="]')`},
		{"f", "filters are gone", `!document.querySelector('.fac')`},
		{"f", "filters are back", `document.querySelector('.fac')`},
		{"Escape", "nothing is selected", selectedRow + ` === -1`},
		{"Escape", "nothing is marked", `!document.querySelector('.tr.marked')`},
		{"j", "the first row is selected", at(1)},
		{"F", "it follows", `document.querySelector('.follow').ariaPressed === 'true'`},
		{"F", "it does not", `document.querySelector('.follow').ariaPressed === 'false'`},
		{"j", "the first row is selected", at(1)},
		{"Enter", "the trace is open", fmt.Sprintf(`location.pathname === '/t/%s' && %s`, first, treeAt)},
		{"Escape", "the list is back", `location.pathname === '/traces'`},
	})
}

func TestKeysOfTheTrace(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	p := s.open(t, "/traces?q=agent:support-agent")
	p.openRow(s.failed)
	p.until("a span is selected", treeAt)
	p.press("Home")
	p.until("the root is selected", treeAt+`.ariaLevel === '1'`)
	param := func(name, value string) string {
		return fmt.Sprintf(`new URLSearchParams(location.search).get('%s') === %s`, name, quoted(value))
	}
	p.follow([]step{
		{"j", "the row below", treeAt + `.ariaLevel === '2'`},
		{"k", "the row above", treeAt + `.ariaLevel === '1'`},
		{"h", "it is folded", treeAt + `.ariaExpanded === 'false'`},
		{"l", "it is unfolded", treeAt + `.ariaExpanded === 'true'`},
		{"H", "all is folded", `!document.querySelector('.tree [aria-level="3"]')`},
		{"L", "all is unfolded", `document.querySelector('.tree [aria-level="3"]')`},
		{"Home", "the root", treeAt + `.ariaLevel === '1'`},
		{"n", "model call 1", treeAt + `.innerText.includes('#1')`},
		{"n", "model call 2", treeAt + `.innerText.includes('#2')`},
		{"ArrowDown", "arrows move too", treeAt + ` && !` + treeAt + `.innerText.includes('#2')`},
		{"ArrowUp", "and back", treeAt + `.innerText.includes('#2')`},
		{"N", "model call 1, and what came later is dimmed", treeAt + `.innerText.includes('#1') && document.querySelector('.cv .cm.later') && document.querySelector('.cv .cm:not(.later)')`},
		{"e", "an error", treeAt + `.innerText.includes('ail')`},
		{"e", "the next one", treeAt + `.innerText.includes('ail')`},
		{"E", "the one before", treeAt + `.innerText.includes('ail')`},
		{"s", "the slowest", treeAt},
		{"$", "the costliest", treeAt + `.innerText.includes('chat')`},
		{"m", "all messages", param("msgs", "all")},
		{"m", "the new ones", `!location.search.includes('msgs=')`},
		{"2", "the second tab", param("tab", "cost")},
		{"1", "the first tab", `document.querySelector('.tabs [role=tab]').ariaSelected === 'true'`},
		{"v", "tokens", `[...document.querySelectorAll('.wf .seg button')].find((b) => b.ariaPressed === 'true').innerText === 'Tokens'`},
		{"v", "cost", `[...document.querySelectorAll('.wf .seg button')].find((b) => b.ariaPressed === 'true').innerText === 'Cost'`},
		{"v", "time", `[...document.querySelectorAll('.wf .seg button')].find((b) => b.ariaPressed === 'true').innerText === 'Time'`},
		{"z", "zoomed", `new URLSearchParams(location.search).get('zoom')`},
		{"Z", "not zoomed", `!new URLSearchParams(location.search).get('zoom')`},
		{"z", "zoomed", `new URLSearchParams(location.search).get('zoom')`},
		{"Escape", "Escape clears the zoom first", `!new URLSearchParams(location.search).get('zoom') && location.pathname.startsWith('/t/')`},
		{"c", "the menu is open and has the focus", `document.activeElement.closest('[role=menu]')`},
		{"Escape", "it is closed", `!document.querySelector('[role=menu]')`},
		{"/", "search has the focus", `document.activeElement.matches('input')`},
	})
	p.text("label")
	p.until("it is in the address", param("find", "label"))
	p.until("hits are marked", `document.querySelectorAll('.tree .hit').length > 0`)
	p.press("Escape")
	p.until("the search is cleared", `!location.search.includes('find=')`)
	before := p.path()
	p.follow([]step{
		{"]", "the next trace of the list", fmt.Sprintf(`location.pathname !== %s && location.pathname.startsWith('/t/')`, quoted(before))},
	})
	p.settle()
	p.follow([]step{
		{"[", "back to this one", fmt.Sprintf(`location.pathname === %s`, quoted(before))},
		{"Escape", "the list, with its query", `location.pathname === '/traces' && location.search.includes('agent:support-agent')`},
	})
}

// A call and its result are each other's partner.
func TestKeyOfPartners(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	p := s.open(t, "/t/"+s.failed)
	p.until("a model call is selected", treeAt+`?.innerText.includes('chat')`)
	call := ask[string](p, treeAt+".id")
	p.press("p")
	p.until("the tool is selected", treeAt+`.innerText.includes('create_return_label')`)
	p.press("p")
	p.until("the call is selected again", treeAt+".id === "+quoted(call))
}
