package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// tick is the unit of times in /proc/PID/stat on every platform that Go runs on.
const tick = 10 * time.Millisecond

// usageOf reads what a process has cost: proc(5).
func usageOf(pid int) (usage, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return usage{}, err
	}
	// The name, in parentheses, may have spaces in it; state follows, then numbers.
	_, numbers, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(numbers)
	const user, system = 11, 12
	if len(fields) <= system {
		return usage{}, fmt.Errorf("read costs of process %d: it has ended", pid)
	}
	inUser, err1 := strconv.ParseInt(fields[user], 10, 64)
	inSystem, err2 := strconv.ParseInt(fields[system], 10, 64)
	if err := errors.Join(err1, err2); err != nil {
		return usage{}, fmt.Errorf("read costs of process %d: %w", pid, err)
	}
	used := usage{cpu: time.Duration(inUser+inSystem) * tick}
	for file, lines := range map[string]map[string]*int64{
		"status": {"VmRSS:": &used.rss, "VmHWM:": &used.peak},
		"io":     {"rchar:": &used.reads},
	} {
		if err := readLines(fmt.Sprintf("/proc/%d/%s", pid, file), lines); err != nil {
			return usage{}, err
		}
	}
	return used, nil
}

// readLines reads those lines of a file in /proc that begin so. A line may end in its unit.
func readLines(path string, into map[string]*int64) error {
	data, err := os.ReadFile(path) //nolint:gosec // below /proc
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || into[fields[0]] == nil {
			continue
		}
		n, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		if len(fields) > 2 && fields[2] == "kB" {
			n <<= 10
		}
		*into[fields[0]] = n
	}
	return nil
}

// diskBytes is what a folder takes on disk; a hole in a file takes nothing.
func diskBytes(folder string) (int64, error) {
	const block = 512
	var total int64
	err := filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return errors.ErrUnsupported
		}
		total += stat.Blocks * block
		return nil
	})
	return total, err
}

// ownCPU is what this process has used itself.
func ownCPU() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// machine says where the figures come from.
func machine() string {
	var cpu string
	if data, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(data)) {
			if name, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == "model name" {
				cpu = strings.TrimSpace(value)
				break
			}
		}
	}
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return cpu
	}
	before, _, _ := strings.Cut(string(load), " ")
	return fmt.Sprintf("%s, load %s before the run", cpu, before)
}
