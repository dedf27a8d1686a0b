package app

import (
	"fmt"
	"strconv"
	"strings"
)

// size is a flag for a number of bytes, with a unit or without: 500MB, 10GiB, 1048576.
type size int64

func newSize(at *int64, standard int64) *size {
	*at = standard
	return (*size)(at)
}

var units = []struct {
	suffix string
	bytes  int64
}{
	{"KiB", 1 << 10},
	{"MiB", 1 << 20},
	{"GiB", 1 << 30},
	{"TiB", 1 << 40},
	{"kB", 1e3},
	{"KB", 1e3},
	{"MB", 1e6},
	{"GB", 1e9},
	{"TB", 1e12},
	{"B", 1},
}

// String implements pflag.Value. Of the units that say it exactly, the one that says it shortest is taken.
func (s *size) String() string {
	if *s == 0 {
		return ""
	}
	shortest := strconv.FormatInt(int64(*s), 10)
	for _, unit := range units {
		if n := int64(*s) / unit.bytes; n*unit.bytes == int64(*s) {
			if text := strconv.FormatInt(n, 10) + unit.suffix; len(text) < len(shortest) {
				shortest = text
			}
		}
	}
	return shortest
}

// Type implements pflag.Value.
func (*size) Type() string { return "size" }

// Set implements pflag.Value.
func (s *size) Set(text string) error {
	number, unit := text, int64(1)
	for _, u := range units {
		if before, found := strings.CutSuffix(text, u.suffix); found {
			number, unit = before, u.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	const most = 1 << 60
	if err != nil || !(n >= 0 && n*float64(unit) <= most) { // NaN is no size either
		return fmt.Errorf("%q is no size: write it as 500MB or 10GiB", text)
	}
	*s = size(n * float64(unit))
	return nil
}
