package app

import (
	"os"
	"path/filepath"
	"runtime"
)

// dataFolder is where a server keeps its data unless it is told otherwise: where the system has applications keep theirs.
// It is empty where there is no such place.
func dataFolder(getenv func(string) string) string {
	if folder := getenv("TRACEROOT_SERVER_DATA"); folder != "" {
		return folder
	}
	base := getenv("XDG_DATA_HOME")
	switch {
	case runtime.GOOS == "windows":
		base = getenv("LocalAppData")
	case filepath.IsAbs(base):
	default:
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		base = filepath.Join(home, ".local", "share")
		if runtime.GOOS == "darwin" {
			base = filepath.Join(home, "Library", "Application Support")
		}
	}
	if base == "" {
		return ""
	}
	return filepath.Join(base, "traceroot")
}
