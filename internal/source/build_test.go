package source_test

import (
	"archive/zip"
	"bytes"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/source"
)

// These tests build programs and run them, because what the go command writes into one is known for certain only there.

// goCommand runs the go command in dir, with nothing of the caller's settings that could change a build.
func goCommand(t *testing.T, dir string, env []string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), append([]string{"GOFLAGS=-buildvcs=false", "GOTOOLCHAIN=local"}, env...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func run(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("run %s: %v", program, err)
	}
	return string(out)
}

func executable(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "program")
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return name
}

// TestATrimmedProgramKnowsItsSource runs testdata/whereami in this repository and elsewhere.
func TestATrimmedProgramKnowsItsSource(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds a program")
	}
	root := filepath.Dir(filepath.Dir(mustGetwd(t)))
	const file = "internal/source/testdata/whereami/main.go"
	program := executable(t)
	goCommand(t, mustGetwd(t), nil, "build", "-trimpath", "-o", program, "./testdata/whereami")

	line := func(name string) string {
		return strconv.Itoa(lineOf(t, filepath.Join("testdata", "whereami", "main.go"), name))
	}
	places := func(file string) map[string]string {
		return map[string]string{
			"call":                  file + "|" + line("call") + "|main",
			"method":                file + "|" + line("method") + "|agent.Run",
			"definition":            file + "|" + line("definition") + "|observed",
			"through OpenTelemetry": file + "|" + line("through OpenTelemetry") + "|main",
		}
	}
	for _, test := range []struct {
		name, workDir, root, repo string
		want                      map[string]string
	}{
		{"source-03 at the root", root, root, "", places(file)},
		{"source-03 below the root", filepath.Join(root, "internal"), root, "", places(file)},
		{"source-03 outside the checkout", t.TempDir(), root, "", places(file)},
		{"source-03 without a checkout", t.TempDir(), "", "traceroot-ai/traceroot-go", places(file)},
		{"source-05 in another repository", t.TempDir(), t.TempDir(), "acme/agent", places("")},
		{"source-05 without a repository", t.TempDir(), "", "", places("")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := make(map[string]string)
			for place := range strings.Lines(run(t, test.workDir, program, test.root, test.repo)) {
				name, where, _ := strings.Cut(strings.TrimSpace(place), "|")
				got[name] = where
			}
			for _, name := range []string{"Go itself", "a dependency"} {
				if !strings.HasPrefix(got[name], "|") {
					t.Errorf("%s is said to be of the repository: %s", name, got[name])
				}
				delete(got, name)
			}
			if !maps.Equal(got, test.want) {
				t.Errorf("the program is at %v, want %v", got, test.want)
			}
		})
	}
}

func mustGetwd(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

const (
	whereFunc = "import \"runtime\"\n\nfunc Where() string { _, file, _, _ := runtime.Caller(0); return file }\n"

	// printsFiles prints the names of its files and of its imports' as they were compiled in, then its build information.
	printsFiles = `package main

import (
	"os"
	"runtime/debug"

	"example.com/agent/lib"
	"example.com/dep"
)

func main() {
	build, _ := debug.ReadBuildInfo()
	os.Stdout.WriteString(Where() + "\n" + lib.Where() + "\n" + dep.Where() + "\n" + build.String())
}
`
)

// agentWith is the repository of the tests below: module example.com/agent in the directory agent, which imports
// example.com/dep, and what more there is of it.
func agentWith(more map[string]string) map[string]string {
	files := map[string]string{
		"agent/go.mod":       "module example.com/agent\n\ngo 1.26.0\n\nrequire example.com/dep v1.0.0\n",
		"agent/cmd/main.go":  printsFiles,
		"agent/cmd/where.go": "package main\n\n" + whereFunc,
		"agent/lib/lib.go":   "package lib\n\n" + whereFunc,
	}
	maps.Copy(files, more)
	return files
}

func TestRelativeOfEveryKindOfBuild(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds programs")
	}
	const (
		dep      = "package dep\n\n" + whereFunc
		depGoMod = "module example.com/dep\n\ngo 1.26.0\n"
	)
	proxy := moduleProxy(t, "example.com/dep", "v1.0.0", map[string]string{"go.mod": depGoMod, "dep.go": dep})
	for _, layout := range []struct {
		name           string
		more           map[string]string
		env            []string
		plain, trimmed string // where example.com/dep is found
	}{
		{
			"another module of the workspace",
			map[string]string{
				"go.work":         "go 1.26.0\n\nuse (\n\t./agent\n\t./libs/dep\n)\n",
				"libs/dep/go.mod": depGoMod,
				"libs/dep/dep.go": dep,
			},
			[]string{"GOWORK="},
			"libs/dep/dep.go", "libs/dep/dep.go",
		},
		{
			"a module that a directory replaces",
			map[string]string{
				"agent/go.mod":    agentWith(nil)["agent/go.mod"] + "\nreplace example.com/dep => ../libs/dep\n",
				"libs/dep/go.mod": depGoMod,
				"libs/dep/dep.go": dep,
			},
			[]string{"GOWORK=off"},
			"libs/dep/dep.go", "libs/dep/dep.go",
		},
		{
			"a vendored module",
			map[string]string{
				"agent/vendor/modules.txt":            "# example.com/dep v1.0.0\n## explicit; go 1.26.0\nexample.com/dep\n",
				"agent/vendor/example.com/dep/dep.go": dep,
			},
			[]string{"GOWORK=off"},
			"agent/vendor/example.com/dep/dep.go", "", // trimmed, it has the name of the module cache
		},
		{
			"a module of the module cache",
			nil,
			[]string{
				"GOWORK=off", "GOFLAGS=-mod=mod -modcacherw", "GOPROXY=" + proxy, "GONOPROXY=none", "GOSUMDB=off",
				"GOMODCACHE=" + t.TempDir(),
			},
			"", "",
		},
	} {
		root := repository(t, agentWith(layout.more))
		for _, build := range []struct{ flag, dep string }{{"-trimpath=false", layout.plain}, {"-trimpath", layout.trimmed}} {
			t.Run("source-03 "+layout.name+", built with "+build.flag, func(t *testing.T) {
				agent := filepath.Join(root, "agent")
				program := executable(t)
				goCommand(t, agent, layout.env, "build", build.flag, "-o", program, "./cmd")
				out := run(t, agent, program)
				files := strings.SplitN(out, "\n", 4)
				if len(files) != 4 {
					t.Fatalf("the program printed %q", out)
				}
				info, err := debug.ParseBuildInfo(files[3])
				if err != nil {
					t.Fatal(err)
				}
				r := source.NewResolverIn(root, "", agent, info)
				for i, want := range []string{"agent/cmd/where.go", "agent/lib/lib.go", build.dep} {
					if got := r.Relative(files[i]); got != want {
						t.Errorf("Relative(%q) = %q, want %q", files[i], got, want)
					}
				}
			})
		}
	}
}

// moduleProxy makes a module proxy of files that serves one version of one module, and returns its URL.
func moduleProxy(t *testing.T, module, version string, files map[string]string) string {
	t.Helper()
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for name, content := range files {
		file, err := w.Create(module + "@" + version + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	root := repository(t, map[string]string{
		module + "/@v/list":                 version + "\n",
		module + "/@v/" + version + ".info": `{"Version":"` + version + `"}`,
		module + "/@v/" + version + ".mod":  files["go.mod"],
		module + "/@v/" + version + ".zip":  archive.String(),
	})
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(root)}).String()
}
