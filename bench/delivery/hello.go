package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// programSize is what a hello-world program weighs.
type programSize struct {
	whole, stripped int64 // bytes of the binary, and of one linked with -s -w
	grpc            int   // packages of gRPC in it
}

// measurePrograms builds a program with nothing, with this SDK and with the stock exporter.
func measurePrograms(ctx context.Context) (map[side]programSize, error) {
	folder, err := os.MkdirTemp("", "traceroot-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	sizes := make(map[side]programSize)
	for side, name := range map[side]string{nobody: "none", ours: "traceroot", stock: "stock"} {
		if sizes[side], err = measureProgram(ctx, folder, "github.com/traceroot-ai/traceroot-go/bench/delivery/hello/"+name); err != nil {
			return nil, err
		}
	}
	return sizes, nil
}

func measureProgram(ctx context.Context, folder, pkg string) (size programSize, err error) {
	if size.whole, err = build(ctx, folder, pkg); err != nil {
		return size, err
	}
	if size.stripped, err = build(ctx, folder, pkg, "-ldflags=-s -w"); err != nil {
		return size, err
	}
	list, err := exec.CommandContext(ctx, "go", "list", "-deps", pkg).Output() //nolint:gosec // packages that this program names
	if err != nil {
		return size, fmt.Errorf("list dependencies of %s: %w", pkg, err)
	}
	for dependency := range strings.Lines(string(list)) {
		if strings.HasPrefix(dependency, "google.golang.org/grpc") {
			size.grpc++
		}
	}
	return size, nil
}

// build returns the bytes of a package's binary.
func build(ctx context.Context, folder, pkg string, flags ...string) (int64, error) {
	binary := filepath.Join(folder, "hello")
	command := exec.CommandContext(ctx, "go", append(append([]string{"build", "-trimpath", "-o", binary}, flags...), pkg)...) //nolint:gosec // as above
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := command.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build %s: %w\n%s", pkg, err, said)
	}
	info, err := os.Stat(binary)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
