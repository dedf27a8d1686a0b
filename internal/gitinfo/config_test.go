package gitinfo_test

import (
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/gitinfo"
)

func TestRepoOfTheConfig(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, config, want string }{
		{"git-08 https", "[remote \"origin\"]\n\turl = https://github.com/acme/agent.git\n", "acme/agent"},
		{"git-08 git@", "[remote \"origin\"]\n\turl = git@github.com:acme/agent.git\n", "acme/agent"},
		{"git-09 ssh URL", "[remote \"origin\"]\n\turl = ssh://git@github.com:22/acme/agent.git\n", "acme/agent"},
		{"git-11 pushurl does not count", "[remote \"origin\"]\n\tpushurl = git@github.com:fork/agent.git\n\turl = git@github.com:acme/agent.git\n", "acme/agent"},
		{"git-11 pushurl alone gives nothing", "[remote \"origin\"]\n\tpushurl = git@github.com:fork/agent.git\n", ""},
		{"git-17 credentials stay here", "[remote \"origin\"]\n\turl = https://user:secret@github.com/acme/agent.git\n", "acme/agent"},
		{"git-18 another host", "[remote \"origin\"]\n\turl = https://gitlab.com/acme/agent.git\n", ""},
		{"the first url counts", "[remote \"origin\"]\n\turl = git@github.com:acme/agent.git\n\turl = git@github.com:mirror/agent.git\n", "acme/agent"},
		{"another remote is not origin", "[remote \"upstream\"]\n\turl = git@github.com:up/agent.git\n" + originConfig, "acme/agent"},
		{"no origin", "[remote \"upstream\"]\n\turl = git@github.com:up/agent.git\n", ""},
		{"another section ends the search", "[remote \"origin\"]\n\tfetch = x\n[branch \"main\"]\n\turl = git@github.com:acme/agent.git\n", ""},
		{"names of sections and keys ignore case", "[REMOTE \"origin\"]\n\tURL = git@github.com:acme/agent.git\n", "acme/agent"},
		{"the name of the remote does not", "[remote \"Origin\"]\n\turl = git@github.com:acme/agent.git\n", ""},
		{"the old dotted header", "[remote.origin]\n\turl = git@github.com:acme/agent.git\n", "acme/agent"},
		{"a key on the header's line", "[remote \"origin\"] url = git@github.com:acme/agent.git\n", "acme/agent"},
		{"no spaces", "[remote \"origin\"]\nurl=git@github.com:acme/agent.git", "acme/agent"},
		{"comments", "# [remote \"origin\"]\n[remote \"origin\"] ; the fork\n# url = git@github.com:old/agent.git\n;url = git@github.com:old/agent.git\n\turl = git@github.com:acme/agent.git # now\n", "acme/agent"},
		{"a quoted value", "[remote \"origin\"]\n\turl = \"git@github.com:acme/agent.git\" ; quoted\n", "acme/agent"},
		{"escapes in a value", "[remote \"origin\"]\n\turl = \"git@github.com:acme\\/agent.git\"\n", "acme/agent"},
		{"Windows line ends and a byte order mark", "\ufeff[remote \"origin\"]\r\n\turl = git@github.com:acme/agent.git\r\n", "acme/agent"},
		{"includes are not followed", "[include]\n\tpath = other\n", ""},
		{"an empty file", "", ""},
		{"not a config", "\x00\x01[remote \"origin\n=\n[[[\nurl", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := files{".git/config": test.config, ".git/other": originConfig}.inTempDir(t)
			if got := gitinfo.Detect(dir, environment{}.lookup); got.Repo != test.want {
				t.Errorf("repo %q, want %q, of the config\n%s", got.Repo, test.want, test.config)
			}
		})
	}
}

func TestAHugeConfigIsNotReadToItsEnd(t *testing.T) {
	t.Parallel()
	const size = 10 << 20
	for name, filler := range map[string]string{
		"in many lines": strings.Repeat("\tkey = value\n", size/13),
		"in one line":   strings.Repeat("x", size) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := files{".git/config": originConfig + "[x]\n" + filler}.inTempDir(t)
			if got := gitinfo.Detect(before, environment{}.lookup); got.Repo != "acme/agent" {
				t.Errorf("repo %q, want that of the origin in front", got.Repo)
			}
			behind := files{".git/config": "[x]\n" + filler + originConfig}.inTempDir(t)
			if got := gitinfo.Detect(behind, environment{}.lookup); got.Repo != "" {
				t.Errorf("repo %q: the file was read beyond its first megabyte", got.Repo)
			}
		})
	}
}
