package traceroot_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

// order has what a captured structure may have.
type order struct {
	ID     int            `json:"id"`
	Note   string         `json:"note,omitempty"`
	Secret string         `json:"-"`
	Extra  map[string]any `json:"extra,omitempty"`
	Body   []byte         `json:"body,omitempty"`
	Cause  error          `json:"cause,omitempty"`
	At     *time.Time     `json:"at,omitempty"`
	hidden string
	Labels map[string]string `json:"labels,omitempty"`
}

type colour int

func (c colour) MarshalText() ([]byte, error) { return []byte("colour" + fmt.Sprint(int(c))), nil }

type money struct{ cents int64 }

func (m money) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"amount": "%d.%02d", "tag": "<b>"}`, m.cents/100, m.cents%100), nil
}

type failingMarshaler struct{ Key string }

func (failingMarshaler) MarshalJSON() ([]byte, error) { return nil, errors.New("no") }

type ring struct {
	Name string
	Next *ring
}

func TestEncoding(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 80_000_000, time.UTC)
	cycle := &ring{Name: "a"}
	cycle.Next = cycle
	selfMap := map[string]any{}
	selfMap["me"] = selfMap
	for _, c := range []struct {
		name  string
		value any
		want  any // the text that is sent; nil for none
	}{
		{"encoding-01 a string as it is", `say "hi" <b>`, `say "hi" <b>`},
		{"encoding-01 an empty string", "", ""},
		{"encoding-01 a string that looks like JSON", `{"a": 1}`, `{"a": 1}`},
		{"encoding-02 a struct", order{ID: 7, Note: "näh <&>"}, `{"id":7,"note":"näh <&>"}`},
		{"encoding-02 a pointer to one", &order{ID: 7}, `{"id":7}`},
		{"encoding-02 a map", map[string]any{"b": []int{1}, "a": nil}, `{"a":null,"b":[1]}`},
		{"encoding-02 a list of texts", []string{"a", "b"}, `["a","b"]`},
		{"encoding-02 a number", 42, "42"},
		{"encoding-02 a truth", true, "true"},
		{"encoding-02 a large whole number", uint64(math.MaxUint64), "18446744073709551615"},
		{"encoding-03 not a number", map[string]any{"a": math.NaN(), "b": math.Inf(1), "c": math.Inf(-1)}, `{"a":"NaN","b":"Infinity","c":"-Infinity"}`},
		{"encoding-03 alone", math.Inf(-1), "-Infinity"},
		{"encoding-03 of half the size, in a list", []float32{float32(math.NaN()), 1.5}, `["NaN",1.5]`},
		{"encoding-04 a time", at, "2026-03-04T05:06:07.08Z"},
		{"encoding-04 a time inside", order{At: &at}, `{"id":0,"at":"2026-03-04T05:06:07.08Z"}`},
		{"encoding-05 bytes of text", []byte("grüße"), "grüße"},
		{"encoding-05 other bytes", []byte{0xff, 0xfe, 'a'}, "<non-utf8 bytes>"},
		{"encoding-05 inside a struct", order{Body: []byte("text")}, `{"id":0,"body":"text"}`},
		{"encoding-05 other bytes inside a map", map[string]any{"b": []byte{0x80}}, `{"b":"<non-utf8 bytes>"}`},
		{"encoding-06 an error", errors.New("boom"), "errors.errorString: boom"},
		{"encoding-06 one inside", order{Cause: io.ErrUnexpectedEOF}, `{"id":0,"cause":"errors.errorString: unexpected EOF"}`},
		{"encoding-06 deep inside", []any{map[string]any{"e": []error{errors.New("x")}}}, `[{"e":["errors.errorString: x"]}]`},
		{"encoding-07 a cycle of pointers", cycle, `{"Name":"a","Next":"<circular ref: traceroot_test.ring>"}`},
		{"encoding-07 a map in itself", selfMap, `{"me":"<circular ref: map[string]interface {}>"}`},
		{"encoding-08 a function", func(int) string { return "" }, "<func(int) string>"},
		{"encoding-08 a channel inside", map[string]any{"c": make(chan int)}, `{"c":"<chan int>"}`},
		{"encoding-08 a reader", strings.NewReader("unread"), "<*strings.Reader>"},
		{"encoding-08 a buffer inside", []any{new(bytes.Buffer)}, `["<*bytes.Buffer>"]`},
		{"encoding-08 a marshaler that fails", failingMarshaler{"k"}, "<unencodable traceroot_test.failingMarshaler>"},
		{"encoding-08 a marshaler that panics, inside", []any{panickingStringer{}, panickingMarshaler{}}, `[{},"<unencodable traceroot_test.panickingMarshaler>"]`},
		{"encoding-09 invalid UTF-8", "a\xffb", "a\uFFFDb"},
		{"encoding-09 invalid UTF-8 inside", map[string]string{"k\xff": "v\xc3"}, `{"k` + "\uFFFD" + `":"v` + "\uFFFD" + `"}`},
		{"encoding-10 a set", map[string]struct{}{"b": {}, "c": {}, "a": {}}, `["a","b","c"]`},
		{"encoding-11 keys are sorted", map[int]string{10: "x", 9: "y", -1: "z"}, `{"-1":"z","10":"x","9":"y"}`},
		{"encoding-15 a marshaler's JSON, made compact", money{1999}, `{"amount":"19.99","tag":"<b>"}`},
		{"encoding-15 a text marshaler", []colour{3}, `["colour3"]`},
		{"encoding-15 hidden fields stay hidden", order{ID: 1, Secret: "s", hidden: "h"}, `{"id":1}`},
		{"encoding-15 a large integer", big.NewInt(123), "123"},
		{"nil", nil, nil},
		{"a nil pointer", (*order)(nil), nil},
		{"a nil map", map[string]int(nil), nil},
		{"a nil list", []string(nil), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			same := func(_ context.Context, in any) (any, error) { return in, nil }
			got := sentTo(t, func(ctx context.Context) {
				_, _ = traceroot.Observe(same, traceroot.Name("observed"))(ctx, c.value)
				_ = traceroot.Run(ctx, "updated", func(ctx context.Context) error {
					traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Output: c.value})
					return nil
				}, traceroot.Input(c.value))
			})
			for name, s := range got {
				wantValues(t, s, map[string]any{attr.SpanInput: c.want, attr.SpanOutput: c.want})
				if s.name != name {
					t.Errorf("%s did not arrive", name)
				}
			}
			if len(got) != 2 {
				t.Errorf("arrived: %v", got)
			}
		})
	}
	t.Run("encoding-09 in names, tags, ids and errors", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			ctx = traceroot.UsingAttributes(ctx, traceroot.Attributes{UserID: "\xff", Tags: []string{"\xfe"}})
			_ = traceroot.Run(ctx, "n\xff", func(context.Context) error { return errors.New("e\xff") }, traceroot.Tags("t\xff"))
		})
		s := got["n\uFFFD"]
		wantValues(t, s, map[string]any{attr.UserID: "\uFFFD", attr.Tags: "\uFFFD", attr.SpanTags: "t\uFFFD"})
		if s.failure != "e\uFFFD" {
			t.Errorf("failure %q", s.failure)
		}
	})
}

// panickingStringer is never asked to print itself.
type panickingStringer struct{}

func (panickingStringer) String() string { panic("String") }

type panickingMarshaler struct{}

func (panickingMarshaler) MarshalJSON() ([]byte, error) { panic("MarshalJSON") }

func TestLimitOfValues(t *testing.T) {
	t.Parallel()
	limit := traceroot.WithLimits(traceroot.Limits{ValueBytes: 10})
	for _, c := range []struct {
		name  string
		value any
		want  string
		from  int
	}{
		{"encoding-12 text at a rune boundary", "123456789ä and more", "123456789", 19 + 1},
		{"encoding-12 a structure stays JSON", map[string]string{"k": "0123456789"}, `{"k":"01"}`, 18},
		{"encoding-12 a list stays JSON", []int{1234, 5678, 9}, `[1234]`, 13},
		{"what fits is whole", "1234567890", "1234567890", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := sentTo(t, func(ctx context.Context) { span(ctx, "work", traceroot.Input(c.value)) }, limit)["work"]
			want := map[string]any{attr.SpanInput: c.want, attr.Truncated: nil, attr.TruncatedFrom: nil}
			if c.from > 0 {
				want[attr.Truncated], want[attr.TruncatedFrom] = true, fmt.Sprintf(`{"input":%d}`, c.from)
			}
			wantValues(t, got, want)
		})
	}
	t.Run("encoding-12 every field that was cut, with its size", func(t *testing.T) {
		t.Parallel()
		long := strings.Repeat("x", 50)
		got := sentTo(t, func(ctx context.Context) {
			_ = traceroot.Run(ctx, "work", func(ctx context.Context) error {
				traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Input: long, Output: long, Prompt: long, Metadata: map[string]any{"k": long}})
				traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Output: "short"})
				return errors.New(long)
			})
		}, limit)["work"]
		wantValues(t, got, map[string]any{
			attr.SpanInput: long[:10], attr.SpanOutput: "short", attr.LLMPrompt: long[:10], attr.Truncated: true,
			attr.TruncatedFrom: `{"error":50,"input":50,"metadata":58,"prompt":50}`,
		})
		if got.failure != long[:10] {
			t.Errorf("failure %q, want it cut, too", got.failure)
		}
	})
	t.Run("a string of 50 MB passes quickly and is cut to the default", func(t *testing.T) {
		t.Parallel()
		huge := strings.Repeat("äöü€ ", 50<<20/len("äöü€ "))
		got := sentTo(t, func(ctx context.Context) {
			_, _ = traceroot.Observe1(func(_ context.Context, in string) (map[string]string, error) {
				return map[string]string{"echo": in}, nil
			}, traceroot.Name("work"))(ctx, huge)
		})["work"]
		input, _ := got.attributes[attr.SpanInput].(string)
		output, _ := got.attributes[attr.SpanOutput].(string)
		if len(input) > 512<<10 || len(input) < 512<<10-4 || !strings.HasPrefix(huge, input) {
			t.Errorf("%d bytes of input, want 512 KiB at a rune boundary", len(input))
		}
		if len(output) > 512<<10 || !strings.HasSuffix(output, `"}`) || !utf8.ValidString(output) {
			t.Errorf("%d bytes of output ending in %q, want 512 KiB of JSON", len(output), output[max(len(output)-5, 0):])
		}
		want := fmt.Sprintf(`{"input":%d,"output":%d}`, len(huge), len(huge)+len(`{"echo":""}`))
		wantValues(t, got, map[string]any{attr.Truncated: true, attr.TruncatedFrom: want})
	})
}
