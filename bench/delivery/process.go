package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// runJob runs a program that does the job. It calls begin when the program is about to start working.
func runJob(ctx context.Context, j job, begin func()) (outcome, error) {
	self, err := os.Executable()
	if err != nil {
		return outcome{}, err
	}
	given, err := json.Marshal(j)
	if err != nil {
		return outcome{}, err
	}
	program := exec.CommandContext(ctx, self) //nolint:gosec // this program
	// Nothing else: what is set for whoever measures must not configure what is measured.
	program.Env = []string{jobVariable + "=" + string(given), "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir()}
	var said bytes.Buffer
	program.Stderr = &said
	stdin, err := program.StdinPipe()
	if err != nil {
		return outcome{}, err
	}
	stdout, err := program.StdoutPipe()
	if err != nil {
		return outcome{}, err
	}
	if err := program.Start(); err != nil {
		return outcome{}, err
	}
	result, talked := talk(stdin, bufio.NewReader(stdout), begin)
	if err := program.Wait(); err != nil {
		return outcome{}, fmt.Errorf("program under load: %w\n%s", err, said.Bytes())
	}
	return result, talked
}

func talk(stdin io.Writer, stdout *bufio.Reader, begin func()) (result outcome, err error) {
	if _, err := stdout.ReadString('\n'); err != nil {
		return result, fmt.Errorf("program under load was not ready: %w", err)
	}
	begin()
	if _, err := io.WriteString(stdin, "go\n"); err != nil {
		return result, err
	}
	if err := json.NewDecoder(stdout).Decode(&result); err != nil {
		return result, fmt.Errorf("program under load said nothing: %w", err)
	}
	return result, nil
}
