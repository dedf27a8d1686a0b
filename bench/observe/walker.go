package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// measureWalker runs the benchmark of the capture walker, which is internal to the SDK and so stands beside it. Its limits
// are held by a test there.
func measureWalker(ctx context.Context) ([]figure, error) {
	const room = "github.com/traceroot-ai/traceroot-go/internal/capture"
	out, err := exec.CommandContext(ctx, "go", "test", "-run=^$", "-bench=^BenchmarkBesideEncodingJSON$", "-benchtime=3x", room).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("benchmark of the capture walker: %w\n%s", err, out)
	}
	var figures []figure
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		if f, ok := walkerFigure(lines.Text()); ok {
			figures = append(figures, f)
		}
	}
	return figures, nil
}

// walkerFigure reads a line of the benchmark's output, such as
//
//	BenchmarkBesideEncodingJSON/4KB_request_of_types-2  3  0.42 ×json  0.35 limit
func walkerFigure(line string) (f figure, ok bool) {
	name, rest, ok := strings.Cut(line, " ")
	name, isOurs := strings.CutPrefix(name, "BenchmarkBesideEncodingJSON/")
	if !ok || !isOurs {
		return figure{}, false
	}
	name, _, _ = strings.Cut(name, "-")
	f.what = "capture walker, " + strings.ReplaceAll(name, "_", " ") + ", beside encoding/json"
	fields := strings.Fields(rest)
	for i := 1; i < len(fields); i++ {
		value, err := strconv.ParseFloat(fields[i-1], 64)
		switch {
		case err != nil:
		case fields[i] == "×json":
			f.ratio = value
		case fields[i] == "limit":
			f.limit = value
		}
	}
	return f, f.ratio > 0
}
