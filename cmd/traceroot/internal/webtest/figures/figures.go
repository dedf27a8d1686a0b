package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/webtest/gauge"
)

type figures struct {
	browser          context.Context //nolint:containedctx // it is the browser: chromedp keeps browsers in contexts
	url              string
	traces, attempts int
}

// richTraces are as real ones are, and are what is scrolled through.
const richTraces = 3000

type row struct{ what, measured, target string }

func (f figures) all(ctx context.Context) ([]row, error) {
	var rows []row
	for _, part := range []func(context.Context) ([]row, error){f.list, f.largeTraces, f.scrolling, f.wire} {
		some, err := part(ctx)
		if err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	return rows, nil
}

// list is the first page that a reader sees.
func (f figures) list(context.Context) ([]row, error) {
	best, err := f.load("/traces", gauge.RowsOfList)
	return []row{
		{"first paint of the list, nothing cached", milliseconds(best.Paint), "≤ 200 ms"},
		{"until its rows are painted", milliseconds(best.Rows), ""},
		{"CPU until then", cpu(best.First), ""},
		{"CPU until nothing more happens", cpu(best.Settled), ""},
		{"requests until the rows are painted, of these for data", fmt.Sprintf("%d, %d", best.Asked, best.Answers), ""},
		{"scripts until then", kilobytes(best.Script), "≤ 120 KB"},
		{"elements", strconv.Itoa(best.Elements), ""},
	}, err
}

func (f figures) largeTraces(context.Context) ([]row, error) {
	var rows []row
	for _, trace := range []struct{ what, id, target string }{
		{"a trace of 10,000 spans, few alike: CPU until its rows are painted", gauge.LargeTrace, "≤ 200 ms"},
		{"a trace of 10,000 spans, most alike: the same", gauge.GroupedTrace, "≤ 200 ms"},
		{"a trace of 20 spans: the same", gauge.SmallTrace, ""},
	} {
		best, err := f.load("/t/"+trace.id, gauge.RowsOfTrace)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{trace.what, fmt.Sprintf("%s; %s until nothing more happens; %d elements", cpu(best.First), cpu(best.Settled), best.Elements), trace.target})
	}
	return rows, nil
}

// load is the best of some attempts: the others were disturbed.
func (f figures) load(path, rowsOf string) (best gauge.Load, err error) {
	for n := range f.attempts {
		tab, end, err := gauge.Open(f.browser)
		if err != nil {
			return best, err
		}
		load, err := tab.Load(f.url+path, rowsOf)
		end()
		if err != nil {
			return best, err
		}
		if n == 0 {
			best = load
		}
		best.Paint, best.Rows = min(best.Paint, load.Paint), min(best.Rows, load.Rows)
		if load.First.CPU < best.First.CPU {
			best.First = load.First
		}
		if load.Settled.CPU < best.Settled.CPU {
			best.Settled = load.Settled
		}
	}
	return best, nil
}

func (f figures) scrolling(context.Context) ([]row, error) {
	tab, end, err := gauge.Open(f.browser)
	if err != nil {
		return nil, err
	}
	defer end()
	if err := tab.ShowAll(f.url, f.traces); err != nil {
		return nil, err
	}
	var rows []row
	for _, speed := range []struct {
		what string
		rows int
	}{
		{"4 rows a frame", 4},
		{"40 rows a frame, so that every row changes", 40},
	} {
		var best gauge.Scroll
		for n := range f.attempts {
			const from = richTraces - 100 // within the rich part of the list
			scroll, err := tab.Scroll(from, speed.rows)
			if err != nil {
				return nil, err
			}
			if n == 0 || scroll.Frame.CPU < best.Frame.CPU {
				best = scroll
			}
		}
		rows = append(rows, row{
			fmt.Sprintf("a list of %d traces, %s: CPU a frame", f.traces, speed.what),
			fmt.Sprintf("%s; %.1f rows filled, %.1f layouts; %d elements", cpu(best.Frame), best.Filled, best.Layouts, best.Elements), "≤ 8 ms",
		})
	}
	calibrated, err := tab.Calibrate()
	return append(rows, row{"the piece of work that ratios are told by: CPU", milliseconds(calibrated), ""}), err
}

func (f figures) wire(ctx context.Context) ([]row, error) {
	var rows []row
	for _, answer := range []struct{ what, path, target string }{
		{"100 rows of the list on the wire", "/api/ui/traces?limit=100", "≤ 40 KB"},
		{"the page of the list with its first rows", "/traces", ""},
		{"a trace of 10,000 spans, few alike", "/api/ui/traces/" + gauge.LargeTrace, "≤ 200 KB, 700 KB plain"},
		{"a trace of 10,000 spans, most alike", "/api/ui/traces/" + gauge.GroupedTrace, "≤ 200 KB, 700 KB plain"},
	} {
		packed, err := gauge.Wire(ctx, f.url+answer.path, true)
		if err != nil {
			return nil, err
		}
		plain, err := gauge.Wire(ctx, f.url+answer.path, false)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{answer.what, fmt.Sprintf("%s, %s plain", kilobytes(packed), kilobytes(plain)), answer.target})
	}
	return rows, nil
}

func milliseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Microseconds())/1000, 'f', 0, 64) + " ms"
}

func cpu(c gauge.Cost) string {
	if c.CPU < 20*time.Millisecond {
		return strconv.FormatFloat(float64(c.CPU.Microseconds())/1000, 'f', 1, 64) + " ms"
	}
	return milliseconds(c.CPU)
}

func kilobytes(n int) string { return strconv.FormatFloat(float64(n)/1024, 'f', 1, 64) + " KB" }

func table(out io.Writer, rows []row) error {
	if _, err := fmt.Fprintln(out, "| what | measured | target |\n| --- | --- | --- |"); err != nil {
		return err
	}
	for _, r := range rows {
		if _, err := fmt.Fprintf(out, "| %s | %s | %s |\n", r.what, r.measured, r.target); err != nil {
			return err
		}
	}
	return nil
}
