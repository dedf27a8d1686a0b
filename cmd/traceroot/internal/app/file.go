package app

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// writeFile makes a file of what write writes, whole or not at all. A name that ends in .gz is compressed. A file that is
// there stays, unless replace.
func writeFile(name string, replace bool, write func(io.Writer) error) (err error) {
	if _, err := os.Stat(name); !replace && !errors.Is(err, fs.ErrNotExist) {
		if err != nil {
			return err
		}
		return fmt.Errorf("%s is there already: name another file, or add --force", name)
	}
	part, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".part-*") // of mode 0600: traces are nobody else's
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignore(part.Close(), fs.ErrClosed), os.Remove(part.Name()))
		}
	}()
	if err := writeAll(part, strings.HasSuffix(name, ".gz"), write); err != nil {
		return err
	}
	if err := errors.Join(part.Sync(), part.Close()); err != nil {
		return err
	}
	return os.Rename(part.Name(), name)
}

func writeAll(w io.Writer, pack bool, write func(io.Writer) error) error {
	const buffered = 64 << 10
	buffer := bufio.NewWriterSize(w, buffered)
	if !pack {
		return errors.Join(write(buffer), buffer.Flush())
	}
	packed := gzip.NewWriter(buffer)
	return errors.Join(write(packed), packed.Close(), buffer.Flush())
}

func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
