package source

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
)

// Resolver turns the names of files that were compiled into this program into paths of its repository. Make one with
// [NewResolver] and keep it: it looks at the build and the disk once. It is safe for concurrent use.
type Resolver struct {
	root     directory // zero when the repository is not on this machine
	repo     string    // owner/repo; "" if unknown
	workDir  string    // slash form; "" if unknown
	realRoot func() directory
	modules  func() modules
	above    func() map[string]string // module path → directory in the repository, for go.mod files above workDir
	below    func() map[string]string // likewise, for all of the repository
	paths    sync.Map                 // file as compiled in → its path, "" included; both are strings
}

// NewResolver makes a resolver for the repository that is checked out in the directory root, "" for none, and is called
// repo, in the form owner/repo, "" if that is not known. It looks at nothing yet.
func NewResolver(root, repo string) *Resolver {
	workDir, err := os.Getwd()
	if err != nil {
		workDir = ""
	}
	return newResolver(root, repo, filepath.Clean(workDir), debug.ReadBuildInfo)
}

func newResolver(root, repo, workDir string, readBuild func() (*debug.BuildInfo, bool)) *Resolver {
	r := &Resolver{root: directoryAt(root), repo: repo, workDir: slashed(workDir)}
	r.realRoot = sync.OnceValue(r.root.withoutLinks)
	r.modules = sync.OnceValue(func() modules { return modulesOf(readBuild) })
	repository := os.DirFS(filepath.FromSlash(string(r.root)))
	r.above = sync.OnceValue(func() map[string]string {
		return modulesAbove(repository, path.Dir(r.cutRoot(r.workDir+"/go.mod")))
	})
	r.below = sync.OnceValue(func() map[string]string { return modulesBelow(repository) })
	return r
}

// Relative returns the path of a file relative to the repository's root, with forward slashes. The file is named as it
// was compiled in: by an absolute path, or as -trimpath leaves it, by an import path. The result is "" for files that
// are not the repository's: those of Go itself and of the module cache, those outside the root, and files of trimmed
// modules whose directory neither a go.mod of the repository nor the name of the repository tells.
func (r *Resolver) Relative(file string) string {
	known, _ := r.paths.Load(file)
	if relative, ok := known.(string); ok {
		return relative
	}
	relative := path.Clean(r.resolve(slashed(file)))
	if relative == "." || !fs.ValidPath(relative) || isAbsolute(relative) {
		relative = "" // whatever it is, it leads out of the repository
	}
	r.paths.Store(file, relative)
	return relative
}

// Owns tells whether a function, by its name as the runtime prints it, is of the program's own modules: the main one,
// others of its workspace, and those that a directory replaces. It is false for functions of Go itself and of modules
// that were downloaded, and for all but the main package when the program was built without modules.
func (r *Resolver) Owns(function string) bool {
	return r.modules().own(Package(function))
}

func (r *Resolver) resolve(file string) string {
	switch {
	case isAbsolute(file):
		return r.cutRoot(file)
	case strings.HasPrefix(file, "./"):
		return r.resolveListed(file)
	default:
		return r.resolveTrimmed(file)
	}
}

// cutRoot makes an absolute path relative to the root, "" if it lies outside or is not the repository's own.
func (r *Resolver) cutRoot(file string) string {
	if r.root == "" {
		return ""
	}
	relative, ok := r.root.cut(file)
	if !ok {
		relative, ok = r.realRoot().cut(file)
	}
	if !ok {
		relative, ok = r.realRoot().cut(withoutLinks(file))
	}
	if !ok || isInModuleCache(relative) || isInGoRoot(file) {
		return "" // both may lie below the root, as when that is a home directory under version control
	}
	return relative
}

// resolveListed is for trimmed programs that were built from a list of files (go run main.go). Their names have lost
// their directory, so all that can be tried is the working directory, where such programs are mostly started.
func (r *Resolver) resolveListed(file string) string {
	inWorkDir := r.workDir + strings.TrimPrefix(file, ".")
	if info, err := os.Stat(filepath.FromSlash(inWorkDir)); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return r.cutRoot(inWorkDir)
}

// resolveTrimmed is for names that -trimpath made of an import path: module/dir/file.go, or module@version/dir/file.go.
func (r *Resolver) resolveTrimmed(file string) string {
	module, inModule, ok := r.modules().split(file)
	if !ok {
		return ""
	}
	dir, ok := r.moduleDir(module)
	if !ok {
		return ""
	}
	return path.Join(dir, inModule)
}

// moduleDir finds the directory of a module in the repository.
func (r *Resolver) moduleDir(module string) (dir string, ok bool) {
	if dir, ok := r.above()[module]; ok {
		return dir, true
	}
	if dir, ok := r.below()[module]; ok {
		return dir, true
	}
	return dirByName(module, r.repo)
}

// dirByName tells the directory of a module by its path alone, when that contains the name of the repository: what
// follows is the directory, but for a major version.
func dirByName(module, repo string) (dir string, ok bool) {
	if repo == "" {
		return "", false
	}
	elements, name := strings.Split(module, "/"), strings.Split(repo, "/")
	for len(elements) >= len(name) {
		if slices.EqualFunc(elements[:len(name)], name, strings.EqualFold) {
			return path.Join(cutMajorVersion(elements[len(name):])...), true
		}
		elements = elements[1:]
	}
	return "", false
}

// cutMajorVersion takes a last element such as v2 off.
func cutMajorVersion(elements []string) []string {
	if len(elements) == 0 {
		return nil
	}
	digits, ok := strings.CutPrefix(elements[len(elements)-1], "v")
	if !ok || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return elements
	}
	return elements[:len(elements)-1]
}

// isInModuleCache tells whether a path leads into a module cache, where every module is in a directory with its version.
func isInModuleCache(path string) bool {
	_, version, ok := strings.Cut(path, "@v")
	return ok && version != "" && '0' <= version[0] && version[0] <= '9'
}

// isInGoRoot tells whether a file is one of Go itself, by where this program's own copy of strings.Cut was compiled.
// In a trimmed program that is no absolute path, and none of the files of Go is.
func isInGoRoot(file string) bool {
	known := outermost(reflect.ValueOf(strings.Cut).Pointer()).File
	root, absolute := strings.CutSuffix(known, "src/strings/strings.go")
	return absolute && strings.HasPrefix(file, root)
}
