//go:build !linux

package main

import (
	"errors"
	"fmt"
	"time"
)

var errNotLinux = fmt.Errorf("measuring another process: %w: the benchmark reads /proc, so it runs on Linux alone", errors.ErrUnsupported)

func usageOf(int) (usage, error)      { return usage{}, errNotLinux }
func diskBytes(string) (int64, error) { return 0, errNotLinux }
func ownCPU() time.Duration           { return 0 }
func machine() string                 { return "" }
