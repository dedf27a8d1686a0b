package source_test

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/source"
)

// devel is the version of a module that was built where it stands.
const devel = "(devel)"

func module(path, version string) *debug.Module { return &debug.Module{Path: path, Version: version} }

var monorepo = map[string]string{
	"go.mod":                   "module github.com/acme/agent\n\ngo 1.26.0\n",
	"main.go":                  "package main",
	"cmd/agent/main.go":        "package main",
	"tools/go.mod":             "module github.com/acme/agent/tools/v2 // moved\n",
	"services/search/go.mod":   "// The search service.\nmodule \"example.com/search\"\n",
	"services/replaced/go.mod": "module example.com/replaced\n",
	"services/copy/go.mod":     "module github.com/acme/agent\n",
}

// repository writes files, by slash path, into a new directory.
func repository(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestRelativeOfTrimmedPaths(t *testing.T) {
	t.Parallel()
	agent := &debug.BuildInfo{
		Main: *module("github.com/acme/agent", devel),
		Deps: []*debug.Module{
			module("github.com/acme/agent/tools/v2", devel),
			module("example.com/search", devel),
			{Path: "example.com/replaced", Version: "v1.2.3", Replace: module("./services/replaced", "")},
			{Path: "example.com/fork", Version: "v1.2.3", Replace: module("example.com/forked", "v1.2.4")},
			module("github.com/acme/agent/pinned", "v1.0.0"),
			module("example.com/dep", "v1.0.0"),
		},
	}
	search := &debug.BuildInfo{Main: *module("example.com/search", devel)}
	grouped := &debug.BuildInfo{Main: *module("gitlab.com/group/sub/api/server", devel)}
	root, empty := repository(t, monorepo), t.TempDir()

	tests := []struct {
		name, root, repo, workDir string
		build                     *debug.BuildInfo
		file, want                string
	}{
		{"source-03 main module, run at its root", root, "", "", agent, "github.com/acme/agent/cmd/agent/main.go", "cmd/agent/main.go"},
		{"source-03 main module, run below it", root, "", "cmd/agent", agent, "github.com/acme/agent/main.go", "main.go"},
		{"source-03 main module, run outside the repository", root, "", empty, agent, "github.com/acme/agent/main.go", "main.go"},
		{"source-03 the nearest of two modules with one path", root, "", "services/copy", agent, "github.com/acme/agent/main.go", "services/copy/main.go"},
		{"source-03 main module in a subdirectory, run there", root, "", "services/search", search, "example.com/search/index/index.go", "services/search/index/index.go"},
		{"source-03 main module in a subdirectory, run at the root", root, "", "", search, "example.com/search/index/index.go", "services/search/index/index.go"},
		{"source-03 another module of the workspace", root, "", "", agent, "example.com/search/search.go", "services/search/search.go"},
		{"source-03 a nested module with a major version", root, "", "", agent, "github.com/acme/agent/tools/v2/run/run.go", "tools/run/run.go"},
		{"source-03 a module that a directory replaces", root, "", "", agent, "example.com/replaced@v1.2.3/x.go", "services/replaced/x.go"},
		{"source-03 a main module that was installed by version", root, "", "", agent, "github.com/acme/agent@v1.4.0/cmd/agent/main.go", "cmd/agent/main.go"},
		{"source-03 a program of listed files, run beside them", root, "", "", agent, "./main.go", "main.go"},
		{"source-03 a program of listed files, run beside them in a directory", root, "", "cmd/agent", agent, "./main.go", "cmd/agent/main.go"},

		{"source-03 no checkout, module at the root", "", "acme/agent", empty, agent, "github.com/acme/agent/cmd/agent/main.go", "cmd/agent/main.go"},
		{"source-03 no checkout, module in a subdirectory", "", "acme/agent", empty, agent, "github.com/acme/agent/tools/v2/run/run.go", "tools/run/run.go"},
		{"source-03 no checkout, name in another case", "", "Acme/Agent", empty, agent, "github.com/acme/agent/main.go", "main.go"},
		{"source-03 no checkout, group of groups", "", "group/sub/api", empty, grouped, "gitlab.com/group/sub/api/server/main.go", "server/main.go"},
		{"source-03 a checkout without go.mod", empty, "acme/agent", "", agent, "github.com/acme/agent/main.go", "main.go"},

		{"source-05 no checkout and no name", "", "", empty, agent, "github.com/acme/agent/main.go", ""},
		{"source-05 no checkout and another name", "", "acme/other", empty, agent, "github.com/acme/agent/main.go", ""},
		{"source-05 no checkout and half the name", "", "acme/age", empty, agent, "github.com/acme/agent/main.go", ""},
		{"source-05 a module whose path does not tell the repository", "", "acme/agent", empty, agent, "example.com/search/search.go", ""},
		{"source-05 a checkout of another repository", empty, "acme/other", "", agent, "github.com/acme/agent/main.go", ""},
		{"source-05 the module cache", root, "acme/agent", "", agent, "example.com/dep@v1.0.0/dep.go", ""},
		{"source-05 a module of this repository in the module cache", root, "acme/agent", "", agent, "github.com/acme/agent/pinned@v1.0.0/x.go", ""},
		{"source-05 a module that another one replaces", root, "acme/agent", "", agent, "example.com/fork@v1.2.3/x.go", ""},
		{"source-05 Go itself", root, "acme/agent", "", agent, "net/http/client.go", ""},
		{"source-05 a program of listed files, run elsewhere", root, "acme/agent", "services", agent, "./main.go", ""},
		{"source-05 a listed file that is a directory", root, "acme/agent", "", agent, "./tools", ""},
		{"source-05 built without information", root, "acme/agent", "", nil, "github.com/acme/agent/main.go", ""},
		{"source-06 a longer module path", root, "acme/agent", "", agent, "github.com/acme/agent-other/main.go", ""},
		{"source-04 a name that climbs out", root, "acme/agent", "", agent, "github.com/acme/agent/../../../etc/x.go", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			workDir := test.workDir
			if !filepath.IsAbs(workDir) {
				workDir = filepath.Join(test.root, filepath.FromSlash(workDir))
			}
			r := source.NewResolverIn(test.root, test.repo, workDir, test.build)
			if got := r.Relative(test.file); got != test.want {
				t.Errorf("Relative(%q) = %q, want %q", test.file, got, test.want)
			}
		})
	}
}

func TestOwns(t *testing.T) {
	t.Parallel()
	r := source.NewResolverIn("", "", "", &debug.BuildInfo{
		Main: *module("github.com/acme/agent", devel),
		Deps: []*debug.Module{module("example.com/search", devel), module("example.com/dep", "v1.0.0"), module("github.com/acme/agent/pinned", "v1.0.0")},
	})
	for function, want := range map[string]bool{
		"main.main.func1":                      true,
		"github.com/acme/agent.(*Agent).Run":   true,
		"github.com/acme/agent/tools.Run[...]": true,
		"example.com/search.Find":              true,
		"github.com/acme/agent-other.Run":      false,
		"example.com/dep.Run":                  false,
		"github.com/acme/agent/pinned.Run":     false,
		"net/http.(*Client).Do":                false,
		"":                                     false,
	} {
		if got := r.Owns(function); got != want {
			t.Errorf("Owns(%q) = %t, want %t", function, got, want)
		}
	}
}
