// Command shots takes the pictures of the pages that the documentation shows: every screen, dark and light, on a desk and
// on a phone, of what the demo plays at its real pace. It needs Chromium, and a minute and a half.
//
//	go run ./cmd/traceroot/internal/webui/shots
//
// It judges nothing: whether the pages are right is for package webtest.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	docs := flag.String("docs", "docs", "`folder` of the documentation, whose pictures are replaced")
	pace := flag.Float64("pace", 1, "how slowly the demo plays: 1 is as in life")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *docs, *pace)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "shots:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, docs string, pace float64) (err error) {
	for _, folder := range []string{"ui", "images"} {
		if err := os.MkdirAll(filepath.Join(docs, folder), 0o750); err != nil {
			return err
		}
	}
	subject, err := play(ctx, pace)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, subject.close(context.WithoutCancel(ctx))) }()
	camera, err := openCamera(ctx, subject.url)
	if err != nil {
		return err
	}
	defer camera.close()
	good, err := subject.good(ctx)
	if err != nil {
		return err
	}
	for _, shot := range shotsOf(subject.failed, good) {
		if err := camera.take(shot, filepath.Join(docs, "ui", shot.file())); err != nil {
			return fmt.Errorf("%s: %w", shot.file(), err)
		}
	}
	return camera.take(shotOfReadme(subject.failed), filepath.Join(docs, "images", "trace.png"))
}
