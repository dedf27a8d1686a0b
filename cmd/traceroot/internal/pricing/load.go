package pricing

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"time"
)

// pattern is an entry of the operator's own list: for models of that name, else for those that match.
type pattern struct {
	name  string
	match *regexp.Regexp
	entry entry
}

// ownPrice is one element of a list of prices as TraceRoot's platform keeps it. Prices are dollars per token.
type ownPrice struct {
	Model  string      `json:"model_name"`
	Match  string      `json:"match_pattern"`
	Prices tokenPrices `json:"prices"`
}

type tokenPrices struct {
	Input        json.Number `json:"input"`
	CacheRead    json.Number `json:"cacheRead"`
	CacheWrite   json.Number `json:"cacheWrite"`
	CacheWrite1h json.Number `json:"cacheWrite1h"`
	Output       json.Number `json:"output"`
}

// Load returns a table of the prices in r before those of the embedded one: a JSON array of
//
//	{"model_name": "m", "match_pattern": "^m(-[0-9]+)?$", "prices": {"input": 2e-06, "output": 1e-05,
//	 "cacheRead": 2e-07, "cacheWrite": 2.5e-06, "cacheWrite1h": 4e-06}}
//
// in dollars per token. A model has the prices of the entry of just its name, else of the first one by name whose
// pattern (RE2 syntax, upper and lower case alike; optional) matches it. A price left out or null counts as zero.
func Load(r io.Reader) (*Table, error) {
	decoder := json.NewDecoder(r)
	var list []ownPrice
	if err := decoder.Decode(&list); err != nil {
		return nil, fmt.Errorf("prices are not a JSON array of models: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("prices: text after the JSON array")
	}
	own := make([]pattern, len(list))
	for i := range list {
		p, err := list[i].pattern()
		if err != nil {
			return nil, fmt.Errorf("prices of model %q: %w", list[i].Model, err)
		}
		own[i] = p
	}
	slices.SortStableFunc(own, func(a, b pattern) int { return cmp.Compare(a.name, b.name) })
	return newTable(own), nil
}

// nothing is a pattern that no name matches.
var nothing = regexp.MustCompile(`[^\s\S]`)

func (p *ownPrice) pattern() (pattern, error) {
	if p.Model == "" {
		return pattern{}, errors.New("model_name is missing")
	}
	match := nothing
	if p.Match != "" {
		var err error
		if match, err = regexp.Compile("(?i)" + p.Match); err != nil {
			return pattern{}, fmt.Errorf("match_pattern: %w", err)
		}
	}
	of := &p.Prices
	r, err := newRates([]string{
		of.Input.String(), of.CacheRead.String(), of.CacheWrite.String(), of.CacheWrite1h.String(), of.Output.String(),
	}, 0)
	if err != nil {
		return pattern{}, err
	}
	if of.Input == "" && of.Output == "" {
		return pattern{}, errors.New("it has neither an input nor an output price")
	}
	r.price.Model, r.price.Source, r.price.Date = p.Model, "--prices", time.Now().UTC().Format(time.DateOnly)
	return pattern{name: p.Model, match: match, entry: entry{model: p.Model, rows: []row{{rates: r}}}}, nil
}
