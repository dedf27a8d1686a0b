package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Owner is the process that owns a data folder. Its address and token are in the folder, readable by the same user, so
// that other processes of theirs can speak to it.
type Owner struct {
	Address string `json:"address"` // where it serves HTTP, with the scheme; empty where it serves nobody
	PID     int    `json:"pid"`
	Token   string `json:"token"` // good for everything while the process lives
}

// OwnedError says that another process owns the data folder.
type OwnedError struct {
	Folder string
	Owner  Owner // zero when it has not said who it is
}

// Error names the owner.
func (e *OwnedError) Error() string {
	switch {
	case e.Owner.Address != "":
		return fmt.Sprintf("the data folder %s is in use by the server at %s (process %d)", e.Folder, e.Owner.Address, e.Owner.PID)
	case e.Owner.PID != 0:
		return fmt.Sprintf("the data folder %s is in use by process %d", e.Folder, e.Owner.PID)
	}
	return fmt.Sprintf("the data folder %s is in use by another process", e.Folder)
}

const (
	lockName  = "lock"       // is never deleted: who holds it locked owns the folder
	ownerName = "owner.json" // beside it, since on Windows nobody can read a locked file
)

// FolderLock is held by the owner of a data folder. Release ends it; so does the end of the process.
type FolderLock struct {
	folder string
	lock   *flock.Flock
}

// Lock makes the calling process the owner of a data folder, which is made where it is not there. While another process
// owns it, the error is an *OwnedError.
func Lock(folder string, owner Owner) (*FolderLock, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	lock := flock.New(filepath.Join(folder, lockName), flock.SetPermissions(0o600))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the data folder %s: %w", folder, err)
	}
	if !locked {
		other, _ := readOwner(folder)
		return nil, &OwnedError{Folder: folder, Owner: other}
	}
	l := &FolderLock{folder: folder, lock: lock}
	if err := l.Announce(owner); err != nil {
		return nil, errors.Join(err, l.Release())
	}
	return l, nil
}

// Announce replaces what the folder says of its owner, as when its address is known.
func (l *FolderLock) Announce(owner Owner) error {
	text, err := json.Marshal(owner)
	if err != nil {
		return fmt.Errorf("announce the owner of the data folder: %w", err)
	}
	path := filepath.Join(l.folder, ownerName)
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return fmt.Errorf("announce the owner of the data folder: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil { // a reader sees the old or the new one
		return fmt.Errorf("announce the owner of the data folder: %w", err)
	}
	return nil
}

// Release gives the folder up.
func (l *FolderLock) Release() error {
	err := os.Remove(filepath.Join(l.folder, ownerName))
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, l.lock.Close())
}

// OwnerOf is the process that owns a data folder now, nil for none.
func OwnerOf(folder string) (*Owner, error) {
	if _, err := os.Stat(filepath.Join(folder, lockName)); errors.Is(err, os.ErrNotExist) {
		return nil, nil //nolint:nilnil // nobody owns a folder that is not there
	}
	lock := flock.New(filepath.Join(folder, lockName), flock.SetPermissions(0o600))
	locked, err := lock.TryRLock()
	if err != nil {
		return nil, fmt.Errorf("look at the lock of %s: %w", folder, err)
	}
	if locked {
		return nil, lock.Close()
	}
	owner, err := readOwner(folder)
	if err != nil {
		return nil, fmt.Errorf("read who owns %s: %w", folder, err)
	}
	return &owner, nil
}

func readOwner(folder string) (owner Owner, err error) {
	text, err := os.ReadFile(filepath.Join(folder, ownerName)) //nolint:gosec // the folder is the user's own choice
	if err != nil {
		return Owner{}, err
	}
	return owner, json.Unmarshal(text, &owner)
}
