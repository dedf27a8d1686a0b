package source

import (
	"cmp"
	"runtime/debug"
	"slices"
	"strings"
)

// modules are those that this program was built from, the longest path first, so that the first one that fits a package
// is the one it belongs to.
type modules []module

type module struct {
	path string
	own  bool // built where it stands, not in the module cache
}

func modulesOf(readBuild func() (*debug.BuildInfo, bool)) modules {
	build, ok := readBuild()
	if !ok {
		return nil
	}
	var all modules
	if build.Main.Path != "" {
		all = append(all, module{build.Main.Path, true})
	}
	for _, dep := range build.Deps {
		// Other modules of the workspace, and directories that replace a module, have no version of their own.
		version := cmp.Or(dep.Replace, dep).Version
		all = append(all, module{dep.Path, version == "" || version == "(devel)"})
	}
	slices.SortFunc(all, func(a, b module) int { return len(b.path) - len(a.path) })
	return all
}

// split parts a trimmed file name into the module and the path of the file in it. It reports false where the module is
// not one of the program's own.
func (ms modules) split(file string) (path, inModule string, ok bool) {
	path, afterVersion, versioned := strings.Cut(file, "@")
	if versioned {
		_, inModule, _ = strings.Cut(afterVersion, "/")
		return path, inModule, slices.Contains(ms, module{path, true})
	}
	for _, m := range ms {
		if rest, ok := strings.CutPrefix(file, m.path); ok && strings.HasPrefix(rest, "/") {
			return m.path, rest[1:], m.own
		}
	}
	return "", "", false
}

// own tells whether a package is of one of the program's own modules, or is its main package.
func (ms modules) own(pkg string) bool {
	if pkg == "main" {
		return true
	}
	_, _, ok := ms.split(pkg + "/")
	return ok
}
