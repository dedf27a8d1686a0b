package gitinfo

import "runtime/debug"

// DetectInBuild is Detect in a program that was built with that information; nil for none.
func DetectInBuild(dir string, lookup func(string) (string, bool), build *debug.BuildInfo) Info {
	return detect(dir, lookup, func() (*debug.BuildInfo, bool) { return build, build != nil })
}
