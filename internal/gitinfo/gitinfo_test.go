package gitinfo_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/gitinfo"
)

const (
	commitA = "0123456789abcdef0123456789abcdef01234567"
	commitB = "89abcdef0123456789abcdef0123456789abcdef"
	sha256  = commitA + "89abcdef0123456789abcdef"

	originConfig = "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = https://github.com/acme/agent.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n"
)

// environment is a process environment; its method has the form of os.LookupEnv.
type environment map[string]string

func (e environment) lookup(variable string) (string, bool) {
	value, ok := e[variable]
	return value, ok
}

// files maps slash paths to contents.
type files map[string]string

func (f files) with(more files) files {
	all := maps.Clone(f)
	maps.Copy(all, more)
	return all
}

func (f files) writeTo(t *testing.T, dir string) string {
	t.Helper()
	for name, content := range f {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func (f files) inTempDir(t *testing.T) string {
	t.Helper()
	return f.writeTo(t, t.TempDir())
}

var clone = files{
	".git/config":          originConfig,
	".git/HEAD":            "ref: refs/heads/main\n",
	".git/refs/heads/main": commitA + "\n",
}

func TestVariablesOfCIComeBeforeFiles(t *testing.T) {
	t.Parallel()
	ci := environment{"GITHUB_REPOSITORY": "ci/repo", "GITHUB_SHA": commitB}
	tests := []struct {
		name      string
		env       environment
		repo, ref string
	}{
		{"git-05 GITHUB_REPOSITORY and GITHUB_SHA are used", ci, "ci/repo", commitB},
		{"git-06 empty GitHub variables count as unset", environment{"GITHUB_REPOSITORY": "", "GITHUB_SHA": ""}, "acme/agent", commitA},
		{"git-07 repo of the variable with the ref of the files", environment{"GITHUB_REPOSITORY": "ci/repo"}, "ci/repo", commitA},
		{"git-07 ref of the variable with the repo of the files", environment{"GITHUB_SHA": commitB}, "acme/agent", commitB},
		{"a malformed GITHUB_REPOSITORY is passed over", environment{"GITHUB_REPOSITORY": "no repo"}, "acme/agent", commitA},
		{"no other CI is read", environment{"CI_PROJECT_PATH": "ci/repo", "CI_COMMIT_SHA": commitB, "GIT_COMMIT": commitB}, "acme/agent", commitA},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := clone.inTempDir(t)
			want := gitinfo.Info{Repo: test.repo, Ref: test.ref, Root: dir}
			if got := gitinfo.Detect(dir, test.env.lookup); got != want {
				t.Errorf("Detect = %+v, want %+v", got, want)
			}
		})
	}
	t.Run("git-05 also outside a repository", func(t *testing.T) {
		t.Parallel()
		if got, want := gitinfo.Detect("", ci.lookup), (gitinfo.Info{Repo: "ci/repo", Ref: commitB}); got != want {
			t.Errorf("Detect = %+v, want %+v", got, want)
		}
	})
}

func TestRevisionOfTheBuildComesLast(t *testing.T) {
	t.Parallel()
	build := &debug.BuildInfo{Settings: []debug.BuildSetting{
		{Key: "vcs", Value: "git"},
		{Key: "vcs.revision", Value: commitB},
		{Key: "vcs.modified", Value: "true"},
	}}
	tests := []struct {
		name  string
		files files
		env   environment
		build *debug.BuildInfo
		want  string
	}{
		{"git-20 the revision of the build is the ref, also of a modified tree", files{}, nil, build, commitB},
		{"git-20 the files of .git come before it", clone, nil, build, commitA},
		{"git-20 variables come before it", files{}, environment{"GITHUB_SHA": commitA}, build, commitA},
		{"git-20 .git without a commit leaves it to the build", files{".git/HEAD": "ref: refs/heads/main"}, nil, build, commitB},
		{"a build outside a repository", files{}, nil, &debug.BuildInfo{}, ""},
		{"a build without information", files{}, nil, nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := gitinfo.DetectInBuild(test.files.inTempDir(t), test.env.lookup, test.build)
			if got.Ref != test.want {
				t.Errorf("ref %q, want %q", got.Ref, test.want)
			}
		})
	}
}

func TestRootAboveADirectory(t *testing.T) {
	t.Parallel()
	dir := files{"repo/.git/HEAD": "", "repo/a/b/c.go": "", "repo-other/x.go": ""}.inTempDir(t)
	repo := filepath.Join(dir, "repo")
	for from, want := range map[string]string{
		repo:                                     repo,
		filepath.Join(repo, "a", "b"):            repo,
		filepath.Join(repo, "a", "not", "there"): repo,
		filepath.Join(dir, "repo-other"):         "",
		filepath.Join(repo, "..", "repo-other"):  "",
		"":                                       "",
	} {
		if got := gitinfo.Root(from); got != want {
			t.Errorf("Root(%q) = %q, want %q", from, got, want)
		}
	}
}

func TestGitIsNeverExecuted(t *testing.T) {
	t.Run("git-15 the package cannot run programs", func(t *testing.T) {
		sources, err := filepath.Glob("*.go")
		if err != nil || len(sources) == 0 {
			t.Fatalf("no sources found: %v", err)
		}
		for _, source := range sources {
			if strings.HasSuffix(source, "_test.go") {
				continue
			}
			text, err := os.ReadFile(source)
			if err != nil {
				t.Fatal(err)
			}
			file, err := parser.ParseFile(token.NewFileSet(), source, text, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range file.Imports {
				if path := strings.Trim(spec.Path.Value, `"`); path == "os/exec" || path == "syscall" || strings.Contains(path, ".") {
					t.Errorf("%s imports %s", source, path)
				}
			}
			if strings.Contains(string(text), "StartProcess") {
				t.Errorf("%s starts a process", source)
			}
		}
	})
	t.Run("git-15 a git on the PATH is left alone", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("the stand-in for git is a shell script")
		}
		ran := filepath.Join(t.TempDir(), "ran")
		bin := t.TempDir()
		script := fmt.Sprintf("#!/bin/sh\necho \"$@\" >>'%s'\necho %s\n", ran, commitB)
		if err := os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", bin)
		gitinfo.Detect(t.TempDir(), environment{}.lookup)
		gitinfo.Detect(files{".git/HEAD": "ref: refs/heads/none"}.inTempDir(t), environment{}.lookup)
		if calls, err := os.ReadFile(ran); err == nil {
			t.Errorf("git was run: %s", calls)
		}
	})
}
