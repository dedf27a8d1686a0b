package batch

import (
	"io/fs"
	"math"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

const (
	maxDefaultQueueBytes = 256 << 20

	// queueShare is the part of the program's memory that its queue may take by default: one eighth.
	queueShare = 8
)

// DefaultQueueBytes is 256 MiB, but at most an eighth of the memory that the program may use, by GOMEMLIMIT or by its
// control group.
func DefaultQueueBytes() int {
	limit := min(debug.SetMemoryLimit(-1), cgroupLimit(os.DirFS("/"))) // a negative limit only reads the one that is set
	return int(min(limit/queueShare, maxDefaultQueueBytes))
}

// cgroupLimit returns the smallest memory limit of the process's control group and those above it, as the files below root
// tell; without any it is math.MaxInt64.
func cgroupLimit(root fs.FS) int64 {
	limit := int64(math.MaxInt64)
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return limit
	}
	for line := range strings.Lines(string(groups)) {
		// hierarchy:controllers:path, and no controllers in version 2.
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, _ := strings.Cut(rest, ":")
		switch controllers {
		case "":
			limit = min(limit, lowestLimit(root, "sys/fs/cgroup", group, "memory.max"))
		case "memory":
			limit = min(limit, lowestLimit(root, "sys/fs/cgroup/memory", group, "memory.limit_in_bytes"))
		}
	}
	return limit
}

// lowestLimit reads a limit file in the directory of group and in each above it up to mount. In a container the group's path
// may be the host's and lead nowhere here; then the mount itself has the container's limit.
func lowestLimit(root fs.FS, mount, group, file string) int64 {
	limit := int64(math.MaxInt64)
	for dir := path.Clean("/" + group); ; dir = path.Dir(dir) {
		if text, err := fs.ReadFile(root, path.Join(mount, dir, file)); err == nil {
			// "max" is no number, and no limit.
			if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 {
				limit = min(limit, n)
			}
		}
		if dir == "/" {
			return limit
		}
	}
}
