package webtest_test

import (
	"fmt"
	"strings"
	"testing"
)

// The questions that a reader comes with, each from the list, with at most so many keys and clicks.
func TestTwelveQuestions(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	for _, question := range []struct {
		asks string
		acts int
		find func(p *page, s *world)
	}{
		{"1 which run failed just now, and with what error", 0, whichRunFailed},
		{"2 at which step, and which fact explains it", 1, whichFactExplains},
		{"3 what had the model been told when it decided that", 2, whatHadTheModelBeenTold},
		{"4 where did this argument come from", 2, whereDidTheArgumentComeFrom},
		{"5 what did the tool answer, and who read that", 2, whatDidTheToolAnswer},
		{"6 which line of my code, and the chain of errors", 2, whichLineOfMyCode},
		{"7 what did it cost, and why that much", 2, whatDidItCost},
		{"8 where did the time go", 1, whereDidTheTimeGo},
		{"10 is this new, or does it happen to others", 1, doesItHappenToOthers},
		{"11 what did the user live through, turn by turn", 2, whatDidTheUserLiveThrough},
		{"12 it worked yesterday, what is different", 3, whatIsDifferent},
	} {
		t.Run(question.asks, func(t *testing.T) {
			t.Parallel()
			p := s.open(t, "/traces")
			question.find(p, s)
			if p.acts > question.acts {
				t.Errorf("it took %d keys and clicks, want at most %d", p.acts, question.acts)
			}
		})
	}
}

func whichRunFailed(p *page, s *world) {
	row := rowOf(s.late)
	p.expect("the row is in sight", inSight(row))
	p.expect("its second line is the error, in the colour of errors", fmt.Sprintf(`document.querySelector('%s .io .err').innerText.includes('no such depot')`, row))
	p.expect("a sign says so in words", fmt.Sprintf(`document.querySelector('%s .st [title]').title.includes('fail')`, row))
}

func whichFactExplains(p *page, s *world) {
	p.openRow(s.failed)
	verdict := p.words(".verdict")
	for _, fact := range []string{"step 4", "create_return_label", "422", "972O1", "letter O", "97201", "get_order"} {
		if !strings.Contains(verdict, fact) {
			p.t.Errorf("the verdict does not tell %q: %s", fact, verdict)
		}
	}
	p.expect("what it names are links to spans", `document.querySelectorAll('.verdict p button.link').length >= 2`)
	p.expect("the odd character is boxed", `document.querySelector('.odd')?.innerText === 'O'`)
}

func whatHadTheModelBeenTold(p *page, s *world) {
	p.openRow(s.failed)
	p.until("a line says what the call had seen", `document.querySelector('.cv .saw')?.innerText.includes('saw everything above')`)
	p.until("the messages are those that are new", `/new since/i.test(document.querySelector('.dt h3').innerText)`)
	p.press("m")
	p.until("all messages stand there as they were sent", `/all \d+ messages, as sent/i.test(document.querySelector('.dt h3').innerText)`)
	p.expect("the first of them is the system's", `document.querySelector('.dt .msg header b').innerText === 'system'`)
}

func whereDidTheArgumentComeFrom(p *page, s *world) {
	p.openRow(s.failed)
	p.until("an argument is marked as out of nowhere", `document.querySelector('.dt .unseen')?.innerText === '972O1'`)
	p.expect("and its neighbours are underlined by dots", `getComputedStyle(document.querySelector('.dt .seen')).textDecorationStyle === 'dotted' || getComputedStyle(document.querySelector('.dt .seen')).borderBottomStyle === 'dotted'`)
	p.click(".dt .json button.seen")
	p.until("its message is pointed out in the conversation", `document.querySelector('.cv .pointed')`)
	p.expect("and in sight", inSight(".cv .pointed"))
}

func whatDidTheToolAnswer(p *page, s *world) {
	p.openRow(s.failed)
	p.until("the call that asked for it is selected", `document.querySelector('.dt .callb')`)
	asked := p.param("span")
	p.press("p")
	p.until("the tool is selected", fmt.Sprintf(`document.querySelector('.tree [aria-selected=true]')?.innerText.includes('create_return_label') && new URLSearchParams(location.search).get('span') !== %s`, quoted(asked)))
	p.until("its answer is there", `document.querySelector('.dt').innerText.includes('address_invalid')`)
	p.expect("so is the call it belongs to, and who read the answer", `document.querySelector('.cv .callc .on') && document.querySelectorAll('.tree .linked').length > 0`)
}

