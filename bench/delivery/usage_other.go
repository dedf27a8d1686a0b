//go:build !linux

package main

import (
	"errors"
	"fmt"
	"time"
)

type usage struct {
	cpu      time.Duration
	resident int64
	peak     int64
}

var errNotLinux = fmt.Errorf("measuring memory: %w: the benchmark reads /proc, so it runs on Linux alone", errors.ErrUnsupported)

func restartUsage() (usage, error) { return usage{}, errNotLinux }
func ownUsage() (usage, error)     { return usage{}, errNotLinux }
func ownCPU() time.Duration        { return 0 }
func processor() string            { return "" }
