//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package spool

import (
	"errors"
	"fmt"
	"runtime"
)

// lock does not exist here: without one that ends with its process, two could send the same batches, or none would.
type lock struct{}

func tryLock(string) (*lock, error) {
	return nil, fmt.Errorf("file locks on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

func (*lock) release() {}
func (*lock) remove()  {}
