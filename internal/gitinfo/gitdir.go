package gitinfo

import (
	"path/filepath"
	"strings"
)

// gitDir is where git keeps the files of one checkout. In a plain clone and in a submodule own and common are the same
// directory; a worktree has its own HEAD and shares everything else.
type gitDir struct {
	own    string
	common string
}

// openGitDir finds the git directory of the checkout at root.
func openGitDir(root string) (gitDir, bool) {
	if root == "" {
		return gitDir{}, false
	}
	own := filepath.Join(root, ".git")
	if isRegular(own) {
		target, ok := strings.CutPrefix(readSmall(own), "gitdir:")
		if !ok {
			return gitDir{}, false
		}
		own = resolve(root, strings.TrimSpace(target))
	}
	files := gitDir{own: own, common: own}
	if common := strings.TrimSpace(readSmall(filepath.Join(own, "commondir"))); common != "" {
		files.common = resolve(own, common)
	}
	return files, true
}

// resolve reads path as git does in a file of dir: relative paths start there.
func resolve(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
