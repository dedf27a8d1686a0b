package traceroot_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/template"

	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// line is the line that it is called from.
func line() int {
	_, _, line, _ := runtime.Caller(1)
	return line
}

// definedAt is the line of a function or method of a file of this package.
func definedAt(t *testing.T, file, name string) int {
	t.Helper()
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range parsed.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Name.Name == name {
			return files.Position(f.Pos()).Line
		}
	}
	t.Fatalf("no %s in %s", name, file)
	return 0
}

func TestSourceOfObservedFunctions(t *testing.T) {
	t.Parallel()
	const here = "source_test.go"
	at := func(name string) int { return definedAt(t, "observe_test.go", name) }
	ctx, rec := traceroottest.New(t)
	corner := &shop{Name: "corner"}
	literal, literalLine := func(context.Context) error { return nil }, line()
	byValue, byValueLine := traceroot.Observe(corner.Find), line()
	twin, twinLine := traceroot.Observe1(finder(corner).Find), line()
	again, againLine := traceroot.Observe(traceroot.Observe(lookUp, traceroot.Name("inner"))), line()

	for _, test := range []struct {
		name     string
		call     func()
		file     string
		line     int
		function string
	}{
		{"source-01 a function", func() { _, _ = traceroot.Observe(lookUp)(ctx, "") }, "observe_test.go", at("lookUp"), "lookUp"},
		{"source-01 a function, by reflection", func() { traceroot.Observe(twice[float64])(ctx, 1) }, "observe_test.go", at("twice"), "twice"},
		{"source-01 a function, by a twin", func() { _, _ = traceroot.Observe1(lookUp)(ctx, "") }, "observe_test.go", at("lookUp"), "lookUp"},
		{"source-01 a function with a name", func() { _, _ = traceroot.Observe(lookUp, traceroot.Name("x"))(ctx, "") }, "observe_test.go", at("lookUp"), "lookUp"},
		{"source-01 a method expression", func() { _, _ = traceroot.Observe((*shop).Find)(corner, ctx, "") }, "observe_test.go", at("Find"), "shop.Find"},
		{"source-01 a package-level wrapper", func() { _, _ = packageLevel(ctx, "") }, "observe_test.go", at("lookUp"), "lookUp"},
		{"source-01 a sequence", func() { drain(traceroot.Observe(countUp)(ctx)) }, here, definedAt(t, here, "countUp"), "countUp"},
		{"source-01 a literal", func() { _ = traceroot.Observe(literal)(ctx) }, here, literalLine, "TestSourceOfObservedFunctions.func"},
		{"source-07 a method value", func() { _, _ = byValue(ctx, "") }, here, byValueLine, "shop.Find"},
		{"source-07 a method value of an interface", func() { _, _ = twin(ctx, "") }, here, twinLine, "finder.Find"},
		{"source-07 an observed function", func() { _, _ = again(ctx, "") }, here, againLine, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			needsCheckout(t)
			rec.Reset()
			test.call()
			s := rec.Spans()[0]
			if function := s.Attributes[attr.SourceFunction].AsString(); !strings.HasPrefix(function, test.function) || test.function == "" && function != "" {
				t.Errorf("function %q, want %q", function, test.function)
			}
			if filepath.Base(s.File) != test.file || s.Line != test.line {
				t.Errorf("%s:%d, want %s:%d", s.File, s.Line, test.file, test.line)
			}
		})
	}
}

var packageLevel = traceroot.Observe(lookUp)

func countUp(context.Context) iter.Seq[int] { return slices.Values([]int{1, 2}) }

func closedNumbers(context.Context) <-chan int { return closed(1, 2) }

// needsCheckout skips where the tests' own repository is missing, to which files are relative.
func needsCheckout(t *testing.T) {
	t.Helper()
	for dir := "."; ; dir = filepath.Join(dir, "..") {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return
		}
		if above, err := filepath.Abs(dir); err != nil || above == filepath.Dir(above) {
			t.Skip("no .git directory above the tests")
		}
	}
}

