package source_test

import (
	"fmt"
	"maps"
	"testing"
	"testing/fstest"

	"github.com/traceroot-ai/traceroot-go/internal/source"
)

func goMod(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }

func TestModulesBelow(t *testing.T) {
	t.Parallel()
	got := source.ModulesBelow(fstest.MapFS{
		"go.mod":                          goMod("module example.com/root\n"),
		"a/b/c/go.mod":                    goMod("// Package c.\n\nmodule\texample.com/c // deep\r\n"),
		"a/go.mod":                        goMod("module `example.com/a`\n"),
		"z/go.mod":                        goMod("module example.com/a\n"),
		"quoted/go.mod":                   goMod("go 1.26\nmodule \"example.com/quoted\"\n"),
		"broken/go.mod":                   goMod("modules example.com/broken\nmodule\n"),
		"directory/go.mod/x":              goMod("module example.com/directory\n"),
		"vendor/example.com/x/go.mod":     goMod("module example.com/vendored\n"),
		"pkg/testdata/go.mod":             goMod("module example.com/testdata\n"),
		"web/node_modules/package/go.mod": goMod("module example.com/node\n"),
		".cache/go.mod":                   goMod("module example.com/cache\n"),
		"_old/go.mod":                     goMod("module example.com/old\n"),
	})
	want := map[string]string{
		"example.com/root":   ".",
		"example.com/a":      "a",
		"example.com/c":      "a/b/c",
		"example.com/quoted": "quoted",
	}
	if !maps.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

func TestModulesBelowIsBounded(t *testing.T) {
	t.Parallel()
	huge := fstest.MapFS{"0/go.mod": goMod("module example.com/first\n")}
	for i := range 3000 {
		huge[fmt.Sprintf("%d/sub/go.mod", i)] = goMod(fmt.Sprintf("module example.com/m%d\n", i))
	}
	got := source.ModulesBelow(huge)
	if got["example.com/first"] != "0" {
		t.Errorf("the module near the root is not found")
	}
	if len(got) > 2000 {
		t.Errorf("%d modules were read", len(got))
	}
}

func TestModulesAbove(t *testing.T) {
	t.Parallel()
	got := source.ModulesAbove(fstest.MapFS{
		"go.mod":     goMod("module example.com/root\n"),
		"a/go.mod":   goMod("module example.com/a\n"),
		"a/b/go.mod": goMod("module example.com/root\n"),
		"c/go.mod":   goMod("module example.com/c\n"),
	}, "a/b/x/y")
	if want := map[string]string{"example.com/root": "a/b", "example.com/a": "a"}; !maps.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}
