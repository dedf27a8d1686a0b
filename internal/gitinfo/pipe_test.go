//go:build unix

package gitinfo_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/gitinfo"
)

// Opening a pipe that nobody writes to waits forever, so the test would end by its timeout.
func TestNamedPipesAreNotOpened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"config", "HEAD", "packed-refs", "commondir"} {
		if err := syscall.Mkfifo(filepath.Join(dir, ".git", name), 0o644); err != nil {
			t.Skipf("no named pipes here: %v", err)
		}
	}
	if got, want := gitinfo.Detect(dir, environment{}.lookup), (gitinfo.Info{Root: dir}); got != want {
		t.Errorf("Detect = %+v, want %+v", got, want)
	}
}
