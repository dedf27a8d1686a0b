package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// camera is a browser with one page.
type camera struct {
	ctx   context.Context //nolint:containedctx // it is the page: chromedp keeps pages in contexts
	close func()
	base  string
}

func openCamera(ctx context.Context, base string) (*camera, error) {
	path, err := browserPath()
	if err != nil {
		return nil, err
	}
	allocator, end := chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("hide-scrollbars", true))...)
	page, cancel := chromedp.NewContext(allocator)
	c := &camera{page, func() { cancel(); end() }, base}
	if err := chromedp.Do(page); err != nil {
		c.close()
		return nil, fmt.Errorf("start the browser: %w", err)
	}
	return c, nil
}

func browserPath() (string, error) {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is neither chromium nor google-chrome; $CHROMIUM may name one: %w", exec.ErrNotFound)
}

// settling is how long a page may take to draw what it asks for: it listens for ever, so that it is never done.
const settling = 1200 * time.Millisecond

// take writes one picture.
func (c *camera) take(s shot, to string) error {
	theme := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s.theme}, {Name: "prefers-reduced-motion", Value: "reduce"}}
	if _, err := chromedp.Call(c.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: theme}); err != nil {
		return err
	}
	err := chromedp.Do(c.ctx,
		chromedp.EmulateViewport(s.width, s.height),
		chromedp.Navigate(c.base+s.path),
		chromedp.Sleep(settling),
	)
	if err != nil {
		return err
	}
	drawn, err := chromedp.Run(c.ctx, chromedp.Evaluate[bool](`!!document.querySelector("main > *")`))
	if err != nil {
		return err
	}
	if !drawn {
		return fmt.Errorf("%s shows no screen", s.path)
	}
	picture, err := chromedp.Run(c.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	small, err := quantized(picture)
	if err != nil {
		return err
	}
	return os.WriteFile(to, small, 0o644) //nolint:gosec // the repository is for all to read
}