func TestSourceOfCalls(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	none := func(context.Context) (int, error) { return 0, nil }
	for _, test := range []struct {
		name string
		call func() (line int)
	}{
		{"source-01 Do", func() int { _, _ = traceroot.Do(ctx, "x", none); return line() }},
		{"source-01 Run", func() int { _ = traceroot.Run(ctx, "x", work); return line() }},
		{"source-01 Start", func() int { _, span := traceroot.Start(ctx, "x"); defer span.End(); return line() }},
		{"source-01 Seq", func() int { drain(traceroot.Seq(ctx, "x", countUp)); return line() }},
		{"source-01 Chan", func() int { receiveAll(traceroot.Chan(ctx, "x", closedNumbers)); return line() }},
		{"source-01 Do of a sequence", func() int {
			at := line() + 1
			seq, _ := traceroot.Do(ctx, "x", func(ctx context.Context) (iter.Seq[int], error) { return countUp(ctx), nil })
			drain(seq)
			return at
		}},
		{"source-07 through a deferred call", func() (at int) { defer traceroot.Run(ctx, "x", work); return line() }}, //nolint:errcheck // nothing fails
		{"source-07 below the SDK's own frames", func() (at int) {
			_, _ = traceroot.Observe(func(ctx context.Context, _ ...int) (int, error) {
				return 0, traceroot.Run(ctx, "outer", func(ctx context.Context) error { at = line(); return traceroot.Run(ctx, "x", work) })
			}, traceroot.Name("observed"))(ctx)
			return at
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			needsCheckout(t)
			rec.Reset()
			want := test.call()
			s := rec.Span("x")
			if filepath.Base(s.File) != "source_test.go" || s.Line != want {
				t.Errorf("%s:%d, want source_test.go:%d", s.File, s.Line, want)
			}
			if function := s.Attributes[attr.SourceFunction].AsString(); !strings.HasPrefix(function, "TestSourceOfCalls.func") {
				t.Errorf("function %q, want that of the caller", function)
			}
		})
	}
	t.Run("source-02 the line is an integer", func(t *testing.T) {
		rec.Reset()
		_, _ = traceroot.Observe(lookUp)(ctx, "tea")
		if got := onlySpan(t, rec).Attributes["traceroot.git.source_line"].Type(); got != attribute.INT64 {
			t.Errorf("the line is a %v", got)
		}
	})
}

// TestSourceOfIntegrations has text/template play the framework that starts spans for the program.
func TestSourceOfIntegrations(t *testing.T) {
	t.Parallel()
	framework := template.Must(template.New("").Funcs(template.FuncMap{"run": traceroot.Run}).Parse(`{{run .ctx "hook" .work .option}}`))
	data := func(ctx context.Context, option traceroot.SpanOption) map[string]any {
		return map[string]any{"ctx": ctx, "work": work, "option": option}
	}
	t.Run("source-07 the program's line, not the framework's", func(t *testing.T) {
		t.Parallel()
		needsCheckout(t)
		ctx, rec := traceroottest.New(t)
		err, want := framework.Execute(io.Discard, data(ctx, traceroot.FromIntegration("mine"))), line()
		if err != nil {
			t.Fatal(err)
		}
		if got := rec.Span("hook"); !strings.HasSuffix(got.File, "source_test.go") || got.Line != want {
			t.Errorf("the hook is at %s:%d, want source_test.go:%d", got.File, got.Line, want)
		}
	})
	t.Run("source-07 no line where the program is not on the stack", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		out, in := io.Pipe()
		go framework.Execute(in, data(ctx, traceroot.FromIntegration("mine"))) //nolint:errcheck // its span tells
		if _, err := out.Read(make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
		got := rec.Span("hook")
		wantAttributes(t, got, map[string]string{attr.SourceFile: "", attr.SourceFunction: ""})
		if got.Line != 0 {
			t.Errorf("the hook is at line %d", got.Line)
		}
	})
	t.Run("source-07 a model call of a framework's goroutine", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		target, err := url.Parse(answersJSON(t, chatAnswer))
		if err != nil {
			t.Fatal(err)
		}
		proxy := httputil.NewSingleHostReverseProxy(target)
		proxy.Transport = traceroot.Transport(nil, traceroot.FromIntegration("mine"))
		server := httptest.NewUnstartedServer(proxy)
		server.Config.BaseContext = func(net.Listener) context.Context { return ctx }
		server.Start()
		t.Cleanup(server.Close)
		ask(t.Context(), t, &http.Client{}, server.URL+chatPath, chatRequest)
		server.Close()
		if got := onlySpan(t, rec); got.Line != 0 {
			t.Errorf("the call is at line %d of %s", got.Line, got.Attributes[attr.SourceFunction].AsString())
		}
	})
}

