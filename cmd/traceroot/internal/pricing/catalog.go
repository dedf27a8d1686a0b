package pricing

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

//go:embed prices.csv
var pricesCSV []byte

// entry is a model with its prices.
type entry struct {
	seller string
	model  string
	rows   []row // the one that always holds first
}

// row is a price that holds for calls of more input than above, or at certain hours of the day.
type row struct {
	above int64
	hours []hours
	rates rates
}

// hours are minutes of the day in UTC.
type hours struct{ from, to int }

// at returns the prices of a call: of the rows that hold, the last one.
func (e *entry) at(input int64, start time.Time) *rates {
	chosen := &e.rows[0].rates
	for i := range e.rows[1:] {
		if r := &e.rows[i+1]; r.holds(input, start) {
			chosen = &r.rates
		}
	}
	return chosen
}

func (r *row) holds(input int64, start time.Time) bool {
	if r.above > 0 && input <= r.above {
		return false
	}
	start = start.UTC()
	minute := start.Hour()*60 + start.Minute()
	return len(r.hours) == 0 || slices.ContainsFunc(r.hours, func(h hours) bool { return h.from <= minute && minute < h.to })
}

// catalog is the embedded table, by the names under which its entries are found.
type catalog struct {
	entries []*entry
	byName  map[string]*entry
}

// embedded reads the table when it is first needed. It cannot fail: a test reads the same bytes.
var embedded = sync.OnceValue(func() *catalog {
	c, err := readCatalog(bytes.NewReader(pricesCSV))
	if err != nil {
		panic(fmt.Errorf("embedded prices: %w", err))
	}
	return c
})

// columns of prices.csv. A number that is not known is empty; above and hours are empty where a price always holds.
var columns = []string{
	"seller", "model", "above", "hours", "input", "cached", "cache_write", "cache_write_1h", "output", "source", "date",
}

func readCatalog(r io.Reader) (*catalog, error) {
	lines := csv.NewReader(r)
	head, err := lines.Read()
	if err != nil || !slices.Equal(head, columns) {
		return nil, fmt.Errorf("columns %q, want %q: %w", head, columns, err)
	}
	c := &catalog{byName: make(map[string]*entry)}
	for {
		line, err := lines.Read()
		if errors.Is(err, io.EOF) {
			c.index()
			return c, nil
		}
		if err == nil {
			err = c.add(line)
		}
		if err != nil {
			return nil, fmt.Errorf("model %q: %w", line, err)
		}
	}
}

func (c *catalog) add(line []string) error {
	seller, model := line[0], line[1]
	r, err := parseRow(line)
	if err != nil {
		return err
	}
	if last := len(c.entries) - 1; last >= 0 && c.entries[last].seller == seller && c.entries[last].model == model {
		c.entries[last].rows = append(c.entries[last].rows, r)
		return nil
	}
	if r.above != 0 || r.hours != nil {
		return errors.New("the first row of a model holds always")
	}
	e := &entry{seller: seller, model: model, rows: []row{r}}
	name := qualified(seller, model)
	if c.byName[name] != nil {
		return errors.New("it is there twice")
	}
	c.byName[name] = e
	c.entries = append(c.entries, e)
	return nil
}

// index adds the shorter forms of names: without a date or a version. Those that fit several models of different prices
// find none of them.
func (c *catalog) index() {
	shorter := make(map[string]*entry)
	for _, e := range c.entries {
		for _, form := range forms(e.model)[1:] {
			form = qualified(e.seller, form)
			if _, exact := c.byName[form]; exact {
				continue
			}
			if other, taken := shorter[form]; taken && (other == nil || !other.costsTheSame(e)) {
				shorter[form] = nil
			} else {
				shorter[form] = e
			}
		}
	}
	for form, e := range shorter {
		if e != nil {
			c.byName[form] = e
		}
	}
}

func (e *entry) costsTheSame(other *entry) bool {
	return slices.EqualFunc(e.rows, other.rows, func(a, b row) bool {
		a.rates.price, b.rates.price = store.Price{}, store.Price{}
		return a.above == b.above && slices.Equal(a.hours, b.hours) && a.rates == b.rates
	})
}

func parseRow(line []string) (row, error) {
	var r row
	var err error
	if line[2] != "" {
		if r.above, err = strconv.ParseInt(line[2], 10, 64); err != nil {
			return row{}, err
		}
	}
	for window := range strings.FieldsSeq(line[3]) {
		var h hours
		var fromHour, fromMinute, toHour, toMinute int
		if _, err := fmt.Sscanf(window, "%d:%d-%d:%d", &fromHour, &fromMinute, &toHour, &toMinute); err != nil {
			return row{}, fmt.Errorf("hours %q: %w", window, err)
		}
		h.from, h.to = fromHour*60+fromMinute, toHour*60+toMinute
		r.hours = append(r.hours, h)
	}
	const million = 6
	r.rates, err = newRates([]string{line[4], line[5], line[6], line[7], line[8]}, million)
	r.rates.price.Model, r.rates.price.Source, r.rates.price.Date = line[1], line[9], line[10]
	return r, err
}

// newRates reads the prices of input, cached input, cache writes, those for an hour, and output, each of 10^shift
// tokens and empty where unknown.
func newRates(texts []string, shift int32) (rates, error) {
	var r rates
	into := []struct {
		rate *atto
		text *string
	}{
		{&r.input, &r.price.Input},
		{&r.cacheRead, &r.price.CacheRead},
		{&r.cacheWrite, &r.price.CacheWrite},
		{&r.cacheWrite1h, &r.price.CacheWrite1h},
		{&r.output, &r.price.Output},
	}
	for i, text := range texts {
		if text == "" {
			continue
		}
		rate, err := parseAtto(text, shift)
		if err != nil {
			return rates{}, err
		}
		*into[i].rate, *into[i].text = rate, rate.String()
	}
	if r.price.CacheWrite1h == "" {
		r.cacheWrite1h = r.cacheWrite
	}
	return r, nil
}
