package webtest_test

import (
	"context"
	"errors"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// none are the parameters of commands that have none.
var none cdp.Empty

// namedKeys are those that are no character.
var namedKeys = map[string]string{
	"Enter": kb.Enter, "Escape": kb.Escape, "Tab": kb.Tab, "Backspace": kb.Backspace, "Home": kb.Home, "End": kb.End,
	"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
}

// keyPress presses a key as a keyboard does: where the page prevents what the key does, it types nothing. chromedp's own
// presses send the character by itself, which nothing prevents.
func keyPress(key string, modifiers int64) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		known := kb.Keys[[]rune(key)[0]]
		if known == nil {
			return errors.New("there is no key " + key)
		}
		if known.Shift {
			modifiers |= shift
		}
		press := input.DispatchKeyEventParams{
			Type: "keyDown", Key: known.Key, Code: known.Code, Text: known.Text, UnmodifiedText: known.Unmodified,
			WindowsVirtualKeyCode: known.Windows, NativeVirtualKeyCode: known.Native, Modifiers: modifiers,
		}
		if modifiers&control != 0 {
			press.Text = ""
		}
		release := press
		release.Type, release.Text = "keyUp", ""
		_, down := chromedp.Call(ctx, input.DispatchKeyEvent, press)
		_, up := chromedp.Call(ctx, input.DispatchKeyEvent, release)
		return errors.Join(down, up)
	})
}

const (
	control = int64(kb.ModifierCtrl)
	shift   = int64(kb.ModifierShift)
)
