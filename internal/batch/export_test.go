package batch

import (
	"io/fs"
	"net/http"
	"time"
)

// CgroupLimit opens the reading of control groups to tests, which have files of their own.
func CgroupLimit(root fs.FS) int64 { return cgroupLimit(root) }

// RetryAfter opens the parser to its fuzz target.
func RetryAfter(header http.Header) time.Duration { return retryAfter(header) }
