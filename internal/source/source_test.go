package source_test

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/source"
)

// lineOf returns the line of a file of this directory that ends in the mark "// line: <name>".
func lineOf(t *testing.T, file, name string) int {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	line := 0
	for text := range strings.Lines(string(text)) {
		line++
		if strings.HasSuffix(strings.TrimSpace(text), "// line: "+name) {
			return line
		}
	}
	t.Fatalf("no line of %s is marked %q", file, name)
	return 0
}

func ofFunc(fn any) source.Location { return source.OfFunc(reflect.ValueOf(fn).Pointer()) }

func TestOfFuncIsTheDefinition(t *testing.T) {
	t.Parallel()
	tests := []struct {
		line, function string
		fn             any
	}{
		{"plain", "searchDocs", searchDocs},
		{"frameless", "increment", increment},
		{"inlining", "incrementTwice", incrementTwice},
		{"generic", "identity", identity[map[string]int]},
		{"generic", "identity", identity[*tool]},
		{"pointer method", "tool.Run", (*tool).Run},
		{"value method", "tool.Name", tool.Name},
		{"generic method", "box.Get", (*box[string]).Get},
		{"package literal", "init.func1", packageLiteral},
	}
	for _, test := range tests {
		t.Run("observe-02 "+test.function+" is named and found, "+test.line, func(t *testing.T) {
			t.Parallel()
			want := source.Location{Function: test.function, Line: lineOf(t, "places_test.go", test.line)}
			got := ofFunc(test.fn)
			if filepath.Base(got.File) != "places_test.go" {
				t.Errorf("file %q, want places_test.go", got.File)
			}
			if got.File = ""; got != want {
				t.Errorf("OfFunc = %+v, want %+v", got, want)
			}
		})
	}
}

func TestOfFuncOfALiteral(t *testing.T) {
	t.Parallel()
	here := ofFunc(func() {}) // line: literal in a test
	if want := lineOf(t, "source_test.go", "literal in a test"); here.Line != want {
		t.Errorf("line %d, want %d", here.Line, want)
	}
	if want := "TestOfFuncOfALiteral.func1"; here.Function != want {
		t.Errorf("function %q, want %q", here.Function, want)
	}

	// The compiler may inline makeLiteral and name the literal for this function; it still stands where it stands.
	returned := ofFunc(makeLiteral(1))
	if want := lineOf(t, "places_test.go", "returned literal"); returned.Line != want || filepath.Base(returned.File) != "places_test.go" {
		t.Errorf("the returned literal is at %s:%d, want places_test.go:%d", returned.File, returned.Line, want)
	}
	if !strings.Contains(returned.Function, "makeLiteral.func") {
		t.Errorf("the returned literal is called %q", returned.Function)
	}
}

func TestOfFuncOfCompilerMadeFunctions(t *testing.T) {
	t.Parallel()
	var inInterface runner = &tool{}
	made := reflect.MakeFunc(reflect.TypeFor[func()](), func([]reflect.Value) []reflect.Value { return nil }).Interface()
	for name, test := range map[string]struct {
		fn       any
		function string
	}{
		"source-07 a method value has the name and no line":           {(&tool{}).Run, "tool.Run"},
		"source-07 so has a method value of an interface":             {inInterface.Run, "runner.Run"},
		"source-07 so has a method value of a generic type":           {(&box[int]{}).Get, "box.Get"},
		"source-07 so has the pointer form of a value method":         {(*tool).Name, "tool.Name"},
		"source-07 so has a method expression of an interface":        {runner.Run, "runner.Run"},
		"source-07 what reflection made has neither line nor name":    {made, "anonymous"},
		"source-07 nor has a method value that is made by reflection": {reflect.ValueOf(&tool{}).MethodByName("Run").Interface(), "anonymous"},
		"source-07 nil has neither":                                   {(func(context.Context))(nil), "anonymous"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, want := ofFunc(test.fn), (source.Location{Function: test.function}); got != want {
				t.Errorf("OfFunc = %+v, want %+v", got, want)
			}
		})
	}
}

func TestOfFuncOfNoEntry(t *testing.T) {
	t.Parallel()
	for _, pc := range []uintptr{0, 1, ^uintptr(0)} {
		if got, want := source.OfFunc(pc), (source.Location{Function: "anonymous"}); got != want {
			t.Errorf("OfFunc(%#x) = %+v, want %+v", pc, got, want)
		}
	}
}

func TestOfFuncOfGoItself(t *testing.T) {
	t.Parallel()
	got := ofFunc(runtime.GC)
	if !strings.HasSuffix(got.File, "runtime/mgc.go") || got.Function != "GC" || got.Line == 0 {
		t.Errorf("OfFunc(runtime.GC) = %+v", got)
	}
}
