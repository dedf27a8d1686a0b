package webtest_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go"
)

// speaker is a model that says what it is told to, as it is told to.
type speaker struct {
	url  string
	says chan<- string // closed: the answer ends
}

func newSpeaker(t *testing.T) speaker {
	t.Helper()
	said := make(chan string)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for {
			select {
			case piece, more := <-said:
				if !more {
					_, _ = io.WriteString(w, "data: [DONE]\n\n")
					return
				}
				_, _ = fmt.Fprintf(w, `data: {"choices":[{"index":0,"delta":{"content":%s}}]}`+"\n\n", quoted(piece))
				_ = http.NewResponseController(w).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}))
	t.Cleanup(s.Close)
	return speaker{s.URL, said}
}

// ask has a client that is watched ask the model. The channel tells that the answer has ended.
func (m speaker) ask(ctx context.Context, t *testing.T) <-chan error {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url+"/v1/chat/completions",
		strings.NewReader(`{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Tell me."}]}`))
	if err != nil {
		t.Fatal(err)
	}
	transport := new(http.Transport)
	t.Cleanup(transport.CloseIdleConnections)
	read := make(chan error, 1)
	go func() {
		response, err := traceroot.HTTPClient(&http.Client{Transport: transport}).Do(request)
		if err == nil {
			_, err = io.ReadAll(response.Body)
			_ = response.Body.Close()
		}
		read <- err
	}()
	return read
}

