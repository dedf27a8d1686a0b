package main

import (
	"fmt"
	"strings"
	"time"
)

func table(figures []figure) string {
	var out strings.Builder
	out.WriteString("| call | ours | other | ratio | at most | allocations, ours | other |\n")
	out.WriteString("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, f := range figures {
		fmt.Fprintf(&out, "| %s | %s | %s | %.2f | %s | %s | %s |\n", f.what, f.time(f.ours), f.time(f.stock), f.ratio, f.most(),
			f.count(0), f.count(1))
	}
	return out.String()
}

func (f figure) time(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f µs", float64(d.Nanoseconds())/1000)
}

func (f figure) most() string {
	if f.limit == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", f.limit)
}

func (f figure) count(side int) string {
	if f.ours == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f", f.allocations[side])
}
