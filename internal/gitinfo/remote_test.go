package gitinfo_test

import (
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/gitinfo"
)

func TestRepoFromRemote(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		remotes []string
		want    string
	}{
		{"git-08 https and git@ forms", []string{
			"https://github.com/acme/agent.git",
			"http://github.com/acme/agent.git",
			"git@github.com:acme/agent.git",
			"git@github.com:/acme/agent.git",
			"github.com:acme/agent.git",
			"git://github.com/acme/agent.git",
		}, "acme/agent"},
		{"git-09 ssh URLs", []string{
			"ssh://git@github.com/acme/agent.git",
			"ssh://github.com/acme/agent",
			"ssh://git@github.com:22/acme/agent.git",
			"ssh://git@ssh.github.com:443/acme/agent.git",
			"git+ssh://git@github.com/acme/agent.git",
		}, "acme/agent"},
		{"git-10 suffix and slashes at the end", []string{
			"https://github.com/acme/agent",
			"https://github.com/acme/agent/",
			"https://github.com/acme/agent.git/",
			"https://github.com/acme/agent.git//",
			"git@github.com:acme/agent",
			"git@github.com:acme/agent.git/",
			"  https://github.com/acme/agent.git\n",
		}, "acme/agent"},
		{"only one suffix is removed", []string{"https://github.com/acme/site.github.io.git", "git@github.com:acme/site.github.io"}, "acme/site.github.io"},
		{"host and scheme in upper case, names as they are", []string{
			"HTTPS://GitHub.COM/Acme/Agent.git",
			"git@GITHUB.com:Acme/Agent.git",
			"https://www.github.com/Acme/Agent",
			"https://github.com:443/Acme/Agent",
		}, "Acme/Agent"},
		{"git-17 credentials are dropped", []string{
			"https://ghp_0123456789abcdef0123456789abcdef0123@github.com/acme/agent.git",
			"https://x-access-token:ghs_secret@github.com/acme/agent",
			"https://user:p%40ss@github.com/acme/agent",
			"https://user:p@ss@github.com/acme/agent",
			"https://github.com/acme/agent?access_token=secret",
			"https://github.com/acme/agent#secret",
			"git:secret@github.com:acme/agent.git",
			"ssh://git:secret@github.com:22/acme/agent.git",
		}, "acme/agent"},
		{"git-18 other hosts give nothing", []string{
			"https://gitlab.com/acme/agent.git",
			"git@bitbucket.org:acme/agent.git",
			"ssh://git@git.acme.internal:2222/acme/agent.git",
			"https://github.com.evil.example/acme/agent",
			"https://evilgithub.com/acme/agent",
			"https://github.acme.com/acme/agent",
			"git@github.com-work:acme/agent.git",
			"https://gitlab.com/github.com/acme/agent",
		}, ""},
		{"what is no repository gives nothing", []string{
			"", "/srv/git/agent.git", "../agent", "file:///srv/git/agent.git", "C:/git/agent", `C:\git\agent`,
			"https://github.com", "https://github.com/", "https://github.com/acme", "https://github.com/acme/.git",
			"https://github.com/acme/agent/extra", "https://github.com/acme/..", "https://github.com/acme/a b",
			"ftp://github.com/acme/agent", "https://github.com:port/acme/agent", "git@github.com:", "://", "https:/github.com/acme/agent",
		}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, remote := range test.remotes {
				got, ok := gitinfo.RepoFromRemote(remote)
				if got != test.want || ok != (test.want != "") {
					t.Errorf("RepoFromRemote(%q) = %q, %t; want %q", remote, got, ok, test.want)
				}
			}
		})
	}
}

