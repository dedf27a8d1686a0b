package gauge

import (
	"context"
	"fmt"
	"os"
	"os/exec"

	"github.com/chromedp/chromedp"
)

// FindBrowser is the path of a Chromium, empty where there is none. $CHROMIUM may name one.
func FindBrowser() string {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	return ""
}

// StartBrowser starts a browser without a window. The context is for [Open].
func StartBrowser(ctx context.Context) (browser context.Context, end func(), err error) {
	path := FindBrowser()
	if path == "" {
		return nil, nil, fmt.Errorf("there is neither chromium nor google-chrome; $CHROMIUM may name one: %w", exec.ErrNotFound)
	}
	allocator, endAllocator := chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-gpu", true), chromedp.Flag("hide-scrollbars", true))...)
	browser, endBrowser := chromedp.NewContext(allocator)
	end = func() { endBrowser(); endAllocator() }
	if err := chromedp.Do(browser); err != nil {
		end()
		return nil, nil, fmt.Errorf("start the browser: %w", err)
	}
	return browser, end, nil
}
