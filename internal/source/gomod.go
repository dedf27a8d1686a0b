package source

import (
	"bufio"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// modulesAbove finds the modules of the go.mod files from dir up to the root of the repository, and maps their paths to
// their directories. The nearest one of a path counts.
func modulesAbove(repository fs.FS, dir string) map[string]string {
	found := make(map[string]string)
	for {
		addModule(found, repository, dir)
		parent := path.Dir(dir)
		if parent == dir {
			return found
		}
		dir = parent
	}
}

// modulesBelow does the same for the whole repository, those near the root first. It looks into no more directories than
// can be read without anybody noticing.
func modulesBelow(repository fs.FS) map[string]string {
	const maxDirs = 2000
	found := make(map[string]string)
	dirs := []string{"."}
	for i := 0; i < len(dirs) && i < maxDirs; i++ {
		addModule(found, repository, dirs[i])
		if len(dirs) < maxDirs {
			dirs = append(dirs, subdirectories(repository, dirs[i])...)
		}
	}
	return found
}

// addModule notes the module whose root is dir.
func addModule(found map[string]string, repository fs.FS, dir string) {
	module := modulePath(repository, path.Join(dir, "go.mod"))
	if _, known := found[module]; module != "" && !known {
		found[module] = dir
	}
}

// subdirectories lists the directories in dir that the go command looks for packages in.
func subdirectories(repository fs.FS, dir string) []string {
	const maxEntries = 5000 // a directory with more of them holds data
	file, err := repository.Open(dir)
	if err != nil {
		return nil
	}
	defer file.Close()
	list, ok := file.(fs.ReadDirFile)
	if !ok {
		return nil
	}
	entries, _ := list.ReadDir(maxEntries) // after an error, what was read before it
	var dirs []string
	for _, entry := range entries {
		if entry.IsDir() && !isIgnored(entry.Name()) {
			dirs = append(dirs, path.Join(dir, entry.Name()))
		}
	}
	slices.Sort(dirs)
	return dirs
}

func isIgnored(dir string) bool {
	return strings.HasPrefix(dir, ".") || strings.HasPrefix(dir, "_") ||
		dir == "vendor" || dir == "testdata" || dir == "node_modules"
}

// modulePath returns the path that a go.mod file declares, "" when there is no such file.
func modulePath(repository fs.FS, goMod string) string {
	const maxSize = 64 << 10
	info, err := fs.Stat(repository, goMod)
	if err != nil || !info.Mode().IsRegular() {
		return "" // opening a named pipe would wait forever
	}
	file, err := repository.Open(goMod)
	if err != nil {
		return ""
	}
	defer file.Close()
	for scanner := bufio.NewScanner(io.LimitReader(file, maxSize)); scanner.Scan(); {
		line, _, _ := strings.Cut(scanner.Text(), "//")
		words := strings.Fields(line)
		if len(words) != 2 || words[0] != "module" {
			continue
		}
		if unquoted, err := strconv.Unquote(words[1]); err == nil {
			return unquoted
		}
		return words[1]
	}
	return ""
}
