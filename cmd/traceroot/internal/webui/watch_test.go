package webui_test

import (
	"context"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/webui"
)

func TestWatchWithoutSourcesOnDisk(t *testing.T) {
	t.Parallel()
	pages, err := webui.New(webui.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pages.Watch(context.Background(), func() { t.Error("what is compiled in has changed") }) // returns at once
}

func TestDevServesTheDisk(t *testing.T) {
	t.Parallel()
	pages, err := webui.New(webui.Options{Dev: true})
	if err != nil {
		t.Skipf("built away from its sources: %v", err)
	}
	if html := body(t, get(t, pages, "/", nil)); html != body(t, get(t, newPages(t, webui.Options{}), "/", nil)) {
		t.Errorf("another page than the one compiled in: %s", html)
	}
}
