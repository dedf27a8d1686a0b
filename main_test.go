package traceroot_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain fails the package when a goroutine of the SDK is left after the tests, as net/http does.
func TestMain(m *testing.M) {
	code := m.Run()
	if left := leakedGoroutines(); code == 0 && left != "" {
		fmt.Fprintf(os.Stderr, "goroutines left behind:\n%s\n", left)
		code = 1
	}
	os.Exit(code) //nolint:forbidigo // this is the test binary's main
}

// leakedGoroutines waits a moment for goroutines that are about to end, and returns the stacks of the others.
func leakedGoroutines() string {
	var left []string
	for range 50 {
		left = left[:0]
		for _, stack := range goroutineStacks() {
			if strings.Contains(stack, "traceroot-go/internal/") || strings.Contains(stack, "traceroot.relay") ||
				strings.Contains(stack, "traceroot.(*liveFeed)") {
				left = append(left, stack)
			}
		}
		if len(left) == 0 {
			return ""
		}
		<-time.After(20 * time.Millisecond)
	}
	return strings.Join(left, "\n\n")
}

func goroutineStacks() []string {
	buf := make([]byte, 8<<20)
	return strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")
}