// TestSourceFile changes the working directory, below which the repository is looked for.
func TestSourceFile(t *testing.T) {
	file := func(t *testing.T, rec func(t *testing.T) (context.Context, *traceroottest.Recorder)) traceroottest.Span {
		t.Helper()
		ctx, r := rec(t)
		_, _ = traceroot.Observe(lookUp)(ctx, "tea")
		return onlySpan(t, r)
	}
	fresh := func(t *testing.T) (context.Context, *traceroottest.Recorder) { t.Helper(); return traceroottest.New(t) }
	outside := func(t *testing.T, s traceroottest.Span) {
		t.Helper()
		wantAttributes(t, s, map[string]string{"traceroot.git.source_file": "", "traceroot.git.source_function": "lookUp"})
		if s.Line == 0 {
			t.Error("the line is missing, too")
		}
	}
	t.Run("source-03 relative to the root, not to the working directory", func(t *testing.T) {
		needsCheckout(t)
		want := file(t, fresh).File
		t.Chdir("internal/source")
		if got := file(t, fresh).File; got != want || !strings.HasSuffix(got, "observe_test.go") || filepath.IsAbs(got) {
			t.Errorf("from a directory below %q, from the root %q", got, want)
		}
	})
	t.Run("source-04 no repository, no file", func(t *testing.T) {
		t.Chdir(t.TempDir())
		outside(t, file(t, fresh))
	})
	t.Run("source-05 a file of another repository", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, ".git"), 0o700); err != nil {
			t.Fatal(err)
		}
		t.Chdir(dir)
		outside(t, file(t, fresh))
	})
	t.Run("source-08 the root is not looked for again", func(t *testing.T) {
		needsCheckout(t)
		ctx, rec := traceroottest.New(t)
		t.Chdir(t.TempDir())
		s := file(t, func(*testing.T) (context.Context, *traceroottest.Recorder) { return ctx, rec })
		if !strings.HasSuffix(s.File, "observe_test.go") {
			t.Errorf("file %q after the working directory has changed", s.File)
		}
	})
}

func TestSourceFileOfRoot(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, root, file, want string }{
		{"source-03 a file below the root", "/acme/repo", "/acme/repo/agent/agent.go", "agent/agent.go"},
		{"source-04 a file elsewhere", "/acme/repo", "/other/agent.go", ""},
		{"source-06 a root that begins another's name", "/acme/repo", "/acme/repo-other/agent.go", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := values(traceroot.SourceAttributes(test.root, test.file, 7))
			if file, ok := got[attr.SourceFile]; ok != (test.want != "") || file.AsString() != test.want {
				t.Errorf("file %q, want %q", file.AsString(), test.want)
			}
			if got[attr.SourceLine].AsInt64() != 7 || got[attr.SourceFunction].AsString() != "work" {
				t.Errorf("got %v", got)
			}
		})
	}
}
