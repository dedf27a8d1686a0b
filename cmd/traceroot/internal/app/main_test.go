package app_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails when a command leaves a goroutine behind. As the program of a user it runs no test.
func TestMain(m *testing.M) {
	if what := os.Getenv(asProgram); what != "" {
		os.Exit(program(what)) //nolint:forbidigo // it is a main function
	}
	goleak.VerifyTestMain(m)
}
