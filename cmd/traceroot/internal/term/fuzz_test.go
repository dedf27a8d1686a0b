package term_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

// FuzzWriteTrace: whatever spans hold, and however they hang together, each has its row, no line is too wide, and nothing
// but text reaches the terminal.
func FuzzWriteTrace(f *testing.F) {
	f.Add("agent", "\x1b[31m", `[{"role":"user","content":"hi"}]`, []byte{0, 0, 9, 9, 1, 0, 3, 2, 2, 1, 9, 4}, uint8(80))
	f.Add("界👩‍💻", "\u202e", "\xff", []byte{9, 1, 1, 1, 9, 2, 2, 2}, uint8(0))
	f.Add("a trace id of 界界界", "", "", []byte{0, 1, 2, 3}, uint8(40))
	f.Add("n", "[]", `[{"role":"","parts":null}]`, []byte(strings.Repeat("abcd", 100)), uint8(255))
	row := regexp.MustCompile(`^[│├└─… ]*[⬡★■●] `)
	f.Fuzz(func(t *testing.T, name, input, output string, shape []byte, columns uint8) {
		spans := shaped(name, input, output, shape)
		tr := store.Trace{TraceID: name, Name: input, UserID: output}
		drawn := draw(t, tr, spans, term.Options{Width: int(columns)})
		if !utf8.ValidString(drawn) {
			t.Errorf("not UTF-8: %q", drawn)
		}
		rows := 0
		for line := range strings.Lines(drawn) {
			line = strings.TrimSuffix(line, "\n")
			if w := uniseg.StringWidth(line); w > max(int(columns), 40) {
				t.Errorf("%d columns wide, %d are allowed: %q", w, columns, line)
			}
			if strings.ContainsFunc(line, unicode.IsControl) {
				t.Errorf("a control character reached the terminal: %q", line)
			}
			if row.MatchString(line) {
				rows++
			}
		}
		if rows != len(spans) {
			t.Errorf("%d rows for %d spans:\n%s", rows, len(spans), drawn)
		}
	})
}

// shaped makes a span of every four bytes: its parent, its kind and state, its start, its length.
func shaped(name, input, output string, shape []byte) []store.Span {
	kinds := []store.Kind{store.KindSpan, store.KindAgent, store.KindLLM, store.KindTool}
	var spans []store.Span
	for ; len(shape) >= 4; shape = shape[4:] {
		parent := ""
		if shape[0]%8 != 0 {
			parent = fmt.Sprintf("%016x", shape[0]%16)
		}
		// No two have the same name: what is alike would share a row.
		title := fmt.Sprintf("%d%s", len(spans), name)
		s := span(fmt.Sprintf("%016x", len(spans)+1), parent, kinds[shape[1]%4], title, int(shape[2]), int(shape[2])+int(shape[3])-8)
		s.Input, s.Output = &input, &output
		if shape[1]&4 != 0 {
			s = failed(s, store.Error{Type: name, Message: input}, store.Error{Message: output})
		}
		if shape[1]&8 != 0 {
			s.Usage = &store.Usage{Input: int64(shape[2]) << 20, CacheRead: int64(shape[3])}
			s.Source = store.Source{File: name, Line: int(shape[3])}
		}
		spans = append(spans, s)
	}
	return spans
}
