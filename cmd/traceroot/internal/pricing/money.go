package pricing

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// atto is an amount of money in units of 10^-18 dollars, in which the price of one token is a whole number: exact, and
// without the decimals that the path of every span could not afford.
type atto uint64

const (
	attoDigits  = 18
	attoPerNano = 1_000_000_000
	dollar      = atto(1_000_000_000_000_000_000)
)

// parseAtto reads a decimal number of dollars times 10^-shift.
func parseAtto(text string, shift int32) (atto, error) {
	d, _, err := apd.NewFromString(text)
	if err != nil || d.Form != apd.Finite || d.Negative && !d.IsZero() {
		return 0, fmt.Errorf("price %q is not a number of dollars", text)
	}
	d.Reduce(d)
	exponent := int64(d.Exponent) - int64(shift) + attoDigits
	if exponent < 0 {
		return 0, fmt.Errorf("price %q has more than %d decimals", text, attoDigits)
	}
	if !d.Coeff.IsUint64() || exponent > attoDigits {
		return 0, fmt.Errorf("price %q is above a dollar for a token", text)
	}
	value := d.Coeff.Uint64()
	for range exponent {
		if value > uint64(dollar) {
			break
		}
		value *= 10
	}
	if value > uint64(dollar) {
		return 0, fmt.Errorf("price %q is above a dollar for a token", text)
	}
	return atto(value), nil
}

// String is the amount in dollars, without an exponent.
func (a atto) String() string {
	whole, fraction := a/dollar, a%dollar
	text := strconv.FormatUint(uint64(whole), 10)
	if fraction == 0 {
		return text
	}
	digits := strconv.FormatUint(uint64(fraction), 10)
	return text + "." + strings.Repeat("0", attoDigits-len(digits)) + strings.TrimRight(digits, "0")
}

// rates are what a token costs, by what it was used for. A price that is not known counts as zero, as on the platform.
type rates struct {
	input, cacheRead, cacheWrite, cacheWrite1h, output atto
	price                                              store.Price
}

func (r *rates) cost(u store.Usage) store.Cost {
	write1h := min(u.CacheWrite1h, u.CacheWrite)
	var input, read, write, output, total sum
	input.add(u.Input-u.CacheRead-u.CacheWrite, r.input)
	read.add(u.CacheRead, r.cacheRead)
	write.add(u.CacheWrite-write1h, r.cacheWrite)
	write.add(write1h, r.cacheWrite1h)
	output.add(u.Output, r.output)
	for _, part := range []sum{input, read, write, output} {
		total.plus(part)
	}
	return store.Cost{
		Input: input.nano(), CacheRead: read.nano(), CacheWrite: write.nano(), Output: output.nano(), Total: total.nano(),
		Price: r.price,
	}
}

// sum is an amount in atto dollars of twice the size. Counts of up to 10^18 tokens at a dollar each cannot overflow it.
type sum struct{ high, low uint64 }

// add ignores a negative count: more was cached than was sent in all.
func (s *sum) add(count int64, each atto) {
	high, low := bits.Mul64(uint64(max(count, 0)), uint64(each))
	s.plus(sum{high, low})
}

func (s *sum) plus(other sum) {
	var carry uint64
	s.low, carry = bits.Add64(s.low, other.low, 0)
	s.high, _ = bits.Add64(s.high, other.high, carry)
}

// nano rounds half up. What is too large for the result stays at its largest value.
func (s sum) nano() store.NanoUSD {
	s.plus(sum{low: attoPerNano / 2})
	if s.high >= attoPerNano {
		return math.MaxInt64
	}
	quotient, _ := bits.Div64(s.high, s.low, attoPerNano)
	return store.NanoUSD(min(quotient, math.MaxInt64))
}
