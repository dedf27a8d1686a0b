package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

const (
	lockName = "lock"

	// maxPlaces bounds the search for a free one.
	maxPlaces = 1 << 10
)

// errTaken is the answer of tryLock when another process, or this one, holds the lock.
var errTaken = errors.New("taken by another process")

// place is a folder that belongs to one process as long as that holds the lock in it.
type place struct {
	path string
	lock *lock
}

// claim takes the first free place below home, and makes it if need be.
func claim(home string) (*place, error) {
	for n := range maxPlaces {
		// Each time, since another process that leaves may remove it again.
		if err := os.MkdirAll(home, 0o700); err != nil {
			return nil, err
		}
		p, err := enter(filepath.Join(home, strconv.Itoa(n)))
		if errors.Is(err, errTaken) {
			continue
		}
		if err != nil {
			return nil, err
		}
		// A machine that loses power must not lose the folders around what is synced.
		if err := errors.Join(syncDir(home), syncDir(filepath.Dir(home))); err != nil {
			p.leave()
			return nil, err
		}
		return p, nil
	}
	return nil, fmt.Errorf("%s: all %d places are taken", home, maxPlaces)
}

// enter locks the place at path. Whatever else is in the way there counts as taken, too, as does a place whose owner is just
// removing it.
func enter(path string) (*place, error) {
	err := os.Mkdir(path, 0o700)
	if err != nil && !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if info, err := os.Lstat(path); err != nil || !info.IsDir() {
		return nil, errTaken
	}
	name := filepath.Join(path, lockName)
	if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return nil, errTaken
	}
	l, err := tryLock(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil, errTaken
	}
	if err != nil {
		return nil, err
	}
	return &place{path: path, lock: l}, nil
}

// leave gives the place up, and removes it when it is empty.
func (p *place) leave() {
	if len(p.names()) > 0 {
		p.lock.release()
		return
	}
	p.lock.remove()
	// Either fails when somebody has come in the meantime, or when files of others are there.
	_ = os.Remove(p.path)
	_ = os.Remove(filepath.Dir(p.path))
}

// names lists the segments; folders, symbolic links and files of other names are not ours.
func (p *place) names() (names []string) {
	entries, _ := os.ReadDir(p.path) // sorted; what could be read before an error counts
	for _, e := range entries {
		if _, ok := segmentID(e.Name()); ok && e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	return names
}

// adopt moves the segments of all places here whose processes died. What cannot be moved stays for the next process.
func (p *place) adopt() {
	home := filepath.Dir(p.path)
	moved := false
	entries, _ := os.ReadDir(home)
	for _, e := range entries {
		_, err := strconv.ParseUint(e.Name(), 10, 32)
		if err != nil || !e.IsDir() || e.Name() == filepath.Base(p.path) {
			continue
		}
		dead, err := enter(filepath.Join(home, e.Name()))
		if err != nil {
			continue
		}
		for _, name := range dead.names() {
			err := os.Rename(filepath.Join(dead.path, name), filepath.Join(p.path, p.freeName(name)))
			moved = moved || err == nil
		}
		dead.leave()
	}
	if moved {
		_ = syncDir(p.path) // otherwise a machine that loses power may find the files in either place
	}
}

// freeName returns name, or the next one that nobody has here: a rename would replace the file.
func (p *place) freeName(name string) string {
	for {
		if _, err := os.Lstat(filepath.Join(p.path, name)); err != nil {
			return name
		}
		id, _ := segmentID(name)
		name = segmentName(id + 1)
	}
}

// syncDir makes the names in a folder durable, where the system can.
func syncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil // has no such thing: it journals names by itself
	}
	d, err := os.Open(path) //nolint:gosec // G304: a name of our own
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }() // it was only read
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}
