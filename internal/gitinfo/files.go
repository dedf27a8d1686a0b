package gitinfo

import (
	"bufio"
	"io"
	"iter"
	"os"
	"strings"
)

const (
	maxSmallFile  = 4 << 10  // far above any HEAD, ref or .git file
	maxConfig     = 1 << 20  // far above any .git/config
	maxPackedRefs = 16 << 20 // some 200 000 refs
	maxLine       = 64 << 10
)

func exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && (info.IsDir() || info.Mode().IsRegular())
}

// isRegular keeps us away from named pipes, on which opening a file would wait forever.
func isRegular(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// readSmall returns the contents of a file that is known to be short; "" when there is none, or a longer one.
func readSmall(path string) string {
	file, ok := open(path)
	if !ok {
		return ""
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxSmallFile+1))
	if err != nil || len(content) > maxSmallFile {
		return ""
	}
	return string(content)
}

// lines yields the lines of a file without their ends. It stops after limit bytes and at a line that is too long.
func lines(path string, limit int64) iter.Seq[string] {
	return func(yield func(string) bool) {
		file, ok := open(path)
		if !ok {
			return
		}
		defer file.Close()
		scanner := bufio.NewScanner(io.LimitReader(file, limit))
		scanner.Buffer(nil, maxLine)
		for scanner.Scan() {
			if !yield(strings.TrimSuffix(scanner.Text(), "\r")) {
				return
			}
		}
	}
}

func open(path string) (*os.File, bool) {
	if !isRegular(path) {
		return nil, false
	}
	file, err := os.Open(path) //nolint:gosec // G304: the paths are those of the .git above the working directory.
	return file, err == nil
}
