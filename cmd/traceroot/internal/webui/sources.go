package webui

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// The third party's files keep that name: a folder called vendor would be left out of the module's archive.
//
//go:embed src third_party
var embedded embed.FS

// sources are the files that a bundle is made from.
type sources struct {
	fs.FS
	onDisk bool
}

func openSources(dev bool) (sources, error) {
	if !dev {
		return sources{embedded, false}, nil
	}
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return sources{}, errors.New("the sources of the pages are unknown: this program was built with -trimpath")
	}
	root := os.DirFS(filepath.Dir(file))
	if _, err := fs.Stat(root, entryPoint); err != nil {
		return sources{}, fmt.Errorf("the sources of the pages are not where this program was compiled: %w", err)
	}
	return sources{root, true}, nil
}

// state changes when a file on the disk does. What is compiled in has one state.
func (s sources) state() (string, error) {
	if !s.onDisk {
		return "embedded", nil
	}
	var state strings.Builder
	err := fs.WalkDir(s, "src", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&state, "%s %d %d\n", path, info.Size(), info.ModTime().UnixNano())
		return nil
	})
	return state.String(), err
}
