package arch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// repository returns the absolute path of the repository's root: go test runs a test in its package's directory.
func repository(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// packages is what go list is asked for: every module of the workspace, or the root's packages when GOWORK=off
// leaves the nested modules out of sight.
func packages() string {
	if os.Getenv("GOWORK") == "off" {
		return "./..."
	}
	return "work"
}

// goPackage is the part of go list's answer that the rules look at.
type goPackage struct {
	ImportPath   string
	Doc          string
	Dir          string
	Standard     bool
	Module       struct{ Path string }
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// listPackages returns the workspace's packages, and with "-deps" also all that they need.
func listPackages(t *testing.T, flags ...string) []goPackage {
	t.Helper()
	args := slices.Concat([]string{"list", "-json=ImportPath,Doc,Dir,Standard,Module,Imports,TestImports,XTestImports"}, flags, []string{packages()})
	return decodeAll[goPackage](t, runGo(t, repository(t), nil, args...))
}

// runGo runs the go command in dir and returns what it prints on stdout. Extra environment variables win over the
// test's own.
func runGo(t *testing.T, dir string, env []string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), env...)
	out, err := cmd.Output()
	if err != nil {
		var said []byte
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			said = exit.Stderr
		}
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, said)
	}
	return out
}

func decodeAll[T any](t *testing.T, stream []byte) []T {
	t.Helper()
	var all []T
	for dec := json.NewDecoder(bytes.NewReader(stream)); ; {
		var one T
		if err := dec.Decode(&one); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("decode the go command's answer: %v", err)
		}
		all = append(all, one)
	}
}

// repositoryFiles returns the slash paths, below the root, of all files whose name has the suffix. Hidden directories,
// node_modules and testdata are left out.
func repositoryFiles(t *testing.T, suffix string) []string {
	t.Helper()
	files, err := walkOnce()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(slices.Clone(files), func(file string) bool { return !strings.HasSuffix(file, suffix) })
}

// walkOnce reads every directory of the repository. That has a second use: go test answers with an earlier result while
// what the test itself has read is unchanged, and it does not see what a go command started by the test reads.
var walkOnce = sync.OnceValues(func() ([]string, error) { return walk(os.DirFS(filepath.Join("..", ".."))) })

func walk(repository fs.FS) ([]string, error) {
	var files []string
	err := fs.WalkDir(repository, ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !entry.IsDir():
			files = append(files, path)
		case path != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || entry.Name() == "node_modules"):
			return fs.SkipDir
		}
		return nil
	})
	return files, err
}

// room is the path below the root module by which the tables name a package: "." for the root package.
func room(importPath string) (string, bool) {
	if importPath == root {
		return ".", true
	}
	return strings.CutPrefix(importPath, root+"/")
}

// matches reports whether a room is meant by one of the patterns, which are separated by blanks.
func matches(patterns, room string) bool {
	for pattern := range strings.FieldsSeq(patterns) {
		base, below := strings.CutSuffix(pattern, "/...")
		if room == base || below && strings.HasPrefix(room, base+"/") {
			return true
		}
	}
	return false
}

// report fails the test once for each problem.
func report(t *testing.T, problems []string) {
	t.Helper()
	for _, problem := range problems {
		t.Error(problem)
	}
}

// expectProblems checks a checker: each problem found must contain the text wanted at its place, and there must be as
// many as wanted.
func expectProblems(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d problems, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("problem %d is %q, want it to say %q", i, got[i], want[i])
		}
	}
}
