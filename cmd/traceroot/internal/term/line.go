package term

import "strings"

// style is how text is painted, as the parameters of a terminal's SGR sequence. Only the sixteen colours of the user's own
// palette are used, so that a light terminal stays readable.
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "90"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	blue   style = "94"
)

// line is a line of output under construction. It ends in no spaces.
type line struct {
	text  strings.Builder
	color bool
	width int // columns written
	gap   int // columns left blank since
}

// put appends clean text.
func (l *line) put(s style, text string) {
	if text == "" {
		return
	}
	for range l.gap {
		l.text.WriteByte(' ')
	}
	l.width += l.gap + width(text)
	l.gap = 0
	if !l.color || s == plain {
		l.text.WriteString(text)
		return
	}
	l.text.WriteString("\x1b[" + string(s) + "m" + text + "\x1b[0m")
}

// skip leaves columns blank.
func (l *line) skip(columns int) { l.gap += columns }

// to leaves columns blank up to this one.
func (l *line) to(column int) { l.gap = max(l.gap, column-l.width) }

// at is the column at which the next text starts.
func (l *line) at() int { return l.width + l.gap }

// right puts text at the right edge of that many columns.
func (l *line) right(s style, text string, columns int) {
	l.skip(columns - width(text))
	l.put(s, text)
}

// cell puts text at the right edge of a column; none where the column is left out.
func (l *line) cell(s style, text string, columns int) {
	if columns > 0 {
		l.skip(gap)
		l.right(s, text, columns)
	}
}
