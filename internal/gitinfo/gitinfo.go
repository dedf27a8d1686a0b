// Package gitinfo finds out which repository and which commit a program runs from.
//
// It reads what CI puts into the environment, the files of .git, and what the Go linker knows. It never runs git or any
// other program, never reads the contents of the repository, and never returns a URL or a credential. What a user
// configured explicitly is not read here; [NormalizeRepo] is there to bring it into form.
package gitinfo

import (
	"path/filepath"
	"runtime/debug"
	"strings"
)

// Info is the git context of a process. Repo and Ref are found independently; each is "" when nothing tells it.
type Info struct {
	Repo string // owner/repo
	Ref  string // a commit, as lower-case hex digits, or what CI calls GITHUB_SHA
	Root string // the absolute directory that holds .git; "" outside a repository
}

// Detect finds the git context of a process that works in dir. Repo comes from GITHUB_REPOSITORY or the origin in
// .git/config, Ref from GITHUB_SHA, .git/HEAD or the VCS revision of the build, the first that has it. lookup has the
// form of [os.LookupEnv]; an empty variable counts as unset. With dir "" no files are read.
//
// It takes a few small file reads, all of them bounded, and fails silently: what cannot be read is not known.
func Detect(dir string, lookup func(string) (string, bool)) Info {
	return detect(dir, lookup, debug.ReadBuildInfo)
}

func detect(dir string, lookup func(string) (string, bool), readBuild func() (*debug.BuildInfo, bool)) Info {
	info := Info{Root: Root(dir)}
	if repo, _ := lookup("GITHUB_REPOSITORY"); repo != "" {
		info.Repo, _ = NormalizeRepo(repo)
	}
	info.Ref, _ = lookup("GITHUB_SHA")
	if info.Repo != "" && info.Ref != "" {
		return info
	}

	if files, ok := openGitDir(info.Root); ok {
		if info.Repo == "" {
			info.Repo, _ = RepoFromRemote(files.originURL())
		}
		if info.Ref == "" {
			info.Ref = files.headCommit()
		}
	}
	if info.Ref == "" {
		info.Ref = buildRevision(readBuild)
	}
	return info
}

// Root returns the nearest directory, from dir upwards, that holds a .git directory or, as worktrees and submodules
// do, a .git file. It is absolute; "" when there is none or dir is "". A dir below a symbolic link is first taken as it
// is written, then as it is on disk.
func Root(dir string) string {
	if dir == "" {
		return ""
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	if root := rootAbove(dir); root != "" {
		return root
	}
	onDisk, err := filepath.EvalSymlinks(dir)
	if err != nil || onDisk == dir {
		return ""
	}
	return rootAbove(onDisk)
}

func rootAbove(dir string) string {
	for {
		if exists(filepath.Join(dir, ".git")) {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// buildRevision is the commit that the go command stamped into the program, "" if it was built outside a repository.
func buildRevision(readBuild func() (*debug.BuildInfo, bool)) string {
	build, ok := readBuild()
	if !ok {
		return ""
	}
	for _, setting := range build.Settings {
		if setting.Key == "vcs.revision" {
			return strings.TrimSpace(setting.Value)
		}
	}
	return ""
}
