package webtest_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// evil has what tries to run, to reorder, to hide and to drive a terminal. alert would tell.
const evil = `<script>window.harmed=1</script><img src=x onerror="window.harmed=2"><svg onload="window.harmed=3">` +
	`<a href="javascript:window.harmed=4">x</a> {{constructor.constructor('window.harmed=5')()}} </textarea></script>` +
	"\u202egnp.exe\u202c \u2066iso\u2069 zero\u200bwidth \x1b[31mred\x1b[0m\x1b]0;title\x07 \x00nul \u2028line" +
	` ![i](http://evil.example/x.png) http://evil.example/`

const depth = 30

// hostileTrace is a trace with all that a sender may think of.
func hostileTrace(t *testing.T, id string) []sent {
	t.Helper()
	var picture bytes.Buffer
	noise := image.NewGray(image.Rect(0, 0, 200, 150))
	for i := range noise.Pix {
		noise.Pix[i] = byte(rand.Uint32())
	}
	if err := png.Encode(&picture, noise); err != nil {
		t.Fatal(err)
	}
	inline := "data:image/png;base64," + base64.StdEncoding.EncodeToString(picture.Bytes())
	drawn := "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="window.harmed=6"><script>window.harmed=7</script></svg>`))
	sound := base64.StdEncoding.EncodeToString(append([]byte("RIFF\x2c\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\x08\x00\x00\x00"), 128, 200, 255, 200, 128, 50, 0, 50))
	part := func(address string) any {
		return map[string]any{"type": "image_url", "image_url": map[string]any{"url": address}}
	}
	messages, err := json.Marshal([]any{
		map[string]any{"role": "system", "content": evil},
		map[string]any{"role": evil, "name": evil, "content": evil},
		map[string]any{"role": "user", "content": []any{
			map[string]any{"type": "text", "text": evil},
			part(inline), part(drawn), part("http://evil.example/remote.png"), part("javascript:window.harmed=8"),
			part("data:image/png;base64," + base64.StdEncoding.EncodeToString([]byte("<svg onload='window.harmed=10'/>"))),
			map[string]any{"type": "input_audio", "input_audio": map[string]any{"data": sound, "format": "wav"}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := json.Marshal([]any{map[string]any{"role": "assistant", "content": evil, "tool_calls": []any{
		map[string]any{"id": evil, "type": "function", "function": map[string]any{"name": evil, "arguments": `{"__proto__":{"harmed":9},"x":"<b>"}`}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	repeated := strings.Repeat(evil, 2<<20/len(evil))
	spans := []sent{
		span(id, 1, 0, evil, 0, "traceroot.span.type", "agent", "traceroot.span.input", evil, "traceroot.span.output", evil,
			"traceroot.trace.user_id", evil, evil, evil),
		span(id, 2, 1, "chat "+evil, 1, "traceroot.span.type", "llm", "traceroot.llm.model", evil,
			"traceroot.span.input", string(messages), "traceroot.span.output", string(answer)),
		span(id, 3, 1, "two megabytes", 2, "traceroot.span.type", "tool", "traceroot.span.input", repeated, "traceroot.span.output", strings.Repeat("A", 2<<20)),
		span(id, 4, 1, "one line of ten megabytes", 3, "traceroot.span.type", "tool", "traceroot.span.output", `{"k":["`+strings.Repeat(`x","`, 10<<20/4)+`"]}`),
		span(id, 5, 1, "deep JSON", 4, "traceroot.span.type", "tool", "traceroot.span.output", strings.Repeat(`{"a":[`, 5000)+strings.Repeat(`]}`, 5000)),
	}
	for level := range depth {
		parent := 1
		if level > 0 {
			parent = 100 + level - 1
		}
		spans = append(spans, span(id, 100+level, parent, fmt.Sprintf("level %d", level), 5, "traceroot.span.type", "span"))
	}
	return spans
}

func TestHostileTrace(t *testing.T) {
	t.Parallel()
	s := empty(t)
	id := strings.Repeat("ab", 16)
	s.send(t, hostileTrace(t, id))
	unharmed := func(p *page) {
		t.Helper()
		p.expect("no script of the trace has run", `window.harmed === undefined && ({}).harmed === undefined`)
		p.expect("no element of the trace is in the page", `!document.querySelector('main script, main [onload], main [onerror], main a[href^="javascript:"], main img[src^="http"]:not([src^="'+location.origin+'"])')`)
		p.expect("nothing in the page reorders text", `!/[\u202a-\u202e\u2066-\u2069\u0000\u001b\u200b]/.test(document.body.innerText + document.title + [...document.querySelectorAll('[title], [aria-label]')].map((e) => e.title + e.ariaLabel).join())`)
	}

	t.Run("in the list", func(t *testing.T) {
		t.Parallel()
		p := s.open(t, "/traces")
		p.until("it is listed", `document.querySelector('.tr[data-id]')`)
		p.expect("its text is text", `document.querySelector('.tr[data-id]').innerText.includes('<script>')`)
		p.press("j", " ")
		p.until("it can be peeked at", `document.querySelector('.peek')?.innerText.includes('<script>')`)
		unharmed(p)
	})
	for n, shows := range map[int]string{
		1: `document.querySelector('.dt')?.innerText.includes('<script>')`,
		2: `document.querySelector('.dt')?.innerText.includes('<script>') && document.querySelector('.dt .ctl')`,
		3: `/2\.\d MB|64 kB|next/i.test(document.querySelector('.dt')?.innerText)`,
		4: `/10\.\d MB|next/i.test(document.querySelector('.dt')?.innerText)`,
		5: `(document.querySelector('.dt')?.innerText.length ?? 0) > 100`,
	} {
		t.Run(fmt.Sprintf("span %d", n), func(t *testing.T) {
			t.Parallel()
			p := s.newPage(t)
			began := time.Now()
			p.goTo(fmt.Sprintf("/t/%s?span=%016x", id, n))
			p.until("its payload is shown", shows)
			if took := time.Since(began); took > patience {
				t.Errorf("it took %v", took)
			}
			unharmed(p)
			if nodes := p.elements(); nodes > 10_000 {
				t.Errorf("the page has %d elements", nodes)
			}
			p.clickTab("Raw")
			p.settle()
			unharmed(p)
			p.audit("raw")
		})
	}
	t.Run("images and sounds", func(t *testing.T) {
		t.Parallel()
		p := s.open(t, fmt.Sprintf("/t/%s?span=%016x&msgs=all", id, 2))
		p.until("the image is shown", `[...document.querySelectorAll('.dt .part img')].some((e) => e.naturalWidth === 200 && e.naturalHeight === 150)`)
		p.until("what is no image is bytes, whatever it is called", `[...document.querySelectorAll('.dt .part pre')].filter((e) => e.innerText.includes('<svg')).length === 2`)
		p.expect("no drawing is an element", `[...document.querySelectorAll('.dt .part')].every((e) => !e.querySelector('pre') || !e.querySelector('img, svg'))`)
		p.until("the sound can be played", `document.querySelector('.dt .part audio') && document.querySelector('.dt .part button[aria-label=Play]')`)
		p.expect("and is silent", `document.querySelector('.dt .part audio').paused`)
		p.expect("an image elsewhere is an address to copy", `[...document.querySelectorAll('.dt .part')].some((e) => e.innerText.includes('evil.example/remote.png') && e.querySelector('button'))`)
		unharmed(p)
		p.audit("images and sounds")
	})
	t.Run("30 levels", func(t *testing.T) {
		t.Parallel()
		p := s.open(t, "/t/"+id)
		p.until("the tree is there", `document.querySelector('.tree [role=treeitem]')`)
		p.press("L", "End")
		p.until("the deepest is in sight, with its level", fmt.Sprintf(`document.querySelector('.tree [aria-selected=true]')?.ariaLevel === '%d'`, depth+1))
		p.expect("its name can still be read", `document.querySelector('.tree [aria-selected=true] .ell').getBoundingClientRect().width > 20`)
		p.audit("30 levels")
	})
	t.Run("with a session that no header holds", func(t *testing.T) {
		t.Parallel()
		other := strings.Repeat("ba", 16)
		s.send(t, []sent{span(other, 9, 0, "agent", 0, "traceroot.trace.session_id", evil)})
		p := s.open(t, "/t/"+other)
		p.until("it is shown", `document.querySelector('.tree [role=treeitem]')`)
		p.audit("header")
		unharmed(p)
	})
	t.Run("elsewhere", func(t *testing.T) {
		t.Parallel()
		p := s.newPage(t)
		for _, path := range []string{"/sessions", "/dashboard?by=agent", "/dashboard?by=user", "/compare?a=" + id, "/traces?q=" + "%3Cscript%3E"} {
			p.goTo(path)
			unharmed(p)
		}
	})
}