func whichLineOfMyCode(p *page, s *world) {
	p.openRow(s.failed)
	p.click(".verdict p button.link")
	p.until("the chain of errors is there, with the line", `/\w+\.go:\d+/.test(document.querySelector('.dt').innerText) && document.querySelectorAll('.dt .chain li').length >= 2`)
}

func whatDidItCost(p *page, s *world) {
	p.scrollTo(s.failed)
	p.expect("the row tells", fmt.Sprintf(`/^\$0\.\d+/.test(document.querySelector('%s .cst').innerText)`, rowOf(s.failed)))
	p.openRow(s.failed)
	p.until("there are tabs", `document.querySelector('.tabs [role=tab]')`)
	p.clickTab("Tokens and cost")
	p.until("count times price is spelt out", `document.querySelectorAll('.dt table.cost tr').length > 3 && /cache/i.test(document.querySelector('.dt').innerText)`)
}

func whereDidTheTimeGo(p *page, _ *world) {
	p.until("there is a good run", `document.querySelector('.tr[data-id] svg')`)
	row := rowOf(ask[string](p, `[...document.querySelectorAll('.tr[data-id]')].find((e) => e.innerText.includes('support-agent') && !e.querySelector('.io.err')).dataset.id`))
	p.expect("the row has a shape", fmt.Sprintf(`document.querySelector('%s svg path, %s svg rect')`, row, row))
	p.click(row)
	p.until("waiting, generating and tools stand apart", `['waiting', 'generating', 'tools'].every((w) => document.querySelector('.dt')?.innerText.includes(w))`)
}

func doesItHappenToOthers(p *page, _ *world) {
	p.click(`.fac button.fv[title="failed"]`)
	p.until("failed runs are listed alone", `location.search.includes('status:failed') && document.querySelectorAll('.tr[data-id]').length === Number([...document.querySelectorAll('.fac .fv')].find((b) => b.title === 'failed').querySelector('.n').innerText)`)
	p.expect("the histogram says since when", `document.querySelector('.sum svg, .sum canvas')`)
}

func whatDidTheUserLiveThrough(p *page, s *world) {
	p.openRow(s.failed)
	p.click(`.hd a[href^="/s/"]`)
	p.until("each turn is there", `document.querySelectorAll('.sepr').length === 4`)
	p.until("what was asked and what came back", `document.querySelectorAll('.say.user').length === 4 && document.querySelector('.say.failed')`)
}

func whatIsDifferent(p *page, s *world) {
	p.openRow(s.failed)
	p.click(`.hd a[href^="/compare"]`)
	p.until("the first difference is told", `location.search.includes('b=') && /differ|part|first/i.test(document.querySelector('main').innerText)`)
	p.until("and shown", `document.querySelector('main [aria-selected=true], main [aria-current], main .sel')`)
}

// rowOf selects the row of a trace in the list.
func rowOf(trace string) string { return fmt.Sprintf(`.tr[data-id="%s"]`, trace) }

// inSight is true where all of the element's height can be seen.
func inSight(selector string) string {
	return fmt.Sprintf(`((e) => {
		const r = e?.getBoundingClientRect();
		if (!r || r.height === 0) return false;
		const top = document.elementFromPoint(Math.max(r.left, 0) + Math.min(r.width, innerWidth) / 2, Math.min(r.top + r.height / 2, innerHeight - 1));
		return top !== null && (e.contains(top) || top.contains(e));
	})(document.querySelector(%s))`, quoted(selector))
}

// scrollTo scrolls the list until the row of a trace is there. Scrolling is neither a key nor a click.
func (p *page) scrollTo(trace string) {
	p.t.Helper()
	p.until("the trace is listed", fmt.Sprintf(`(() => {
		if (document.querySelector(%s)) return true;
		const list = document.querySelector('.virtual');
		list.scrollTop = list.scrollTop + 200 > list.scrollHeight - list.clientHeight ? list.scrollHeight : list.scrollTop + 200;
		return false;
	})()`, quoted(rowOf(trace))))
}

// openRow clicks the row of a trace, and waits for its screen.
func (p *page) openRow(trace string) {
	p.t.Helper()
	p.scrollTo(trace)
	p.click(rowOf(trace))
	p.until("the trace is open", `document.querySelector('.s-trace .tree [role=treeitem]')`)
	p.settle()
}

func (p *page) clickTab(name string) {
	p.t.Helper()
	mark := fmt.Sprintf(`(() => {
		const tab = [...document.querySelectorAll('[role=tab]')].find((e) => e.innerText.startsWith(%s));
		tab?.setAttribute('data-wanted', '');
		return !!tab;
	})()`, quoted(name))
	p.until("there is a tab "+name, mark)
	p.click("[data-wanted]")
}
