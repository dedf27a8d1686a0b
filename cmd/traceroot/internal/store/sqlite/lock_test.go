package sqlite_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
)

func TestLock(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if owner, err := sqlite.OwnerOf(folder); owner != nil || err != nil {
		t.Errorf("an empty folder is owned by %v, %v", owner, err)
	}
	first := sqlite.Owner{Address: "http://127.0.0.1:4318", PID: 7, Token: "secret"}
	lock, err := sqlite.Lock(folder, first)
	if err != nil {
		t.Fatal(err)
	}
	_, err = sqlite.Lock(folder, sqlite.Owner{PID: 8})
	owned, ok := errors.AsType[*sqlite.OwnedError](err)
	if !ok || owned.Owner != first || !strings.Contains(err.Error(), first.Address) || strings.Contains(err.Error(), "secret") {
		t.Errorf("a second owner gets %v", err)
	}
	if owner, err := sqlite.OwnerOf(folder); err != nil || owner == nil || *owner != first {
		t.Errorf("OwnerOf = %v, %v", owner, err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := sqlite.Lock(folder, sqlite.Owner{PID: 8})
	if err != nil {
		t.Fatalf("after a release: %v", err)
	}
	if err := again.Release(); err != nil {
		t.Fatal(err)
	}
}
