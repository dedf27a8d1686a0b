package term_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/rivo/uniseg"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

func list() ([]term.Column, [][]term.Cell) {
	columns := []term.Column{
		{Title: "AGE", Right: true},
		{Title: "NAME", Cut: true},
		{Title: "TOOK", Right: true, Rank: 1},
		{Title: "COST", Right: true, Rank: 3},
		{Title: "USER", Rank: 4, Cut: true},
		{Title: "ID"},
	}
	row := func(texts ...string) []term.Cell {
		cells := make([]term.Cell, len(texts))
		for i, text := range texts {
			cells[i].Text = text
		}
		return cells
	}
	return columns, [][]term.Cell{
		row("3 m", "support-agent", "4.21 s", "$0.0031", "customer-2187", "7f3a9c41d2e85b06aabbccddeeff0011"),
		row("2 d", "代理 \x1b[31mevil\nagent with a name that goes on and on", "running", "", "", "0af7651916cd43dd8448eb211c80319c"),
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	columns, rows := list()
	rows[0][2].Tone = term.Bad
	rows[1][2].Tone = term.Live
	for _, tt := range []struct {
		name    string
		options term.Options
	}{
		{"table-60", term.Options{Width: 60}},
		{"table-80", term.Options{Width: 80}},
		{"table-120", term.Options{Width: 120}},
		{"table-color", term.Options{Width: 120, Color: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			table := term.Table{Columns: columns, Options: tt.options}
			if err := table.Write(&out, rows); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				if w := uniseg.StringWidth(strings.TrimSuffix(line, "\n")); w > tt.options.Width && !tt.options.Color {
					t.Errorf("%d columns wide: %q", w, line)
				}
			}
			compareGolden(t, tt.name, out.String())
		})
	}
}

func TestTableOfRowsThatCome(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	table := term.Table{
		Columns: []term.Column{{Title: "NAME", Cut: true, Least: 16}, {Title: "TAGS"}, {Title: "SPANS", Right: true}},
		Options: term.Options{Width: 40},
	}
	for _, name := range []string{"short", "a name that is longer than its column"} {
		if err := table.Write(&out, [][]term.Cell{{{Text: name}, {}, {Text: "12"}}}); err != nil {
			t.Fatal(err)
		}
	}
	want := "NAME              SPANS\n" +
		"short                12\n" +
		"a name that is…      12\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ got, want string }{
		{term.Age(-time.Second), "0 s"},
		{term.Age(59 * time.Second), "59 s"},
		{term.Age(119 * time.Minute), "1 h"},
		{term.Age(49 * time.Hour), "2 d"},
		{term.Dollars(0), "$0.00"},
		{term.Dollars(0.00000001), "$0.0001"},
		{term.Dollars(0.0123), "$0.0123"},
		{term.Dollars(12.345), "$12.35"},
		{term.Bytes(1), "1 byte"},
		{term.Bytes(999), "999 bytes"},
		{term.Bytes(1_500), "1.5 kB"},
		{term.Bytes(27_100_000), "27.1 MB"},
		{term.Bytes(5_000_000_000_000_000), "5000.0 TB"},
		{term.Count(1234567), "1,234,567"},
		{term.Plural(2, "span"), "2 spans"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}
