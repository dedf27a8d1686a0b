package webui_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/webui"
)

func TestWatchWithoutSourcesOnDisk(t *testing.T) {
	t.Parallel()
	pages, err := webui.New(webui.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pages.Watch(t.Context(), func() { t.Error("what is compiled in has changed") }) // returns at once
}

func TestDevServesTheDisk(t *testing.T) {
	t.Parallel()
	pages, err := webui.New(webui.Options{Dev: true})
	if err != nil {
		t.Skipf("built away from its sources: %v", err)
	}
	page := get(t, pages, "/", nil)
	script := regexp.MustCompile(`/assets/main-[\w-]+\.js`).FindString(page.Body.String())
	if got := get(t, pages, script, nil); page.Code != http.StatusOK || got.Code != http.StatusOK {
		t.Errorf("status %d, its script %q %d", page.Code, script, got.Code)
	}
}
