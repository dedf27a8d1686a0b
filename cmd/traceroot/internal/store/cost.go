package store

// NanoUSD is an amount of money in billionths of a US dollar, as fine as the platform's cost column.
type NanoUSD int64

// Dollars is the amount as a floating-point number, for JSON.
func (n NanoUSD) Dollars() float64 { return float64(n) / 1e9 }

// Cost is what one model call cost, by what was paid for.
type Cost struct {
	Input      NanoUSD `json:"input"` // the input that no cache had a part in
	CacheRead  NanoUSD `json:"cache_read"`
	CacheWrite NanoUSD `json:"cache_write"`
	Output     NanoUSD `json:"output"`
	Total      NanoUSD `json:"total"` // the exact sum, rounded once: it may differ from that of the parts in the last digit

	Price Price `json:"price"` // what it was computed with
}

// Price is what a token of a model costs. Numbers are dollars per token, as decimal text, empty where there is none.
type Price struct {
	Model        string `json:"model"`  // the entry's name in the table of prices
	Source       string `json:"source"` // where the entry comes from
	Date         string `json:"date"`   // when it was read there, as 2006-01-02
	Input        string `json:"input,omitempty"`
	Output       string `json:"output,omitempty"`
	CacheRead    string `json:"cache_read,omitempty"`
	CacheWrite   string `json:"cache_write,omitempty"`
	CacheWrite1h string `json:"cache_write_1h,omitempty"`
}
