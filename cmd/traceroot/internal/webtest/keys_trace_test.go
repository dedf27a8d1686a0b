package webtest_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
)

// Each tab has its number, and the arrows fold as letters do.
func TestKeysOfTabsAndArrows(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	p := s.open(t, "/t/"+s.failed+"?span="+s.spanNamed(t, s.failed, "check_stock"))
	p.until("a tool is selected", treeAt+`?.innerText.includes('check_stock')`)
	for n := 1; n <= ask[int](p, `document.querySelectorAll('.tabs [role=tab]').length`); n++ {
		p.press(fmt.Sprint(n))
		p.until(fmt.Sprintf("tab %d is shown", n), fmt.Sprintf(`[...document.querySelectorAll('.tabs [role=tab]')].findIndex((e) => e.ariaSelected === 'true') === %d`, n-1))
	}
	p.press("Home")
	p.follow([]step{
		{"ArrowLeft", "the root is folded", treeAt + `.ariaExpanded === 'false'`},
		{"ArrowRight", "it is unfolded", treeAt + `.ariaExpanded === 'true'`},
		{"ArrowRight", "the first below it", treeAt + `.ariaLevel === '2'`},
		{"ArrowLeft", "back at the root, or folded", treeAt + `.ariaLevel === '1' || ` + treeAt + `.ariaExpanded === 'false'`},
		{"End", "the last row", `[...document.querySelectorAll('.tree [role=treeitem]')].at(-1).ariaSelected === 'true'`},
		{"y", "the link is copied, or the browser says why not", `document.querySelector('.toast.on')?.innerText !== ''`},
	})
}

// o opens the source in the editor, where the server was started beside it. Tests see the link, which no program takes.
func TestKeyOfTheEditor(t *testing.T) {
	t.Parallel()
	needBrowser(t)
	sources := t.TempDir()
	if err := os.WriteFile(filepath.Join(sources, "agent.go"), []byte("package agent\n\nfunc answer() {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(sources, "agent.go"), long, long); err != nil {
		t.Fatal(err)
	}
	s, err := start(t.Context(), server.Config{Data: t.TempDir(), Sources: sources})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stop(t) })
	const id = "0123456789abcdef0123456789abcdef"
	s.send(t, []sent{
		span(id, 1, 0, "here", 0, "traceroot.git.source_file", "agent.go", "traceroot.git.source_line", "3"),
		span(id, 2, 1, "elsewhere", 1, "traceroot.git.source_file", "gone.go", "traceroot.git.source_line", "3"),
		span(id, 3, 1, "nowhere", 2),
	})
	p := s.newPage(t)
	p.expectOutage(true) // no program takes the link, says the browser
	p.goTo(fmt.Sprintf("/t/%s?span=%016x", id, 1))
	p.clickTab("Source")
	p.until("the lines are shown", `document.querySelector('.dt .lines .here')?.innerText.includes('func answer() {}')`)
	for _, of := range []struct {
		span int
		says string
	}{
		{3, "names no source file"},
		{2, "gone.go:3 is not on this machine"},
		{1, "Opening agent.go:3"}, // last: the browser asks its reader about the link
	} {
		p.goTo(fmt.Sprintf("/t/%s?span=%016x", id, of.span))
		p.until("the span is shown", `document.querySelector('.dt .facts')`)
		p.settle()
		p.press("o")
		p.until(of.says, fmt.Sprintf(`document.querySelector('.toast.on')?.innerText.includes(%s)`, quoted(of.says)))
	}
	if want := "vscode://file" + filepath.Join(sources, "agent.go") + ":3"; p.toEditor() != want {
		t.Errorf("the link is %s, want %s", p.toEditor(), want)
	}
}

// F follows what runs: the selection moves with it, until the reader moves it.
func TestKeyOfTheLiveEnd(t *testing.T) {
	t.Parallel()
	s := empty(t)
	client := traceroot.New(traceroot.WithHostURL(s.url), traceroot.WithEnabled(true), traceroot.WithLogger(slog.New(slog.DiscardHandler)))
	t.Cleanup(func() { _ = client.Shutdown(t.Context()) })
	ctx, root := traceroot.Start(client.Context(t.Context()), "agent", traceroot.Type("agent"))
	defer root.End()
	p := s.open(t, "/t/"+root.TraceID())
	p.until("it runs, and is followed", `document.querySelector('.livebar [aria-pressed=true]')`)
	begin := func(name string) *traceroot.Span {
		_, tool := traceroot.Start(ctx, name, traceroot.Type("tool"))
		p.until(name+" runs", fmt.Sprintf(`[...document.querySelectorAll('.tree [role=treeitem]')].some((e) => e.innerText.includes('%s'))`, name))
		return tool
	}
	first := begin("first_tool")
	p.until("the tool is selected", treeAt+`.innerText.includes('first_tool')`)
	p.press("F")
	p.until("nothing is followed", `document.querySelector('.livebar [aria-pressed=false]')`)
	first.End()
	second := begin("second_tool")
	defer second.End()
	p.settle()
	p.expect("the selection stays", treeAt+`.innerText.includes('first_tool')`)
	p.press("F")
	p.until("the live end is selected", treeAt+`.innerText.includes('second_tool')`)
	p.press("k")
	p.until("who moves does not follow", `document.querySelector('.livebar [aria-pressed=false]')`)
}
