package webtest_test

import (
	"context"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/webtest/gauge"
)

func TestMain(m *testing.M) {
	m.Run()
	closeDemo()
	closeStocked()
	closeBrowser()
}

// closeBrowser ends the browser, if there is one.
var closeBrowser = func() {}

// browser is one Chromium for all tests: each opens a profile of its own in it. Its context is nil where there is none.
var browser = sync.OnceValues(func() (context.Context, error) {
	found := gauge.FindBrowser()
	if found == "" {
		return nil, nil
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(found), chromedp.NoSandbox,
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("hide-scrollbars", true),
		// Whoever asks for another host is heard of even where the page's network log does not see it.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
	)
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	closeBrowser = func() {
		cancel()
		end()
	}
	return ctx, chromedp.Do(ctx)
})

// needBrowser skips the test where there is none.
func needBrowser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	if raceDetector {
		t.Skip("a browser beside the race detector takes minutes: the server's own tests run under it")
	}
	ctx, err := browser()
	if err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	if ctx == nil {
		t.Skip("PAGES NOT CHECKED: there is neither chromium nor google-chrome; $CHROMIUM may name one")
	}
	return ctx
}
