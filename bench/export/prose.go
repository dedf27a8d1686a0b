package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// prose makes text of paragraphs that people wrote: the comments of Go's standard library. Invented words compress otherwise.
type prose struct {
	paragraphs []string
	random     *rand.Rand
}

func readProse(ctx context.Context) (*prose, error) {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("find Go's standard library: %w", err)
	}
	p := &prose{random: rand.New(rand.NewPCG(1, 2))}
	src := filepath.Join(strings.TrimSpace(string(root)), "src")
	err = filepath.WalkDir(src, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "cmd" || entry.Name() == "vendor" || entry.Name() == "testdata"):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go"):
			return nil
		}
		source, err := os.ReadFile(path) //nolint:gosec // a file of Go's own
		if err != nil {
			return err
		}
		p.addComments(string(source))
		return nil
	})
	if err == nil && len(p.paragraphs) < 1000 {
		err = fmt.Errorf("only %d paragraphs in %s", len(p.paragraphs), src)
	}
	return p, err
}

func (p *prose) addComments(source string) {
	const long = 200
	var paragraph strings.Builder
	for line := range strings.Lines(source) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "// "); ok {
			paragraph.WriteString(text + "\n")
			continue
		}
		if text := paragraph.String(); len(text) > long && !strings.Contains(text, "Copyright") {
			p.paragraphs = append(p.paragraphs, text)
		}
		paragraph.Reset()
	}
}

// text is of about that many bytes, and never the same.
func (p *prose) text(size int) string {
	var text strings.Builder
	for text.Len() < size {
		text.WriteString(p.paragraphs[p.random.IntN(len(p.paragraphs))])
	}
	return strings.ToValidUTF8(text.String()[:size], "")
}

// image is that many bytes of base64, of what cannot be compressed.
func (p *prose) image(size int) string {
	data := make([]byte, base64.StdEncoding.DecodedLen(size))
	for i := range data {
		data[i] = byte(p.random.Uint32() & 0xff)
	}
	return base64.StdEncoding.EncodeToString(data)
}

func (p *prose) id(prefix string) string { return fmt.Sprintf("%s%016x", prefix, p.random.Uint64()) }

// between is a number from low up to high.
func (p *prose) between(low, high int) int { return low + p.random.IntN(high-low) }