// speak is a real agent that asks the model, until the answer ends. The function waits for the end of the agent.
func (m speaker) speak(t *testing.T, client *traceroot.Client) (trace string, end func()) {
	t.Helper()
	ctx, root := traceroot.Start(client.Context(t.Context()), "live-agent", traceroot.Type("agent"), traceroot.Input("Tell me."))
	_, step := traceroot.Start(ctx, "look_up", traceroot.Type("tool"))
	step.End()
	read := m.ask(ctx, t)
	return root.TraceID(), func() {
		t.Helper()
		close(m.says)
		if err := <-read; err != nil {
			t.Error(err)
		}
		root.End()
		if err := client.Flush(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}
}

func TestRunningAgent(t *testing.T) {
	t.Parallel()
	s := empty(t)
	client := s.sdk(t)
	p := s.open(t, "/traces")
	failNow(client.Context(t.Context()))
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.until("the first trace shows itself", `document.querySelector('.tr[data-id], .s-trace .tree [role=treeitem]')`)
	p.goTo("/traces")

	model := newSpeaker(t)
	trace, end := model.speak(t, client)
	model.says <- "Once upon "
	p.until("the running agent stands on top", fmt.Sprintf(`document.querySelector('.tr[aria-posinset="1"]')?.dataset.id === '%s'`, trace))
	p.until("what it says is in its row", fmt.Sprintf(`document.querySelector('%s .stream')?.innerText.includes('Once upon')`, rowOf(trace)))
	model.says <- "a time"
	p.until("and what it says next", fmt.Sprintf(`document.querySelector('%s .stream')?.innerText.includes('Once upon a time')`, rowOf(trace)))
	if p.acts > 0 {
		t.Errorf("what it does now took %d keys and clicks", p.acts)
	}
	end()
	p.until("it has ended", fmt.Sprintf(`document.querySelector('%s') && !document.querySelector('%s .st .pulse')`, rowOf(trace), rowOf(trace)))
}

// A reader who reads is left alone: the row that is selected stays where it is, and what came in waits.
func TestNothingMovesUnderTheReader(t *testing.T) {
	t.Parallel()
	s := empty(t)
	client := s.sdk(t)
	for range 40 {
		failNow(client.Context(t.Context()))
	}
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := s.open(t, "/traces")
	p.until("rows are there", `document.querySelectorAll('.tr[data-id]').length > 10`)
	p.press("j", "j", "j")
	const place = `document.querySelector('.tr[aria-selected=true]').getBoundingClientRect().top`
	p.until("a row is selected", `document.querySelector('.tr[aria-selected=true]')`)
	before := ask[float64](p, place)
	late := failNow(client.Context(t.Context()))
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.until("the new one waits behind the pill", `document.querySelector('.pill')?.innerText.includes('1')`)
	if after := ask[float64](p, place); after != before {
		t.Errorf("the selected row went from %v to %v", before, after)
	}
	p.expect("the new one is not in the list", `!document.querySelector('`+rowOf(late)+`')`)
	p.click(".pill")
	p.until("now it is", `document.querySelector('`+rowOf(late)+`')`)
}

// Text that streams in goes into the text that is there: a selection in it survives, and nothing above it moves.
func TestSelectionInStreamingText(t *testing.T) {
	t.Parallel()
	s := empty(t)
	client := s.sdk(t)
	model := newSpeaker(t)
	trace, end := model.speak(t, client)
	model.says <- "The first sentence. "
	p := s.open(t, "/t/"+trace)
	p.until("the model's words are there", `document.querySelector('.s-trace')?.innerText.includes('The first sentence.')`)
	const textNode = `(() => {
		const all = document.createTreeWalker(document.querySelector('.s-trace'), NodeFilter.SHOW_TEXT);
		for (let n = all.nextNode(); n; n = all.nextNode()) if (n.data.includes('The first sentence.')) return n;
	})()`
	ask[bool](p, `(() => { const n = `+textNode+`; getSelection().setBaseAndExtent(n, 4, n, 9); window.before = n; return true; })()`)
	top := ask[float64](p, `(() => { const r = document.createRange(); r.selectNode(window.before); return r.getBoundingClientRect().top; })()`)
	// What has ended meanwhile makes the page read the trace again.
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.until("the step that ended is there", `document.querySelector('.tree')?.innerText.includes('look_up')`)
	p.settle()
	for n := range 5 {
		model.says <- fmt.Sprintf("Then number %d. ", n)
	}
	p.until("more words are there", `window.before.data.includes('Then number 4.')`)
	p.expect("the selection is as it was", `getSelection().toString() === 'first'`)
	if now := ask[float64](p, `(() => { const r = document.createRange(); r.selectNode(window.before); return r.getBoundingClientRect().top; })()`); now != top {
		t.Errorf("the text went from %v to %v", top, now)
	}
	end()
	p.until("it has ended", `!document.querySelector('.livebar')`)
}

// A span that has ended stops its clock at once, though what came of it arrives with the next batch.
func TestEndsAreSeenBeforeTheirSpansArrive(t *testing.T) {
	t.Parallel()
	s := empty(t)
	client := traceroot.New(
		traceroot.WithHostURL(s.url), traceroot.WithEnabled(true), traceroot.WithLogger(slog.New(slog.DiscardHandler)),
		traceroot.WithFlushInterval(time.Hour),
	)
	t.Cleanup(func() { _ = client.Shutdown(context.WithoutCancel(t.Context())) })
	ctx, root := traceroot.Start(client.Context(t.Context()), "agent", traceroot.Type("agent"))
	model := newSpeaker(t)
	answered := model.ask(ctx, t)
	model.says <- "All of it."
	list, p := s.open(t, "/traces"), s.open(t, "/t/"+root.TraceID())
	p.until("the model call runs", `document.querySelector('.livebar') && document.querySelector('.s-trace').innerText.includes('All of it.')`)
	list.until("so does the trace", fmt.Sprintf(`document.querySelector('%s .lat')`, rowOf(root.TraceID())))

	close(model.says)
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
	p.until("the model call has ended", `[...document.querySelectorAll('.tree [role=treeitem]')].some((e) => e.innerText.includes('chat') && !e.querySelector('.run, .g-run'))`)
	p.expect("what it said is still there", `document.querySelector('.s-trace').innerText.includes('All of it.')`)
	p.expect("the trace runs", `document.querySelector('.livebar')`)
	_, tool := traceroot.Start(ctx, "look_up", traceroot.Type("tool"))
	p.until("the tool runs", `[...document.querySelectorAll('.tree [role=treeitem]')].some((e) => e.innerText.includes('look_up') && e.querySelector('.run'))`)
	tool.SetError(errNoDepot)
	tool.End()
	p.until("the tool has failed", `[...document.querySelectorAll('.tree [role=treeitem]')].some((e) => e.innerText.includes('look_up') && !e.querySelector('.run'))`)
	root.SetError(errNoDepot)
	root.End()
	p.until("the trace has ended", `!document.querySelector('.livebar')`)
	list.until("in the list too", fmt.Sprintf(`!document.querySelector('%s .st .pulse') && !document.querySelector('%s .at.ok')`, rowOf(root.TraceID()), rowOf(root.TraceID())))

	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.until("the span takes its place", `document.querySelector('.verdict')?.innerText.includes('no such depot')`)
}
