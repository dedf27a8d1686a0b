package spool

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// sharingViolation is ERROR_SHARING_VIOLATION, which package syscall does not name.
const sharingViolation = syscall.Errno(32)

// lock is a file that is open and not shared. It ends with the process.
type lock struct {
	path   string
	handle syscall.Handle
}

func tryLock(path string) (*lock, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, &fs.PathError{Op: "lock", Path: path, Err: err}
	}
	const notShared = 0
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, notShared, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL|syscall.FILE_FLAG_OPEN_REPARSE_POINT, 0)
	if errors.Is(err, sharingViolation) {
		return nil, errTaken
	}
	if err != nil {
		return nil, &fs.PathError{Op: "lock", Path: path, Err: err}
	}
	return &lock{path, h}, nil
}

func (l *lock) release() { _ = syscall.CloseHandle(l.handle) }

// remove removes the file after the release, since an open file can't be; that fails when another has taken it by then.
func (l *lock) remove() {
	l.release()
	_ = os.Remove(l.path)
}
