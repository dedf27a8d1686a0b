package parity_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// notChecked begins the message of a test that had to be skipped: it says what went unproven, for those who read lists.
const notChecked = "PARITY NOT CHECKED: "

// runPython runs the Python agent with these settings beside those of the process.
func runPython(t *testing.T, settings ...string) {
	t.Helper()
	interpreter := pythonWithRelease(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	agent := exec.CommandContext(ctx, interpreter, filepath.Join("testdata", "agent.py"))
	agent.Env = slices.Concat(os.Environ(), settings, []string{"NO_PROXY=*"})
	if output, err := agent.CombinedOutput(); err != nil {
		t.Fatalf("run agent.py: %v\n%s", err, output)
	}
}

// pythonWithRelease returns the interpreter of a virtual environment that holds what requirements.txt lists. It is made
// at first, in $TRACEROOT_PARITY_VENV or the user's cache directory, and then kept.
func pythonWithRelease(t *testing.T) string {
	t.Helper()
	system, err := exec.LookPath("python3")
	if err != nil {
		t.Skip(notChecked + "no python3 on this machine")
	}
	version, err := exec.CommandContext(t.Context(), system, "-c",
		"import sys; assert sys.version_info >= (3, 11), 'older than 3.11'; print(sys.version)").CombinedOutput()
	if err != nil {
		t.Skipf("%sPython 3.11 or newer is needed: %v\n%s", notChecked, err, version)
	}
	requirements := filepath.Join("testdata", "requirements.txt")
	environment := environmentDir(t, requirements, version)
	interpreter := filepath.Join(environment, "bin", "python")
	if _, err := os.Stat(filepath.Join(environment, "complete")); err == nil {
		return interpreter
	}
	for _, command := range [][]string{
		{system, "-m", "venv", "--clear", environment},
		{interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		output, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput()
		cancel()
		if err != nil {
			t.Skipf("%s%s: %v\n%s", notChecked, strings.Join(command, " "), err, output)
		}
	}
	if err := os.WriteFile(filepath.Join(environment, "complete"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return interpreter
}

// environmentDir is another directory for other requirements, and for another Python.
func environmentDir(t *testing.T, requirements string, version []byte) string {
	t.Helper()
	if dir := os.Getenv("TRACEROOT_PARITY_VENV"); dir != "" {
		return dir
	}
	wanted, err := os.ReadFile(requirements)
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip(notChecked+"no place for a virtual environment: ", err)
	}
	sum := sha256.Sum256(slices.Concat(wanted, version))
	return filepath.Join(cache, "traceroot-go", "parity-"+hex.EncodeToString(sum[:6]))
}
