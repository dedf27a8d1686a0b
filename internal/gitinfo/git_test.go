package gitinfo_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/gitinfo"
)

// The other tests write down what we know of git's files; this one has git write them. That the program may be run is
// a liberty of the test alone.
func TestDetectAgreesWithGit(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tool, repo, tree := filepath.Join(base, "tool"), filepath.Join(base, "repo"), filepath.Join(base, "tree")
	// Inside a git hook, GIT_DIR would send these commands to the repository of this very checkout.
	environ := slices.DeleteFunc(os.Environ(), func(entry string) bool { return strings.HasPrefix(entry, "GIT_") })
	environ = append(environ, "GIT_CONFIG_GLOBAL=", "GIT_CONFIG_NOSYSTEM=1")
	git := func(dir string, args ...string) string {
		t.Helper()
		args = append([]string{"-c", "protocol.file.allow=always", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"}, args...)
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = environ
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return strings.TrimSpace(string(out))
	}
	for _, dir := range []string{tool, repo} {
		git(base, "init", "--quiet", dir)
		git(dir, "commit", "--quiet", "--allow-empty", "-m", "first")
		git(dir, "remote", "add", "origin", "git@github.com:acme/"+filepath.Base(dir)+".git")
	}
	git(repo, "submodule", "--quiet", "add", tool, "libs/tool")
	git(repo, "commit", "--quiet", "-m", "second")
	git(repo, "worktree", "add", "--quiet", "-b", "fix/it", tree)
	git(tree, "commit", "--quiet", "--allow-empty", "-m", "third")
	git(filepath.Join(repo, "libs", "tool"), "remote", "set-url", "origin", "https://github.com/acme/tool")

	for _, packed := range []bool{false, true} {
		if packed {
			git(repo, "pack-refs", "--all")
		}
		for dir, name := range map[string]string{
			repo:                                "acme/repo",
			tree:                                "acme/repo",
			filepath.Join(repo, "libs", "tool"): "acme/tool",
		} {
			want := gitinfo.Info{Repo: name, Ref: git(dir, "rev-parse", "HEAD"), Root: dir}
			if got := gitinfo.Detect(dir, environment{}.lookup); got != want {
				t.Errorf("with packed refs = %t, Detect = %+v, want %+v", packed, got, want)
			}
		}
	}
}