func TestNormalizeRepo(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"acme/agent":              "acme/agent",
		"acme/agent.git":          "acme/agent",
		"acme/agent/":             "acme/agent",
		"group/sub/agent":         "group/sub/agent",
		"~acme/agent":             "~acme/agent",
		"Acme.Inc/agent_v2":       "Acme.Inc/agent_v2",
		"github.com/acme/agent":   "acme/agent",
		"GitHub.com/acme/agent":   "acme/agent",
		"gitlab.com/acme/agent":   "acme/agent",
		"git.acme.io/g/sub/agent": "g/sub/agent",

		"https://github.com/acme/agent":                         "acme/agent",
		"https://github.com/acme/agent/tree/main/cmd":           "acme/agent",
		"https://gitlab.com/group/sub/agent.git":                "group/sub/agent",
		"https://gitlab.com/group/sub/agent/-/tree/main":        "group/sub/agent",
		"https://oauth2:glpat-secret@gitlab.com/acme/agent.git": "acme/agent",
		"https://git.acme.internal:8443/acme/agent":             "acme/agent",
		"ssh://git@git.acme.internal:2222/acme/agent.git":       "acme/agent",
		"git@gitlab.com:acme/agent.git":                         "acme/agent",
		"git@github.com-work:acme/agent.git":                    "acme/agent",
		"work:acme/agent":                                       "acme/agent",
	}
	for repo, want := range tests {
		got, ok := gitinfo.NormalizeRepo(repo)
		if got != want || !ok {
			t.Errorf("NormalizeRepo(%q) = %q, %t; want %q", repo, got, ok, want)
		}
		if spaced, _ := gitinfo.NormalizeRepo(" " + repo + "\n"); spaced != want {
			t.Errorf("NormalizeRepo of %q with space around it = %q, want %q", repo, spaced, want)
		}
	}
}

func TestNormalizeRepoRefuses(t *testing.T) {
	t.Parallel()
	for _, repo := range []string{
		"", " ", "agent", "/", "/srv/agent", "./agent", "../acme/agent", "acme//agent", "acme/agent name", "acme/agent@v1",
		"https://github.com/acme", "file:///acme/agent", "C:/acme/agent", "https:/github.com/acme/agent",
	} {
		if got, ok := gitinfo.NormalizeRepo(repo); ok || got != "" {
			t.Errorf("NormalizeRepo(%q) = %q, %t; want nothing", repo, got, ok)
		}
	}
}

func TestNoCredentialEverPasses(t *testing.T) {
	t.Parallel()
	const secret = "ghp_0123456789abcdef0123456789abcdef0123"
	for _, form := range []string{
		"https://SECRET@github.com/acme/agent",
		"https://SECRET:x@github.com/acme/agent",
		"https://x:SECRET@github.com/acme/agent",
		"https://x:SE@CRET@github.com/acme/agent",
		"https://x/SECRET@github.com/acme/agent",
		"https://x/y/SECRET?@github.com/acme/agent",
		"https://x/y/SECRET#@github.com/acme/agent",
		"https://x/y/SECRET%40github.com/acme/agent",
		"https://github.com/SECRET/agent",
		"https://github.com/acme/agent?token=SECRET",
		"https://github.com/acme/agent#SECRET",
		"SECRET@github.com:acme/agent.git",
		"x:SECRET@github.com:acme/agent.git",
		"SECRET@github.com/acme/agent",
		"x:SECRET@github.com/acme/agent",
		"acme/SECRET",
		"SECRET/agent",
		"acme/agent@SECRET",
		"acme/agent:SECRET",
		"SECRET",
	} {
		repo := strings.ReplaceAll(strings.Replace(form, "SE@CRET", secret[:8]+"@"+secret[8:], 1), "SECRET", secret)
		for name, parse := range map[string]func(string) (string, bool){
			"RepoFromRemote": gitinfo.RepoFromRemote,
			"NormalizeRepo":  gitinfo.NormalizeRepo,
		} {
			if got, _ := parse(repo); strings.Contains(got, secret[8:]) {
				t.Errorf("%s(%q) = %q, which holds the credential", name, form, got)
			}
		}
	}
}

func FuzzNormalizeRepo(f *testing.F) {
	for _, repo := range []string{"acme/agent", "https://u:p@github.com/acme/agent.git/", "git@host:a/b", "a.b/c/d", "C:/x/y"} {
		f.Add(repo)
	}
	f.Fuzz(func(t *testing.T, repo string) {
		got, ok := gitinfo.NormalizeRepo(repo)
		if ok != (got != "") {
			t.Fatalf("NormalizeRepo(%q) = %q, %t", repo, got, ok)
		}
		if strings.ContainsAny(got, "@:? #\\%") || ok && !strings.Contains(got, "/") {
			t.Errorf("NormalizeRepo(%q) = %q, want owner/repo", repo, got)
		}
		if remote, ok := gitinfo.RepoFromRemote(repo); ok && remote != got {
			t.Errorf("of %q, RepoFromRemote makes %q and NormalizeRepo %q", repo, remote, got)
		}
	})
}
