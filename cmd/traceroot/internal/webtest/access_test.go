package webtest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// element is one as a screen reader is told of it.
type element struct {
	role, name string
	properties map[string]any
}

// heard is all that a screen reader is told of.
func (p *page) heard() []element {
	p.t.Helper()
	tree, err := chromedp.Call(p.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		p.t.Fatal(err)
	}
	var all []element
	for _, node := range tree.Nodes {
		if node.Ignored || node.Role == nil {
			continue
		}
		e := element{role: textOf(node.Role), properties: map[string]any{}}
		if node.Name != nil {
			e.name = textOf(node.Name)
		}
		for _, property := range node.Properties {
			var value any
			if json.Unmarshal(property.Value.Value, &value) == nil {
				e.properties[string(property.Name)] = value
			}
		}
		all = append(all, e)
	}
	return all
}

func textOf(value *accessibility.Value) string {
	var text string
	_ = json.Unmarshal(value.Value, &text) // what is no text has none
	return text
}

// Whatever can be operated has a name, and so has each region.
func TestNamesForScreenReaders(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	named := []string{
		"button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "menuitem", "tab", "option", "treeitem", "tree", "listbox", "tablist",
		"dialog", "image", "img", "slider", "separator", "navigation", "heading", "tabpanel", "complementary",
	}
	for _, screen := range screens(s) {
		t.Run(screen.name, func(t *testing.T) {
			t.Parallel()
			p := s.open(t, screen.path)
			all := p.heard()
			for _, e := range all {
				if slices.Contains(named, e.role) && e.name == "" {
					t.Errorf("a %s has no name: %v", e.role, e.properties)
				}
			}
			if !slices.ContainsFunc(all, func(e element) bool { return e.role == "main" }) {
				t.Error("there is no main region")
			}
			headings := slices.DeleteFunc(slices.Clone(all), func(e element) bool { return e.role != "heading" || e.properties["level"] != 1.0 })
			if len(headings) != 1 {
				t.Errorf("there are %d headings of level 1, want one", len(headings))
			}
		})
	}
}

func TestTreeForScreenReaders(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	p := s.open(t, "/t/"+s.failed)
	p.until("a span is selected", treeAt)
	all := p.heard()
	levels, selected := map[float64]bool{}, 0
	for _, e := range all {
		if e.role != "treeitem" {
			continue
		}
		level, _ := e.properties["level"].(float64)
		levels[level] = true
		if e.properties["selected"] == true {
			selected++
		}
	}
	if !levels[1] || !levels[2] || !levels[3] || selected != 1 {
		t.Errorf("the tree has the levels %v, and %d selected items", levels, selected)
	}
	tabs, chosen := 0, 0
	for _, e := range all {
		if e.role == "tab" {
			tabs++
			if e.properties["selected"] == true {
				chosen++
			}
		}
	}
	if tabs < 4 || chosen != 1 {
		t.Errorf("there are %d tabs, %d of them selected", tabs, chosen)
	}
	p.expect("the tree tells which of its items has the focus", `document.getElementById(document.querySelector('[role=tree]').getAttribute('aria-activedescendant')) === `+treeAt)
}

func TestListForScreenReaders(t *testing.T) {
	t.Parallel()
	p := demonstration(t).open(t, "/traces")
	p.until("rows are there", `document.querySelectorAll('.tr[data-id]').length > 5`)
	p.press("j", "j")
	p.until("the list tells which row has the focus", `document.getElementById(document.querySelector('.virtual').getAttribute('aria-activedescendant'))?.ariaSelected === 'true'`)
	options := 0
	for _, e := range p.heard() {
		if e.role == "option" {
			options++
		}
	}
	if options < 5 {
		t.Errorf("%d rows are options", options)
	}
}

