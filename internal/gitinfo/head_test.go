package gitinfo_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/gitinfo"
)

func TestRefOfHEAD(t *testing.T) {
	t.Parallel()
	packed := "# pack-refs with: peeled fully-peeled sorted \n" + commitB + " refs/heads/mainline\n" + commitA + " refs/heads/main\n^" + commitB + "\n"
	tests := []struct {
		name  string
		files files
		want  string
	}{
		{"git-12 detached", files{"HEAD": commitA + "\n"}, commitA},
		{"git-12 detached, SHA-256", files{"HEAD": sha256 + "\n"}, sha256},
		{"git-13 through the loose ref", files{"HEAD": "ref: refs/heads/main\n", "refs/heads/main": commitA + "\n"}, commitA},
		{"git-13 a branch with slashes", files{"HEAD": "ref: refs/heads/fix/it\n", "refs/heads/fix/it": commitA}, commitA},
		{"git-13 the loose ref beats the packed one", files{"HEAD": "ref: refs/heads/main\n", "refs/heads/main": commitB, "packed-refs": packed}, commitB},
		{"git-14 through packed-refs", files{"HEAD": "ref: refs/heads/main\n", "packed-refs": packed}, commitA},
		{"git-14 with Windows line ends", files{"HEAD": "ref: refs/heads/main\r\n", "packed-refs": strings.ReplaceAll(packed, "\n", "\r\n")}, commitA},
		{"git-14 peeled lines are no refs", files{"HEAD": "ref: refs/tags/v1\n", "packed-refs": "^" + commitB + " refs/tags/v1\n#" + commitB + " refs/tags/v1\n"}, ""},
		{"a ref that names another", files{"HEAD": "ref: refs/heads/alias", "refs/heads/alias": "ref: refs/heads/main", "refs/heads/main": commitA}, commitA},
		{"refs in a circle", files{"HEAD": "ref: refs/heads/a", "refs/heads/a": "ref: refs/heads/b", "refs/heads/b": "ref: refs/heads/a"}, ""},
		{"a branch without commits", files{"HEAD": "ref: refs/heads/main\n"}, ""},
		{"the name of a branch is no ref", files{"HEAD": "main\n", "refs/heads/main": commitA}, ""},
		{"upper case is no commit", files{"HEAD": strings.ToUpper(commitA)}, ""},
		{"a short commit is none", files{"HEAD": commitA[:12]}, ""},
		{"a ref outside the git directory", files{"HEAD": "ref: refs/../../secret", "../secret": commitA}, ""},
		{"an absolute ref", files{"HEAD": "ref: /refs/heads/main", "refs/heads/main": commitA}, ""},
		{"no HEAD", files{"config": originConfig}, ""},
		{"an endless HEAD", files{"HEAD": commitA + strings.Repeat("\n", 1<<20)}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			test.files.writeTo(t, filepath.Join(dir, ".git"))
			if got := gitinfo.Detect(dir, environment{}.lookup); got.Ref != test.want {
				t.Errorf("ref %q, want %q", got.Ref, test.want)
			}
		})
	}
}
