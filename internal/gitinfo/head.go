package gitinfo

import (
	"path/filepath"
	"strings"
)

// maxSymbolicRefs is how far git itself follows a ref that names another one.
const maxSymbolicRefs = 5

// headCommit returns the commit that HEAD stands for, "" when it stands for none, as on a branch without commits. The
// name of a branch is never the answer.
func (d gitDir) headCommit() string {
	value := strings.TrimSpace(readSmall(filepath.Join(d.own, "HEAD")))
	for range maxSymbolicRefs {
		name, symbolic := strings.CutPrefix(value, "ref:")
		if !symbolic {
			break
		}
		value = d.readRef(strings.TrimSpace(name))
	}
	if !isCommit(value) {
		return ""
	}
	return value
}

// readRef returns what the ref of that name holds, a commit or "ref: " and another name. A loose file beats
// packed-refs, which git leaves as it is when a branch moves on.
func (d gitDir) readRef(name string) string {
	if !isRefName(name) {
		return ""
	}
	for _, dir := range []string{d.own, d.common} {
		if value := strings.TrimSpace(readSmall(filepath.Join(dir, filepath.FromSlash(name)))); value != "" {
			return value
		}
	}
	for line := range lines(filepath.Join(d.common, "packed-refs"), maxPackedRefs) {
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "^") {
			continue
		}
		if commit, ref, _ := strings.Cut(line, " "); ref == name {
			return commit
		}
	}
	return ""
}

// isRefName keeps a hostile HEAD from naming a file outside the git directory.
func isRefName(name string) bool {
	return strings.HasPrefix(name, "refs/") && filepath.IsLocal(filepath.FromSlash(name))
}

// isCommit tells whether text is an object name: 40 hex digits of SHA-1 or 64 of SHA-256, lower case as git writes them.
func isCommit(text string) bool {
	return (len(text) == 40 || len(text) == 64) && strings.Trim(text, "0123456789abcdef") == ""
}
