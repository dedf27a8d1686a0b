package source

import "runtime/debug"

// NewResolverIn is NewResolver for a program that was built with that information, nil for none, and works in workDir.
func NewResolverIn(root, repo, workDir string, build *debug.BuildInfo) *Resolver {
	return newResolver(root, repo, workDir, func() (*debug.BuildInfo, bool) { return build, build != nil })
}

// IsMachinery tells which functions are never the program's own, by their names.
var IsMachinery = isMachinery

// ModulesAbove and ModulesBelow search a repository for go.mod files.
var (
	ModulesAbove = modulesAbove
	ModulesBelow = modulesBelow
)
