package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// usage is what this process has cost since its start.
type usage struct {
	cpu      time.Duration
	resident int64 // bytes in memory now
	peak     int64 // and at most, since restartUsage
}

// restartUsage is the usage so far; the peak is counted anew from here: proc(5), clear_refs.
func restartUsage() (usage, error) {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200); err != nil {
		return usage{}, fmt.Errorf("restart the count of memory: %w", err)
	}
	return ownUsage()
}

func ownUsage() (usage, error) {
	used := usage{cpu: ownCPU()}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return usage{}, err
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		into := map[string]*int64{"VmRSS": &used.resident, "VmHWM": &used.peak}[name]
		if into == nil {
			continue
		}
		kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
		if err != nil {
			return usage{}, fmt.Errorf("read %s: %w", name, err)
		}
		*into = kb << 10
	}
	return used, nil
}

func ownCPU() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// processor is the name of the machine's, and how busy it is.
func processor() string {
	name := "unknown processor"
	if data, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(data)) {
			if key, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(key) == "model name" {
				name = strings.TrimSpace(value)
				break
			}
		}
	}
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return name
	}
	before, _, _ := strings.Cut(string(load), " ")
	return fmt.Sprintf("%s, load %s before the run", name, before)
}
