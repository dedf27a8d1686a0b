package spool

import "os"

// TryLock takes the lock file at path; ok is false when it is taken. The file is removed with the lock.
func TryLock(path string) (remove func(), ok bool) {
	l, err := tryLock(path)
	if err != nil {
		return nil, false
	}
	return l.remove, true
}

// Disk lets a test stand in for a full or broken disk; a nil field leaves the real thing in place.
type Disk struct {
	Write    func(f *os.File, b []byte, offset int64) (int, error)
	Sync     func(f *os.File) error
	Truncate func(path string, size int64) error
}

// SetDisk replaces the disk of a spool; the zero Disk is the real one.
func (s *Spool) SetDisk(d Disk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.disk = realDisk
	if d.Write != nil {
		s.disk.write = d.Write
	}
	if d.Sync != nil {
		s.disk.sync = d.Sync
	}
	if d.Truncate != nil {
		s.disk.truncate = d.Truncate
	}
}
