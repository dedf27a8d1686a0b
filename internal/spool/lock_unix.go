//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package spool

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// lock is an flock. It belongs to the open file, so that a process can't take it twice, and ends with the process.
type lock struct{ file *os.File }

func tryLock(path string) (*lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // G304: a name of our own
	if err != nil {
		return nil, err
	}
	if err := flock(f); err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	return &lock{f}, nil
}

func flock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errTaken
	}
	if err != nil {
		return &fs.PathError{Op: "flock", Path: f.Name(), Err: err}
	}
	// Its owner may have removed the file after we opened it: then the lock keeps nobody out.
	ours, err := f.Stat()
	if err != nil {
		return err
	}
	if named, err := os.Lstat(f.Name()); err != nil || !os.SameFile(ours, named) {
		return errTaken
	}
	return nil
}

// release unlocks explicitly: a child that this process is just starting shares the open file until it runs its program.
func (l *lock) release() {
	_ = syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN)
	_ = l.file.Close()
}

// remove removes the file while it is locked: a moment later it could be another's.
func (l *lock) remove() {
	_ = os.Remove(l.file.Name())
	l.release()
}
