package spool_test

import (
	"os"
	"testing"
)

// TestMain is also the program that TestKilled… start and kill.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		runChild(dir, os.Getenv(childWork))
		return
	}
	m.Run()
}
