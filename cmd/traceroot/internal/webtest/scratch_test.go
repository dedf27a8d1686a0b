package webtest_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestScratch(t *testing.T) {
	s := demonstration(t)
	for _, step := range strings.Split(os.Getenv("STEPS"), "\n") {
		_ = step
	}
	var p *page
	for _, step := range strings.Split(os.Getenv("STEPS"), "\n") {
		step = strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(step), "$FAILED", s.failed), "$LATE", s.late)
		verb, rest, _ := strings.Cut(step, " ")
		switch verb {
		case "open":
			p = s.open(t, rest)
		case "press":
			p.press(strings.Split(rest, ",")...)
		case "click":
			p.click(rest)
		case "js":
			fmt.Println("JS", rest[:min(len(rest), 60)], "=>", ask[any](p, rest))
		case "gist":
			fmt.Println("GIST", ask[string](p, "location.href"), p.gist())
		}
	}
}
