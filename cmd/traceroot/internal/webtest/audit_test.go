package webtest_test

import (
	_ "embed"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

//go:embed audit.js
var audit string

// screens are all of them, by address.
func screens(s *world) []struct{ name, path string } {
	return []struct{ name, path string }{
		{"traces", "/traces"},
		{"trace", "/t/" + s.failed},
		{"cost", "/t/" + s.failed + "?tab=cost"},
		{"sessions", "/sessions"},
		{"session", "/s/sess_2291?turn=2"},
		{"dashboard", "/dashboard"},
		{"compare", "/compare?a=" + s.late + "&b=" + s.failed},
		{"connect", "/connect"},
	}
}

// Every text can be read, and nothing is cut off: in each theme and width.
func TestAudit(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	for _, screen := range screens(s) {
		t.Run(screen.name, func(t *testing.T) {
			t.Parallel()
			p := s.newPage(t)
			for _, theme := range []string{"dark", "light"} {
				p.emulate("prefers-color-scheme", theme)
				for _, width := range []int64{390, 1280, 1440, 1920} {
					p.do(chromedp.EmulateViewport(width, usualHeight))
					if p.path() == "blank" {
						p.goTo(screen.path)
					}
					p.settle()
					p.expect("the theme is "+theme, fmt.Sprintf(`document.documentElement.dataset.theme === '%s'`, theme))
					p.audit(fmt.Sprintf("%s at %d", theme, width))
				}
			}
		})
	}
}

// audit reports what cannot be read.
func (p *page) audit(where string) {
	p.t.Helper()
	for _, problem := range ask[[]string](p, audit) {
		p.t.Errorf("%s: %s", where, problem)
	}
}

// emulate sets what a style sheet asks of the system.
func (p *page) emulate(feature, value string) {
	p.t.Helper()
	features := []*emulation.MediaFeature{{Name: feature, Value: value}}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		p.t.Fatal(err)
	}
}
