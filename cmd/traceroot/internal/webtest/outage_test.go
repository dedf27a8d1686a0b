package webtest_test

import (
	"testing"
	"time"
)

// The server is killed and started again under an open page: it says so, comes back within five seconds, and shows what
// happened meanwhile.
func TestServerGoesAndComesBack(t *testing.T) {
	t.Parallel()
	s := empty(t)
	client := s.sdk(t)
	before := failNow(client.Context(t.Context()))
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, trace := s.newPage(t), s.newPage(t)
	for p, path := range map[*page]string{list: "/traces", trace: "/t/" + before} {
		p.expectOutage(true)
		p.goTo(path)
		p.until("the page is connected", `document.querySelector('.live')?.innerText.match(/live|running/i)`)
	}

	s.stop(t)
	for _, p := range []*page{list, trace} {
		p.until("the page says that the server is away", `/disconnected/i.test(document.querySelector('.live.off')?.innerText)`)
	}
	list.expect("what was there can still be read", `document.querySelector('.tr[data-id]')`)
	trace.expect("what was there can still be read", `document.querySelector('.tree [role=treeitem]')`)

	s.startAgain(t)
	late := failNow(client.Context(t.Context()))
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	const limit = 5 * time.Second
	for _, p := range []*page{list, trace} {
		p.untilWithin(limit, "the page is connected again", `!document.querySelector('.live.off')`)
	}
	list.until("what happened meanwhile is there, or waits to be shown",
		`document.querySelector('.pill') || document.querySelector('`+rowOf(late)+`')`)
	_, after := traceAfter(t, s)
	list.until("and so is what happens now", `(document.querySelector('.pill')?.click(), document.querySelector('`+rowOf(after)+`'))`)
}

// traceAfter is a run after the server came back.
func traceAfter(t *testing.T, s *world) (*world, string) {
	t.Helper()
	client := s.sdk(t)
	id := failNow(client.Context(t.Context()))
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, id
}
