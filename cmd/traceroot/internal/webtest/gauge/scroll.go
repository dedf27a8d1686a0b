package gauge

import (
	"fmt"

	"github.com/chromedp/chromedp"
)

// Scroll is what it took to scroll through the list.
type Scroll struct {
	Frame    Cost    // of one frame, on average
	Layouts  float64 // a frame
	Filled   float64 // rows a frame that came to show another trace
	Seen     float64 // rows that fit the screen
	Elements int
}

// frames are measured.
const frames = 60

// ShowAll loads the list into the tab, and goes on until all its traces can be scrolled to.
func (t *Tab) ShowAll(address string, traces int) error {
	if err := chromedp.Do(t.ctx, chromedp.Navigate(address+"/traces")); err != nil {
		return fmt.Errorf("load the list: %w", err)
	}
	const all = `new Promise((done) => {
		const look = () => {
			const list = document.querySelector(".virtual");
			if (list) list.scrollTop = list.scrollHeight;
			if (Number(document.querySelector(".tr[data-id]")?.ariaSetSize) >= %d) done(true);
			else setTimeout(look, 10);
		};
		look();
	})`
	if _, err := ask[bool](t, fmt.Sprintf(all, traces)); err != nil {
		return err
	}
	_, err := t.settle()
	return err
}

// Scroll scrolls from a row of the list that [Tab.ShowAll] shows up to its head, so many rows a frame.
func (t *Tab) Scroll(from, rows int) (Scroll, error) {
	// What a frame before has left to be done is not of this one.
	const prepare = `new Promise((done) => {
		const list = document.querySelector(".virtual");
		list.scrollTop = %d * list.querySelector(".slot").offsetHeight;
		setTimeout(done, 500, true);
	})`
	if _, err := ask[bool](t, fmt.Sprintf(prepare, from)); err != nil {
		return Scroll{}, err
	}
	before, err := t.Cost()
	if err != nil {
		return Scroll{}, err
	}
	const scroll = `new Promise((done) => {
		const list = document.querySelector(".virtual"), row = list.querySelector(".slot").offsetHeight;
		const seen = list.clientHeight / row;
		let filled = 0, n = 0, top = list.scrollTop;
		const changes = new MutationObserver((records) => { filled += records.length; });
		changes.observe(list, { attributes: true, attributeFilter: ["data-id"], subtree: true });
		const frame = () => {
			top -= %d * row;
			list.scrollTop = top;
			if (++n < %d) requestAnimationFrame(frame);
			else requestAnimationFrame(() => setTimeout(() => done({ filled, seen })));
		};
		requestAnimationFrame(frame);
	})`
	told, err := ask[struct{ Filled, Seen float64 }](t, fmt.Sprintf(scroll, rows, frames))
	if err != nil {
		return Scroll{}, err
	}
	after, err := t.Cost()
	if err != nil {
		return Scroll{}, err
	}
	elements, err := ask[int](t, `document.querySelectorAll("*").length`)
	took := after.Minus(before)
	return Scroll{
		Frame:   Cost{took.CPU / frames, took.Script / frames, took.Style / frames, took.Layout / frames, 0},
		Layouts: float64(took.Layouts) / frames, Filled: told.Filled / frames, Seen: told.Seen, Elements: elements,
	}, err
}