// Tab reaches everything that has to be reached, the focus can be seen, and no more than one stop is in a list or tree.
func TestTabAlone(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	for _, test := range []struct {
		path    string
		reaches []string
	}{
		{"/traces", []string{".skip", ".jump", ".nav a", ".qbox input", ".fac button", ".virtual", ".th button"}},
		{"/t/" + s.failed, []string{".verdict p button.link", ".tree", "[role=tab]", ".dt", ".cv", ".hd a.btn"}},
	} {
		t.Run(test.path[:3], func(t *testing.T) {
			t.Parallel()
			p := s.open(t, test.path)
			p.settle()
			reached, rows := map[string]bool{}, 0
			const seen = `(() => {
				const style = getComputedStyle(document.activeElement), box = document.activeElement.closest('.qbox');
				const outlined = (s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1;
				return outlined(style) || style.boxShadow !== 'none' || (!!box && (outlined(getComputedStyle(box)) || getComputedStyle(box).boxShadow !== 'none' || getComputedStyle(box).borderColor !== getComputedStyle(document.querySelector('.btn')).borderColor));
			})()`
			const most = 150
			for range most {
				p.press("Tab")
				if !ask[bool](p, `document.activeElement !== document.body`) {
					break // the end of the page
				}
				for _, selector := range test.reaches {
					if ask[bool](p, fmt.Sprintf(`document.activeElement.matches(%s)`, quoted(selector))) {
						reached[selector] = true
					}
				}
				if ask[bool](p, `document.activeElement.matches('[role=option], [role=treeitem]')`) {
					rows++
				}
				if !ask[bool](p, seen) {
					t.Errorf("the focus cannot be seen on %s", ask[string](p, `document.activeElement.outerHTML.slice(0, 120)`))
				}
			}
			for _, selector := range test.reaches {
				if !reached[selector] {
					t.Errorf("Tab does not reach %s", selector)
				}
			}
			if rows > 0 {
				t.Errorf("Tab stops at %d rows", rows)
			}
		})
	}
}

// The verdict, its cause, what the call had seen, and the session: without a mouse.
func TestTasksByKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	p := s.open(t, "/traces")
	p.press("/")
	p.until("the search has the focus", `document.activeElement.matches('.qbox input')`)
	p.text("status:failed tool:create_return_label ")
	p.press("Enter")
	p.until("one run is left", `document.querySelectorAll('.tr[data-id]').length === 1`)
	p.press("Escape")
	p.until("the search has lost the focus", `!document.activeElement.matches('input')`)
	p.press("j", "Enter")
	p.until("the verdict is there", `document.querySelector('.verdict')?.innerText.includes('972O1')`)
	p.settle()
	p.press("e")
	p.until("the chain of errors", `document.querySelector('.dt .chain')`)
	p.press("g", "s")
	p.until("the sessions", `location.pathname === '/sessions'`)
}

// At twice the size a page has half the room: everything is there, one pane at a time.
func TestZoom(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	for _, screen := range screens(s) {
		t.Run(screen.name, func(t *testing.T) {
			t.Parallel()
			p := s.newPage(t)
			zoomed := emulation.SetDeviceMetricsOverrideParams{Width: usualWidth / 2, Height: usualHeight / 2, DeviceScaleFactor: 2}
			if _, err := chromedp.Call(p.ctx, emulation.SetDeviceMetricsOverride, zoomed); err != nil {
				t.Fatal(err)
			}
			p.goTo(screen.path)
			p.audit("at 200 %")
			if screen.name == "trace" {
				for n, shown := range map[int]string{0: ".tree", 1: ".dt", 2: ".cv"} {
					p.click(fmt.Sprintf(".mtabs [role=tab]:nth-child(%d)", n+1))
					p.until("its pane is shown", fmt.Sprintf(`document.querySelector('%s').checkVisibility()`, shown))
				}
			}
		})
	}
}

func TestReducedMotion(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	p := s.newPage(t)
	p.emulate("prefers-reduced-motion", "reduce")
	p.goTo("/t/" + s.failed)
	p.expect("nothing moves by itself", `document.getAnimations().filter((a) => a.playState === 'running' && a.effect.getComputedTiming().duration > 1).length === 0`)
	p.expect("nothing glides", `[...document.querySelectorAll('*')].every((e) => getComputedStyle(e).transitionDuration.split(',').every((d) => parseFloat(d) <= 0.001))`)
}

// Where the system chooses the colours, what is selected and what failed can still be told apart.
func TestForcedColors(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	p := s.newPage(t)
	p.emulate("forced-colors", "active")
	p.goTo("/t/" + s.failed)
	p.until("a span is selected", treeAt)
	p.expect("the selection has an outline or a colour of the system", `(() => { const a = getComputedStyle(`+treeAt+`), b = getComputedStyle(document.querySelector('.tree [aria-selected=false]')); return a.outlineStyle !== 'none' || a.backgroundColor !== b.backgroundColor; })()`)
	p.expect("what failed says so in words", `document.querySelector('.tree .sign .sr')`)
}
