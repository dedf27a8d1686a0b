package source

import (
	"path"
	"path/filepath"
	"strings"
)

// directory is an absolute directory in slash form. It ends in a slash, so that cutting it off a path respects the
// bounds of names: /repo is not the beginning of /repo-other. The zero directory holds nothing.
type directory string

// directoryAt reads a path of this machine.
func directoryAt(path string) directory {
	if path == "" {
		return ""
	}
	return directory(strings.TrimSuffix(slashed(path), "/") + "/")
}

// cut makes an absolute file relative to the directory, if it is below it.
func (d directory) cut(file string) (relative string, ok bool) {
	if d == "" || len(file) <= len(d) {
		return "", false
	}
	start := file[:len(d)]
	if start == string(d) || isWindows(file) && strings.EqualFold(start, string(d)) {
		return file[len(d):], true
	}
	return "", false
}

// withoutLinks is the directory as it is on disk, zero if it cannot be told.
func (d directory) withoutLinks() directory {
	if d == "" {
		return ""
	}
	resolved, err := filepath.EvalSymlinks(filepath.FromSlash(string(d)))
	if err != nil {
		return ""
	}
	return directoryAt(resolved)
}

// withoutLinks is the file as it is on disk, "" if its directory is not there. The file itself may be missing, and may
// be a link: it counts as a file of where it stands.
func withoutLinks(file string) string {
	dir, name := path.Split(file)
	resolved := directoryAt(dir).withoutLinks()
	if resolved == "" {
		return ""
	}
	return string(resolved) + name
}

// slashed brings a path of Windows into the form that the compiler writes; all others are in it. What is a path of
// Windows does not depend on the machine, since a program may have been built on another one.
func slashed(path string) string {
	if isWindows(path) {
		return strings.ReplaceAll(path, `\`, "/")
	}
	return path
}

func isAbsolute(path string) bool { return strings.HasPrefix(path, "/") || isWindows(path) }

// isWindows tells whether path starts with a drive or names a file of a Windows server.
func isWindows(path string) bool {
	if strings.HasPrefix(path, `\\`) || strings.HasPrefix(path, "//") {
		return true
	}
	if len(path) < 3 || path[1] != ':' || path[2] != '/' && path[2] != '\\' {
		return false
	}
	letter := path[0] | 0x20
	return 'a' <= letter && letter <= 'z'
}
