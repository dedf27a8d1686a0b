package webtest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// shown is a span of a trace, and what the reader sees of it.
type shown struct {
	name  string
	span  sent
	sees  string
	path  string // behind the address of the span
	click string // an element, before looking
	then  string // what is seen after it
}

func TestStatesOfSpans(t *testing.T) {
	t.Parallel()
	s := empty(t)
	id := strings.Repeat("a1", 16)
	call := func(n int, attributes ...string) sent {
		return span(id, n, 1, "chat", n, append([]string{"traceroot.span.type", "llm", "traceroot.llm.model", "gpt-4o"}, attributes...)...)
	}
	tool := func(n int, attributes ...string) sent {
		return span(id, n, 1, fmt.Sprintf("tool %d", n), n, append([]string{"traceroot.span.type", "tool"}, attributes...)...)
	}
	lines := strings.Repeat("one line of many\n", 64<<10)
	const rules = `{"role":"system","content":"You know the parts of bicycles, and answer in a few words."}`
	const first, second = `{"role":"user","content":"What is it?"}`, `{"role":"assistant","content":"A bell."}`
	states := []shown{
		{
			name: "two megabytes: the beginning, its size, the next part", span: tool(10, "traceroot.span.output", strings.Repeat(lines, 2)),
			sees:  `/66 kB|64 KiB|65\.5 kB/.test(document.querySelector('.dt footer')?.innerText) && /2\.\d MB/.test(document.querySelector('.dt footer')?.innerText) && document.querySelector('.dt footer a[download]')`,
			click: ".dt .part footer button", then: `document.querySelector('.dt .part .text').innerText.length > 120000`,
		},
		{
			name: "cut by its sender", span: tool(11, "traceroot.span.output", "the beginning", "traceroot.truncated_from", `{"output":2202010}`),
			sees: `document.querySelector('.dt .chip')?.innerText.includes('of 2.2 MB kept') && document.querySelector('.dt').innerText.includes('Limits.ValueBytes')`,
		},
		{
			name: "content off", span: call(12, "traceroot.llm.usage", `{"input_tokens":10,"output_tokens":5}`),
			sees: `document.querySelector('.dt').innerText.includes('WithContent(false)') && document.querySelector('.dt').innerText.includes('10 tokens in')`,
		},
		{
			name: "a tool without content", span: tool(13),
			sees: `document.querySelector('.dt').innerText.includes('CaptureInput') && document.querySelector('.dt').innerText.includes('CaptureOutput')`,
		},
		{name: "no usage", span: call(14), sees: `document.querySelector('.dt .facts').innerText.includes('no usage reported')`},
		{
			name: "no price", span: span(id, 15, 1, "chat", 15, "traceroot.span.type", "llm", "traceroot.llm.model", "my-own-model", "traceroot.span.input", "["+first+"]", "traceroot.llm.usage", `{"input_tokens":10,"output_tokens":5}`),
			path: "&tab=cost", sees: `document.querySelector('.dt').innerText.includes('no price for my-own-model, set one') && document.querySelector('.hd').innerText.includes('≥')`,
		},
		{
			name: "masked", span: tool(16, "traceroot.span.output", "mail it to ‹masked: email›"),
			sees: `document.querySelector('.dt').innerText.includes('‹masked: email›')`,
		},
		{
			name: "a history that was rewritten", span: call(18, "traceroot.span.input", "["+rules+`,{"role":"user","content":"A summary."},`+second+`,{"role":"user","content":"And that?"}]`, "traceroot.span.output", "["+second+"]"),
			sees:  `document.querySelector('.dt .fold.warn')?.innerText.includes('History rewritten')`,
			click: ".dt .fold.warn", then: `document.querySelector('.dt .diff .gone') && document.querySelector('.dt .diff').innerText.includes('A summary.')`,
		},
		{
			name: "data of no kind that is shown", span: call(19, "traceroot.span.input", `[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/tiff;base64,SUkqAAEC"}}]}]`),
			path: "&msgs=all", sees: `document.querySelector('.dt .part pre')?.innerText.includes('49 49 2a 00') && document.querySelector('.dt .part a[download]')`,
		},
	}
	spans := []sent{
		span(id, 1, 0, "agent", 0, "traceroot.span.type", "agent"),
		call(17, "traceroot.span.input", "["+rules+","+first+`,{"role":"assistant","content":"A horn."},{"role":"user","content":"Sure?"}]`, "traceroot.span.output", "["+second+"]"),
	}
	for _, state := range states {
		spans = append(spans, state.span)
	}
	s.send(t, spans)
	for _, state := range states {
		t.Run(state.name, func(t *testing.T) {
			t.Parallel()
			p := s.open(t, fmt.Sprintf("/t/%s?span=%s%s", id, state.span.SpanID, state.path))
			p.until("it is seen", state.sees)
			p.audit(state.name)
			if state.click != "" {
				p.click(state.click)
				p.until("more is seen", state.then)
				p.audit(state.name + ", open")
			}
		})
	}
}

