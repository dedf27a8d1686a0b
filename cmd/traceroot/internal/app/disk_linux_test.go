package app_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestFullDisk runs a server on a disk of a few megabytes, in a namespace of its own.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	mount := []string{"unshare", "--map-root-user", "--mount", "sh", "-c", `mount -t tmpfs -o size=6m tmpfs "$0" && exec "$@"`, folder}
	if err := exec.CommandContext(t.Context(), mount[0], append(mount[1:], "true")...).Run(); err != nil {
		t.Skipf("this system lets nobody mount a small disk: %v", err)
	}
	running, err := startProcess(filepath.Join(folder, "data"), mount...)
	if err != nil {
		t.Fatal(err)
	}
	defer running.kill()
	ballast := filepath.Join(fmt.Sprintf("/proc/%d/root", running.cmd.Process.Pid), folder, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 4<<20), 0o600); err != nil {
		t.Skipf("this system lets nobody see that disk: %v", err)
	}
	client := &http.Client{Transport: new(http.Transport), Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	var acked []spanKey
	s := sender{}
	send := func() (status int, answer []byte) {
		body, spans := s.next()
		status, answer, err := ask(t.Context(), client, http.MethodPost, running.url+"/v1/traces", body)
		if err != nil {
			t.Fatal(err)
		}
		if status == http.StatusOK {
			acked = append(acked, spans...)
			s.batch++
		}
		return status, answer
	}
	there := func(when string) {
		t.Helper()
		found := exported(t, client, running.url)
		for _, span := range acked {
			if found[span] != 1 {
				t.Errorf("%s: span %v was acknowledged and is there %d times", when, span, found[span])
			}
		}
		if len(found) != len(acked) {
			t.Errorf("%s: %d spans are there, want the %d that were acknowledged", when, len(found), len(acked))
		}
	}
	status, answer := http.StatusOK, []byte(nil)
	for status == http.StatusOK {
		status, answer = send()
	}
	if status != http.StatusServiceUnavailable || len(acked) == 0 {
		t.Fatalf("on a full disk %d %s after %d spans, want 503", status, answer, len(acked))
	}
	there("on a full disk")
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if status, answer := send(); status != http.StatusOK {
		t.Errorf("when there is room: %d %s", status, answer)
	}
	there("when there is room")
	running.stop(t)
}
