package main

import (
	"fmt"
	"strings"
)

// What ours may cost beside the stock exporter.
const (
	cpuLimit   = 0.25
	bytesLimit = 1.15
)

func table(figures []figure) string {
	var out strings.Builder
	out.WriteString("| spans | raw bytes | CPU, stock | CPU, ours | ratio (of the rounds) | bytes, stock | bytes, ours | ratio |\n")
	out.WriteString("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, f := range figures {
		fmt.Fprintf(&out, "| %s | %d | %d µs | %d µs | %.3f (%.3f–%.3f) | %d | %d | %.3f |\n", f.kind, f.raw,
			f.cpu[stock.name].Microseconds(), f.cpu[ours.name].Microseconds(), f.cpuRatio, f.ratioSpread[0], f.ratioSpread[1],
			f.bytes[stock.name], f.bytes[ours.name], f.bytesRatio)
	}
	return out.String()
}
