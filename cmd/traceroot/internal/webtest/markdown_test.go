package webtest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

const answerInMarkdown = "# Two ways\n\nTake **the first** or *the second*, see [the manual](https://docs.example/a) or https://docs.example/b.\n\n" +
	"- one\n  - within\n- two with `code`\n\n3. third\n4. fourth\n\n> as somebody said\n\n" +
	"| part | price |\n| --- | ---: |\n| bell | 4 |\n| `lamp` | 12 |\n\n```go\nfmt.Println(\"**not bold**\")\n```\n\n---\n\n" +
	"![a picture](https://images.example/x.png) <b>no element</b> [no link](javascript:window.harmed=1) snake_case_name 2*3*4"

// answered is a trace of one model call, with that answer.
func (s *world) answered(t *testing.T, id, answer string) {
	t.Helper()
	messages, err := json.Marshal([]any{map[string]any{"role": "assistant", "content": answer}})
	if err != nil {
		t.Fatal(err)
	}
	s.send(t, []sent{
		span(id, 1, 0, "agent", 0, "traceroot.span.type", "agent"),
		span(id, 2, 1, "chat", 1, "traceroot.span.type", "llm", "traceroot.llm.model", "m",
			"traceroot.span.input", `[{"role":"user","content":"What are **my** options?"}]`, "traceroot.span.output", string(messages)),
	})
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	s := empty(t)
	id := strings.Repeat("cd", 16)
	s.answered(t, id, answerInMarkdown)
	p := s.open(t, fmt.Sprintf("/t/%s?span=%016x", id, 2))
	const answer = `document.querySelector('.dt .msg.outp .md')`
	for what, so := range map[string]string{
		"headings are bold":                answer + `.querySelector('p.b').innerText === 'Two ways'`,
		"strong words are bold":            `[...` + answer + `.querySelectorAll('b')].some((e) => e.innerText === 'the first')`,
		"stressed words are slanted":       `[...` + answer + `.querySelectorAll('em')].map((e) => e.innerText).join() === 'the second'`,
		"lists nest":                       answer + `.querySelector('ul > li > ul > li').innerText === 'within'`,
		"numbers go on where they began":   answer + `.querySelector('ol').start === 3 && ` + answer + `.querySelectorAll('ol > li').length === 2`,
		"quotes are quotes":                answer + `.querySelector('blockquote').innerText === 'as somebody said'`,
		"tables have cells":                answer + `.querySelectorAll('td').length === 4 && ` + answer + `.querySelector('td.num').innerText === '4'`,
		"code is as written":               answer + `.querySelector('pre').innerText === 'fmt.Println("**not bold**")'`,
		"links show where they lead":       answer + `.innerText.includes('the manual (https://docs.example/a)')`,
		"links leave the page":             `[...` + answer + `.querySelectorAll('a')].every((a) => a.target === '_blank' && a.rel.includes('noopener') && a.href.startsWith('https://'))`,
		"an address is one without marks":  `[...` + answer + `.querySelectorAll('a')].some((a) => a.href === 'https://docs.example/b')`,
		"images are not loaded":            `!` + answer + `.querySelector('img') && ` + answer + `.innerText.includes('image: a picture (https://images.example/x.png)')`,
		"elements are text":                answer + `.innerText.includes('<b>no element</b>')`,
		"other targets are no links":       answer + `.innerText.includes('no link (javascript:window.harmed=1)')`,
		"names and sums keep their marks":  answer + `.innerText.includes('snake_case_name 2*3*4')`,
		"what a user wrote is as it was":   `document.querySelector('.dt').innerText.includes('What are **my** options?')`,
		"the conversation is laid out too": `document.querySelector('.cv .cm.asst .md table')`,
	} {
		p.until(what, so)
	}
	p.audit("Markdown")
	p.click(".dt .msg.outp header button[aria-pressed]")
	p.until("it is as the model wrote it", `document.querySelector('.dt .msg.outp').innerText.includes('Take **the first**') && !`+answer)
	p.reload()
	p.until("the choice lasts", `document.querySelector('.dt .msg.outp')?.innerText.includes('Take **the first**') && !`+answer)
	p.press("m")
	p.until("so are all messages as sent", `document.querySelector('.dt .msg')?.innerText.includes('What are **my**')`)
}

// No answer makes the page slow, or large.
func TestMarkdownOfHostileAnswers(t *testing.T) {
	t.Parallel()
	s := empty(t)
	for n, answer := range []string{
		strings.Repeat("*a", 9000), strings.Repeat("**a ", 4500), strings.Repeat("[a](", 4900), strings.Repeat("`", 19000), strings.Repeat("> ", 9000),
		strings.Repeat("- ", 9000), strings.Repeat("|a", 900) + "\n" + strings.Repeat("|-", 900) + "\n" + strings.Repeat(strings.Repeat("|b", 900)+"\n", 8),
		strings.Repeat("*a* ", 4900), strings.Repeat("- a\n", 4900), strings.Repeat("_ _", 6000), strings.Repeat("- - ", 4900) + "x", strings.Repeat("\\*", 9000),
		strings.Repeat("https://", 2400), "|" + strings.Repeat(" :-", 6000) + "\n|" + strings.Repeat(" :-", 300),
	} {
		t.Run(answer[:min(len(answer), 8)], func(t *testing.T) {
			t.Parallel()
			id := fmt.Sprintf("%032x", n+1)
			s.answered(t, id, answer)
			p := s.newPage(t)
			began := time.Now()
			p.goTo(fmt.Sprintf("/t/%s?span=%016x", id, 2))
			p.until("the answer is shown", `document.querySelector('.dt .msg.outp')`)
			if took := time.Since(began); took > patience {
				t.Errorf("it took %v", took)
			}
			if nodes := p.elements(); nodes > 12_000 {
				t.Errorf("the page has %d elements", nodes)
			}
		})
	}
}
