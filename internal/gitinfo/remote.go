package gitinfo

import (
	"net/url"
	"slices"
	"strings"
)

// RepoFromRemote returns the owner/repo of a remote URL on github.com, in any form that git accepts: https, http, ssh
// and git URLs, with or without a port, credentials, ".git" and slashes at the end, and git@github.com:owner/repo.
// It reports false for every other host, since the platform could not tell its repositories from GitHub's.
func RepoFromRemote(remote string) (string, bool) {
	host, path, ok := splitRemote(strings.TrimSpace(remote))
	if !ok || !isGitHub(host) {
		return "", false
	}
	names, ok := pathNames(path)
	if !ok || len(names) != 2 {
		return "", false
	}
	return strings.Join(names, "/"), true
}

// NormalizeRepo brings a repository that a user named into the form owner/repo. A name stays as it is; of a remote or
// a web URL, on any host, the path stays, with all groups where there are more than one (group/sub/repo). The host and
// every credential are dropped. It reports false when no name can be told apart with certainty: nothing that could hold
// a credential passes.
func NormalizeRepo(repo string) (string, bool) {
	repo = strings.TrimSpace(repo)
	host, path, isRemote := splitRemote(repo)
	if !isRemote {
		path = repo
		if strings.HasPrefix(path, "/") {
			return "", false
		}
	}
	names, ok := pathNames(path)
	if !ok {
		return "", false
	}
	if !isRemote && len(names) > 2 && strings.Contains(names[0], ".") {
		host, names = names[0], names[1:] // github.com/owner/repo, as in an import path
	}
	names = cutPage(host, names)
	if len(names) < 2 {
		return "", false
	}
	return strings.Join(names, "/"), true
}

// splitRemote takes a URL, or the short form that ssh uses, apart. Credentials and the port are in neither part.
func splitRemote(remote string) (host, path string, ok bool) {
	if !strings.Contains(remote, "://") {
		return splitShort(remote)
	}
	u, err := url.Parse(remote)
	if err != nil {
		return "", "", false
	}
	if !isScheme(u.Scheme) || u.Hostname() == "" {
		return "", "", false
	}
	// An @ behind the host is the end of a password that was not escaped, and what precedes it is the rest of it.
	if strings.Contains(u.Path+u.RawQuery+u.Fragment, "@") {
		return "", "", false
	}
	return strings.ToLower(u.Hostname()), u.Path, true
}

// splitShort reads [user@]host:path. The colon tells it from a plain name or a local path, and a one-letter host is a
// Windows drive.
func splitShort(remote string) (host, path string, ok bool) {
	authority, _, _ := strings.Cut(remote, "/")
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		remote = remote[at+1:]
	}
	host, path, ok = strings.Cut(remote, ":")
	host = strings.ToLower(host)
	if !ok || len(host) < 2 || strings.Contains(host, "/") || isScheme(host) {
		return "", "", false
	}
	return host, path, true
}

// isScheme tells whether git reaches other machines by URLs of that scheme, given in lower case.
func isScheme(scheme string) bool {
	switch scheme {
	case "https", "http", "ssh", "git", "git+ssh", "ssh+git", "git+https", "git+http":
		return true
	default:
		return false
	}
}

// isGitHub also knows the host that GitHub offers for ssh where only port 443 is open.
func isGitHub(host string) bool {
	return host == "github.com" || host == "www.github.com" || host == "ssh.github.com"
}

// pathNames splits a repository's path and takes ".git" off. It reports false for an empty path and for one with
// anything but plain names in it.
func pathNames(path string) ([]string, bool) {
	path = strings.TrimRight(path, "/")
	path = strings.TrimRight(strings.TrimSuffix(path, ".git"), "/")
	names := strings.Split(strings.TrimLeft(path, "/"), "/")
	return names, !slices.ContainsFunc(names, func(name string) bool { return !isPlainName(name) })
}

// isPlainName tells whether name can be an owner, a group or a repository: letters, digits and a few marks.
func isPlainName(name string) bool {
	if name == "" || name == "." || name == ".." || looksLikeToken(name) {
		return false
	}
	return strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-~") == ""
}

// looksLikeToken guards against a credential pasted where a name belongs. The prefixes are those of GitHub ("About
// authentication to GitHub", token formats) and GitLab ("GitLab token overview"); all their tokens are longer than 24.
func looksLikeToken(name string) bool {
	prefixes := []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-"}
	return len(name) >= 24 && slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// cutPage leaves the repository of the URL of one of its pages: .../tree/main on GitHub, .../-/tree/main on GitLab.
func cutPage(host string, names []string) []string {
	if isGitHub(host) && len(names) > 2 {
		return names[:2]
	}
	if dash := slices.Index(names, "-"); dash >= 0 {
		return names[:dash]
	}
	return names
}
