package batch

import "io/fs"

// CgroupLimit opens the reading of control groups to tests, which have files of their own.
func CgroupLimit(root fs.FS) int64 { return cgroupLimit(root) }
