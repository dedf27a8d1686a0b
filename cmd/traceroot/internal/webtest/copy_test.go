package webtest_test

import (
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// Each entry of the copy menu puts the whole of what it names on the clipboard.
func TestCopyMenu(t *testing.T) {
	t.Parallel()
	s := demonstration(t)
	p := s.open(t, "/t/"+s.failed)
	p.until("a model call is selected", treeAt+`?.innerText.includes('chat')`)
	p.until("its messages are there", `document.querySelector('.dt .msg.outp')`)
	span := p.param("span")
	if span == "" {
		span = strings.TrimPrefix(ask[string](p, treeAt+`.id`), "span-")
	}
	copied := func(head, label string) string {
		t.Helper()
		// A page that is not in front may not write to the clipboard.
		ask[bool](p, `(() => { window.copied = undefined; navigator.clipboard.writeText = async (text) => { window.copied = text; }; return true; })()`)
		p.press("c")
		p.until("the menu is open", `document.querySelector('[role=menu]')`)
		picked := ask[bool](p, fmt.Sprintf(`(() => {
			let head = "";
			for (const e of document.querySelector('[role=menu]').children) {
				if (e.matches('.head')) head = e.innerText;
				if (head === %s && e.matches('[role=menuitem]') && e.firstChild.textContent === %s) { e.click(); return true; }
			}
			return false;
		})()`, quoted(head), quoted(label)))
		if !picked {
			t.Fatalf("the menu has no %q under %q", label, head)
		}
		p.until(label+" is copied", `window.copied !== undefined`)
		p.until("the page says so", `/Copied/.test(document.querySelector('.toast.on')?.innerText)`)
		return ask[string](p, `window.copied`)
	}
	const ofTrace, ofSpan = "The trace", "The selected span"

	if link := copied("", "Link"); !strings.HasPrefix(link, s.url+"/t/"+s.failed+"?span=") {
		t.Errorf("link %s", link)
	}
	var trace struct {
		ID    string
		Spans []struct{ ID, Name string }
	}
	readJSON(t, copied(ofTrace, "JSON"), &trace)
	if trace.ID != s.failed || len(trace.Spans) < 10 {
		t.Errorf("trace %s of %d spans", trace.ID, len(trace.Spans))
	}
	var otlp struct {
		ResourceSpans []struct {
			ScopeSpans []struct{ Spans []struct{ TraceID string } }
		}
	}
	readJSON(t, copied(ofTrace, "OTLP JSON"), &otlp)
	spans := 0
	for _, resource := range otlp.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			spans += len(scope.Spans)
		}
	}
	if spans != len(trace.Spans) {
		t.Errorf("%d spans as OTLP, %d as JSON", spans, len(trace.Spans))
	}
	var one struct {
		ID            string
		Input, Output []struct{ Role string }
	}
	readJSON(t, copied(ofSpan, "JSON"), &one)
	if !strings.Contains(span, one.ID) || len(one.Input) < 3 || len(one.Output) != 1 {
		t.Errorf("span %+v, not %s", one, span)
	}
	curl := copied(ofSpan, "curl")
	if !strings.HasPrefix(curl, "curl 'http") || !strings.Contains(curl, "$API_KEY") || !strings.Contains(curl, "Authorization") && !strings.Contains(curl, "x-api-key") {
		t.Errorf("curl %.300s", curl)
	}
	_, body, _ := strings.Cut(curl, "-d '")
	var request struct {
		Model    string
		Messages []any
	}
	readJSON(t, strings.ReplaceAll(strings.TrimSuffix(body, "'"), `'\''`, "'"), &request)
	if request.Model == "" || len(request.Messages) < 2 {
		t.Errorf("request %+v", request)
	}
	if markdown := copied(ofSpan, "Messages as Markdown"); !strings.HasPrefix(markdown, "# ") || !strings.Contains(markdown, "\n## user") || !strings.Contains(markdown, "97201") {
		t.Errorf("Markdown %.300s", markdown)
	}
	if fixture := copied(ofSpan, "Go test fixture"); !strings.Contains(fixture, "func Test") {
		t.Errorf("fixture %.300s", fixture)
	} else if _, err := parser.ParseFile(token.NewFileSet(), "fixture_test.go", fixture, parser.AllErrors); err != nil {
		t.Errorf("the fixture is no Go: %v", err)
	}
}

func readJSON(t *testing.T, text string, to any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), to); err != nil {
		t.Errorf("%v in %.300s", err, text)
	}
}

// An image goes to the provider as it went then.
func TestCurlWithAnImage(t *testing.T) {
	t.Parallel()
	s := empty(t)
	id := strings.Repeat("c1", 16)
	const image = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
	s.send(t, []sent{span(id, 1, 0, "chat", 0, "traceroot.span.type", "llm", "traceroot.llm.model", "gpt-4o", "gen_ai.provider.name", "openai",
		"traceroot.span.input", `[{"role":"user","content":[{"type":"text","text":"What is it?"},{"type":"image_url","image_url":{"url":"`+image+`"}}]}]`)})
	p := s.open(t, "/t/"+id)
	p.until("the image is there", `document.querySelector('.dt .part img')?.naturalWidth === 1`)
	ask[bool](p, `(() => { navigator.clipboard.writeText = async (text) => { window.copied = text; }; return true; })()`)
	p.click(`.ph button[title="Copy as curl"]`)
	p.until("curl is copied", `window.copied?.includes('image_url')`)
	if curl := ask[string](p, `window.copied`); !strings.Contains(curl, image) || strings.Contains(curl, "blob") {
		t.Errorf("curl %.500s", curl)
	}
}
