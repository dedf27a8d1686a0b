package webtest_test

import (
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp/kb"
)

// none are the parameters of commands that have none.
var none cdp.Empty

// namedKeys are those that are no character.
var namedKeys = map[string]string{
	"Enter": kb.Enter, "Escape": kb.Escape, "Tab": kb.Tab, "Backspace": kb.Backspace, "Home": kb.Home, "End": kb.End,
	"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
}
