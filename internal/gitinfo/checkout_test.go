package gitinfo_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/gitinfo"
)

func TestEveryKindOfCheckout(t *testing.T) {
	t.Parallel()
	main := clone.with(files{"pkg/deep/file.go": "package deep"})
	worktree := clone.with(files{
		".git/worktrees/fix/HEAD":      "ref: refs/heads/fix\n",
		".git/worktrees/fix/commondir": "../..\n",
		".git/packed-refs":             commitB + " refs/heads/fix\n",
	})
	detect := func(t *testing.T, dir string) gitinfo.Info {
		t.Helper()
		return gitinfo.Detect(dir, environment{}.lookup)
	}
	check := func(t *testing.T, got, want gitinfo.Info) {
		t.Helper()
		if got != want {
			t.Errorf("Detect = %+v, want %+v", got, want)
		}
	}

	t.Run("git-16 a subdirectory", func(t *testing.T) {
		t.Parallel()
		dir := main.inTempDir(t)
		check(t, detect(t, filepath.Join(dir, "pkg", "deep")), gitinfo.Info{Repo: "acme/agent", Ref: commitA, Root: dir})
	})
	t.Run("git-21 a worktree, named by an absolute path", func(t *testing.T) {
		t.Parallel()
		dir := worktree.inTempDir(t)
		tree := files{"sub/x.go": "", ".git": "gitdir: " + filepath.Join(dir, ".git", "worktrees", "fix") + "\n"}.inTempDir(t)
		check(t, detect(t, filepath.Join(tree, "sub")), gitinfo.Info{Repo: "acme/agent", Ref: commitB, Root: tree})
	})
	t.Run("git-21 a worktree inside its repository, named by a relative path", func(t *testing.T) {
		t.Parallel()
		dir := worktree.with(files{"trees/fix/.git": "gitdir: ../../.git/worktrees/fix\n"}).inTempDir(t)
		tree := filepath.Join(dir, "trees", "fix")
		check(t, detect(t, tree), gitinfo.Info{Repo: "acme/agent", Ref: commitB, Root: tree})
	})
	t.Run("git-21 a worktree with a detached HEAD", func(t *testing.T) {
		t.Parallel()
		dir := worktree.with(files{
			".git/worktrees/fix/HEAD": commitB + "\n",
			"trees/fix/.git":          "gitdir: ../../.git/worktrees/fix",
		}).inTempDir(t)
		tree := filepath.Join(dir, "trees", "fix")
		check(t, detect(t, tree), gitinfo.Info{Repo: "acme/agent", Ref: commitB, Root: tree})
	})
	t.Run("a submodule has an origin and a HEAD of its own", func(t *testing.T) {
		t.Parallel()
		dir := clone.with(files{
			"libs/tool/.git":                    "gitdir: ../../.git/modules/tool\n",
			".git/modules/tool/config":          "[remote \"origin\"]\n\turl = git@github.com:acme/tool.git\n",
			".git/modules/tool/HEAD":            "ref: refs/heads/dev\n",
			".git/modules/tool/refs/heads/dev":  commitB + "\n",
			".git/modules/tool/refs/heads/main": commitA + "\n",
		}).inTempDir(t)
		module := filepath.Join(dir, "libs", "tool")
		check(t, detect(t, module), gitinfo.Info{Repo: "acme/tool", Ref: commitB, Root: module})
	})
	t.Run("a .git file that leads nowhere", func(t *testing.T) {
		t.Parallel()
		for _, content := range []string{"", "gitdir:", "gitdir: /does/not/exist", "something else", "gitdir: .git"} {
			dir := files{".git": content}.inTempDir(t)
			check(t, detect(t, dir), gitinfo.Info{Root: dir})
		}
	})
	t.Run("a directory that is reached by a symbolic link", func(t *testing.T) {
		t.Parallel()
		dir, err := filepath.EvalSymlinks(main.inTempDir(t))
		if err != nil {
			t.Fatal(err)
		}
		link := filepath.Join(t.TempDir(), "link")
		if err := os.Symlink(filepath.Join(dir, "pkg"), link); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
		check(t, detect(t, filepath.Join(link, "deep")), gitinfo.Info{Repo: "acme/agent", Ref: commitA, Root: dir})
	})
}

func TestDirectoriesWhereFilesBelong(t *testing.T) {
	t.Parallel()
	dir := files{".git/config/x": "", ".git/HEAD/x": "", ".git/packed-refs/x": ""}.inTempDir(t)
	if got, want := gitinfo.Detect(dir, environment{}.lookup), (gitinfo.Info{Root: dir}); got != want {
		t.Errorf("Detect = %+v, want %+v", got, want)
	}
}
