package batch_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain fails the run when a goroutine of this package outlives the tests.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && !ends("traceroot-go/internal/batch") {
		fmt.Fprintln(os.Stderr, "goroutines are left after all tests:\n"+stacks())
		code = 1
	}
	os.Exit(code) //nolint:forbidigo // A failure found after all tests has no other way out.
}

// ends waits, since goroutines of net/http end some moments after their connection is closed.
func ends(part string) bool {
	for range 200 {
		if goroutines(part) == 0 {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

// goroutines counts the goroutines other than the caller's whose stack mentions part.
func goroutines(part string) int {
	n := 0
	for i, stack := range strings.Split(stacks(), "\n\n") {
		if i > 0 && strings.Contains(stack, part) {
			n++
		}
	}
	return n
}

func stacks() string {
	buffer := make([]byte, 1<<20)
	return string(buffer[:runtime.Stack(buffer, true)])
}
