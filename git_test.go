package traceroot_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

const (
	headCommit  = "8f1d2c3b4a5968778695a4b3c2d1e0f0a1b2c3d4"
	otherCommit = "0123456789abcdef0123456789abcdef01234567"
)

// checkout makes a directory with these files under .git the working directory, and clears what would beat them.
func checkout(t *testing.T, files map[string]string) (root string) {
	t.Helper()
	environment(t, "TRACEROOT_GIT_REPO=", "TRACEROOT_GIT_REF=")
	root = t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, ".git", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(root)
	return root
}

// detached are the files of a checkout of the commit, cloned from the URL.
func detached(url string) map[string]string {
	return map[string]string{
		"HEAD":   headCommit + "\n",
		"config": "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = " + url + "\n\tfetch = +refs/heads/*\n",
	}
}

// wantGit compares repository and ref of a span with what is wanted; "" stands for none.
func wantGit(t *testing.T, repo, ref string, opts ...traceroot.Option) {
	t.Helper()
	got := sentTo(t, runWork, opts...)["work"].attributes
	for key, want := range map[string]string{attr.GitRepo: repo, attr.GitRef: ref} {
		if value, sent := got[key]; sent != (want != "") || sent && value != want {
			t.Errorf("%s = %v, want %q", key, value, want)
		}
	}
}

func TestGitSources(t *testing.T) {
	files := detached("https://github.com/disk/repo.git")
	t.Run("git-01 the option beats the variable", func(t *testing.T) {
		checkout(t, files)
		t.Setenv("TRACEROOT_GIT_REPO", "variable/repo")
		t.Setenv("TRACEROOT_GIT_REF", "variable-ref")
		wantGit(t, "option/repo", "option-ref", traceroot.WithGitRepo("option/repo"), traceroot.WithGitRef("option-ref"))
	})
	t.Run("git-02 TRACEROOT_GIT_REPO beats detection", func(t *testing.T) {
		checkout(t, files)
		t.Setenv("GITHUB_REPOSITORY", "actions/repo")
		t.Setenv("TRACEROOT_GIT_REPO", "variable/repo")
		wantGit(t, "variable/repo", headCommit)
	})
	t.Run("git-03 TRACEROOT_GIT_REF beats detection", func(t *testing.T) {
		checkout(t, files)
		t.Setenv("GITHUB_SHA", otherCommit)
		t.Setenv("TRACEROOT_GIT_REF", "release-7")
		wantGit(t, "disk/repo", "release-7")
	})
	t.Run("git-04 empty counts as unset", func(t *testing.T) {
		checkout(t, files)
		wantGit(t, "disk/repo", headCommit, traceroot.WithGitRepo(""), traceroot.WithGitRef(""))
	})
	t.Run("git-05 GITHUB_REPOSITORY and GITHUB_SHA beat the files", func(t *testing.T) {
		checkout(t, files)
		t.Setenv("GITHUB_REPOSITORY", "actions/repo")
		t.Setenv("GITHUB_SHA", otherCommit)
		wantGit(t, "actions/repo", otherCommit)
	})
	t.Run("git-07 each on its own", func(t *testing.T) {
		checkout(t, files)
		t.Setenv("GITHUB_SHA", otherCommit)
		wantGit(t, "option/repo", otherCommit, traceroot.WithGitRepo("option/repo"))
	})
	t.Run("git-12 a detached HEAD", func(t *testing.T) {
		checkout(t, files)
		wantGit(t, "disk/repo", headCommit)
	})
	t.Run("git-13 a branch", func(t *testing.T) {
		checkout(t, map[string]string{"HEAD": "ref: refs/heads/main\n", "refs/heads/main": headCommit + "\n"})
		wantGit(t, "", headCommit)
	})
	t.Run("git-14 a packed branch", func(t *testing.T) {
		checkout(t, map[string]string{
			"HEAD":        "ref: refs/heads/main\n",
			"packed-refs": "# pack-refs with: peeled\n" + otherCommit + " refs/heads/dev\n" + headCommit + " refs/heads/main\n^" + otherCommit + "\n",
		})
		wantGit(t, "", headCommit)
	})
	t.Run("git-16 from a subdirectory", func(t *testing.T) {
		root := checkout(t, files)
		below := filepath.Join(root, "cmd", "agent")
		if err := os.MkdirAll(below, 0o755); err != nil {
			t.Fatal(err)
		}
		t.Chdir(below)
		wantGit(t, "disk/repo", headCommit)
	})
	t.Run("git-17 credentials stay here", func(t *testing.T) {
		checkout(t, detached("https://user:ghp_secret@github.com/disk/repo"))
		wantGit(t, "disk/repo", headCommit)
	})
	t.Run("git-17 those of an option, too", func(t *testing.T) {
		checkout(t, files)
		wantGit(t, "acme/shop", headCommit, traceroot.WithGitRepo("https://x:ghp_secret@gitlab.acme.test/acme/shop.git"))
	})
	t.Run("git-18 another host gives no repository", func(t *testing.T) {
		checkout(t, detached("https://gitlab.com/disk/repo.git"))
		wantGit(t, "", headCommit)
	})
	t.Run("a file:// remote or a path gives none", func(t *testing.T) {
		checkout(t, detached("/srv/git/disk/repo.git"))
		wantGit(t, "", headCommit)
	})
}

func TestIncompleteGit(t *testing.T) {
	for _, c := range []struct {
		name, missing string
		opts          []traceroot.Option
	}{
		{"git-19 without both", "repository and ref", nil},
		{"git-19 without repository", "repository", []traceroot.Option{traceroot.WithGitRef("v1")}},
		{"git-19 without ref", "ref", []traceroot.Option{traceroot.WithGitRepo("acme/shop")}},
		{"complete", "", []traceroot.Option{traceroot.WithGitRepo("acme/shop"), traceroot.WithGitRef("v1")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			environment(t, "TRACEROOT_GIT_REPO=", "TRACEROOT_GIT_REF=")
			t.Chdir(t.TempDir())
			logger, book := newLogBook()
			if got := sentTo(t, runWork, append(c.opts, traceroot.WithLogger(logger))...); got["work"].name == "" {
				t.Error("tracing does not go on")
			}
			lines := book.about("git")
			if c.missing == "" {
				if lines != nil {
					t.Errorf("logged %q, want nothing", lines)
				}
				return
			}
			if len(lines) != 1 || !strings.Contains(lines[0], "level=WARN") ||
				!strings.Contains(strings.ReplaceAll(lines[0], `"`, ""), "missing="+c.missing+" ") {
				t.Errorf("logged %q, want one warning that says what is missing: %s", lines, c.missing)
			}
		})
	}
	t.Run("a repository that is none is not sent", func(t *testing.T) {
		checkout(t, detached("git@github.com:disk/repo.git"))
		for _, bad := range []string{"https://github.com/", "ghp_0123456789abcdef0123456789abcdef0123", "not a repo", "../shop"} {
			logger, book := newLogBook()
			wantGit(t, "disk/repo", headCommit, traceroot.WithGitRepo(bad), traceroot.WithLogger(logger))
			if lines := book.about("level=WARN"); len(lines) != 1 || strings.Contains(lines[0], "ghp_") {
				t.Errorf("%s: logged %q, want one warning that does not quote it", bad, lines)
			}
		}
	})
}
