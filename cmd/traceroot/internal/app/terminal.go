package app

import (
	"io"
	"os"
	"strconv"

	xterm "golang.org/x/term"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

// fallbackWidth is for output that goes to a file or a pipe.
const fallbackWidth = 120

// screen finds out what can be drawn on w. COLUMNS beats the width of the terminal. Colours are for terminals alone, and
// not for those of users who set NO_COLOR (no-color.org) or have a dumb one.
func screen(w io.Writer, getenv func(string) string) term.Options {
	o := term.Options{Width: fallbackWidth}
	if file, ok := terminal(w); ok {
		if width, _, err := xterm.GetSize(int(file.Fd())); err == nil && width > 0 {
			o.Width = width
		}
		o.Color = getenv("NO_COLOR") == "" && getenv("TERM") != "dumb" && understandsColor(file)
	}
	if width, err := strconv.Atoi(getenv("COLUMNS")); err == nil && width > 0 {
		o.Width = width
	}
	return o
}

func terminal(w io.Writer) (*os.File, bool) {
	file, ok := w.(*os.File)
	return file, ok && xterm.IsTerminal(int(file.Fd()))
}