// A child may come before its parent, which may never come.
func TestParentThatHasNotArrived(t *testing.T) {
	t.Parallel()
	s := empty(t)
	id := strings.Repeat("a2", 16)
	s.send(t, []sent{span(id, 3, 2, "child", 1, "traceroot.span.type", "tool")})
	p := s.open(t, "/t/"+id)
	p.until("a row stands for it, with its child below", `[...document.querySelectorAll('.tree [role=treeitem]')].map((e) => e.ariaLevel).join() === '1,2' && /not arrived|never ended/.test(document.querySelector('.tree [role=treeitem]').innerText)`)
	p.click(".tree [role=treeitem]")
	p.until("it says what is known", `document.querySelector('.dt').innerText.includes('has not arrived')`)
	s.send(t, []sent{span(id, 2, 0, "parent", 0, "traceroot.span.type", "agent")})
	p.until("it takes its place", `document.querySelector('.tree [role=treeitem]').innerText.includes('parent') && document.querySelectorAll('.tree [role=treeitem]').length === 2`)
}

func TestStatesOfTheList(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	t.Run("nothing for the query", func(t *testing.T) {
		t.Parallel()
		p := s.open(t, "/traces?q=agent:support-agent+tool:web_search")
		p.until("it says what each term keeps out", `[...document.querySelectorAll('.empty li')].some((e) => e.innerText.includes('tool:web_search') && /\d+ traces?/.test(e.innerText))`)
		p.audit("empty")
		p.click(".empty li a")
		p.until("dropping one gives some", `document.querySelectorAll('.tr[data-id]').length > 0`)
	})
	t.Run("another query runs", func(t *testing.T) {
		t.Parallel()
		p := s.open(t, "/traces")
		p.until("rows are there", `document.querySelectorAll('.tr[data-id]').length > 5`)
		p.slowDown(2 * time.Second)
		p.click(`.fac button.fv[title="failed"]`)
		p.until("the last rows stay, dimmed", `document.querySelectorAll('.tr[data-id]').length > 5 && document.querySelector('.dim .tr[data-id], .stale .tr[data-id], .virtual.dim')`)
		p.until("then the answer is there", `![...document.querySelectorAll('.tr[data-id]')].some((e) => !e.querySelector('.err'))`)
	})
}

// Where the server does not answer, the page says which question that was, and asks again when told to.
func TestRetry(t *testing.T) {
	t.Parallel()
	s := empty(t)
	client := s.sdk(t)
	id := failNow(client.Context(t.Context()))
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := s.open(t, "/traces")
	p.until("the trace is listed", `document.querySelector('`+rowOf(id)+`')`)
	p.expectOutage(true)
	s.stop(t)
	p.until("the page says that the server is away", `document.querySelector('.live.off')`)
	p.press("j", "Enter")
	p.until("it says what was asked", `document.querySelector('.s-trace').innerText.includes('/api/ui/traces/')`)
	p.audit("no answer")
	s.startAgain(t)
	p.click(".s-trace .empty .btn")
	p.until("then it is there", `document.querySelector('.s-trace .tree [role=treeitem]')`)
}
