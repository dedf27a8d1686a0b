package capture_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

func TestLimit(t *testing.T) {
	t.Parallel()

	t.Run("encoding-12 long text is cut at a rune boundary", func(t *testing.T) {
		for _, c := range []struct {
			v     any
			limit int
			want  capture.Value
		}{
			{"abcdef", 6, capture.Value{Text: "abcdef", OK: true}},
			{"abcdef", 5, capture.Value{Text: "abcde", From: 6, OK: true}},
			{"aé東🦜", 9, capture.Value{Text: "aé東", From: 10, OK: true}},
			{"aé東🦜", 6, capture.Value{Text: "aé東", From: 10, OK: true}},
			{"aé東🦜", 5, capture.Value{Text: "aé", From: 10, OK: true}},
			{"aé東🦜", 2, capture.Value{Text: "a", From: 10, OK: true}},
			{"é", 0, capture.Value{Text: "", From: 2, OK: true}},
			{"é", -1, capture.Value{Text: "", From: 2, OK: true}},
			{"", 0, capture.Value{Text: "", OK: true}},
			{"a\xffb", 5, capture.Value{Text: "a\uFFFDb", OK: true}},
			{"a\xffb", 4, capture.Value{Text: "a\uFFFD", From: 5, OK: true}},
			{"a\xffb", 3, capture.Value{Text: "a", From: 5, OK: true}},
			{[]byte("aé"), 2, capture.Value{Text: "a", From: 3, OK: true}},
			{[]byte{0xff}, 9, capture.Value{Text: "<non-utf8", From: 16, OK: true}},
			{question("aé東"), 4, capture.Value{Text: "aé", From: 6, OK: true}},
			{errors.New("aé東"), 24, capture.Value{Text: "errors.errorString: aé", From: 26, OK: true}},
		} {
			if got := capture.Text(c.v, c.limit); got != c.want {
				t.Errorf("Text(%q, %d) = %+v, want %+v", c.v, c.limit, got, c.want)
			}
		}
	})

	t.Run("encoding-12 long JSON is cut to valid JSON", func(t *testing.T) {
		for _, c := range []struct {
			v     any
			limit int
			want  string
			from  int
		}{
			{[]int{1, 22, 333}, 9, `[1,22]`, 10},
			{[]int{1, 22, 333}, 5, `[1]`, 10},
			{[]int{1, 22, 333}, 2, `[]`, 10},
			{[]string{"aé東"}, 9, `["aé"]`, 10},
			{map[string]any{"a": "long text", "b": 1}, 13, `{"a":"long "}`, 23},
			{map[string]any{"a": 1, "long name": 1}, 16, `{"a":1}`, 21},
			{map[string]any{"a": []any{"x\ny\u0001z"}}, 14, `{"a":["x\ny"]}`, 21},
		} {
			want := capture.Value{Text: c.want, From: c.from, OK: true}
			if got := capture.Text(c.v, c.limit); got != want {
				t.Errorf("Text(%q, %d) = %+v, want %+v", c.v, c.limit, got, want)
			}
		}
	})

	t.Run("an object is cut to an object", func(t *testing.T) {
		want := capture.Value{Text: `{"a":"xx"}`, From: 16, OK: true}
		if got := capture.Object(map[string]any{"a": "xxxxxxxx"}, 10); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

// What is cut while it is written is what would have been cut afterwards.
func TestCuttingEarlyEqualsCuttingLate(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		g := generator{Rand: rand.New(rand.NewPCG(seed, 1))}
		v := []any{
			g.value(g.typ(4), 4).Interface(), errors.New("é\xff\n"),
			map[pair]struct{}{{"é", 2}: {}, {"a", 1}: {}},
			rawJSON(`{ "é" : [1, "\u00e9\ud83d\ude00" ] }`), []byte("é"), nil,
		}
		whole := text(t, v)
		for limit := range len(whole) {
			want, _ := capture.CutJSON(whole, limit)
			got := capture.Text(v, limit)
			if got != (capture.Value{Text: want, From: len(whole), OK: true}) {
				t.Fatalf("Text(%s, %d)\ngot  %+v\nwant %s of %d", whole, limit, got, want, len(whole))
			}
		}
	}
}

func TestCutText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s     string
		limit int
		want  string
		cut   bool
	}{
		{"abc", 3, "abc", false},
		{"abc", 2, "ab", true},
		{"🦜🦜", 7, "🦜", true},
		{"🦜🦜", 4, "🦜", true},
		{"🦜", 3, "", true},
		{"abc", -5, "", true},
		{"\x80\x80\x80\x80\x80\x80", 5, "\x80\x80\x80\x80\x80", true}, // no runes to respect
	} {
		got, cut := capture.CutText(c.s, c.limit)
		if got != c.want || cut != c.cut {
			t.Errorf("CutText(%q, %d) = %q, %t, want %q, %t", c.s, c.limit, got, cut, c.want, c.cut)
		}
	}
}

func TestValidUTF8(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"": "", "aé🦜\uFFFD": "aé🦜\uFFFD", "a\xff\xfeb": "a\uFFFD\uFFFDb", "\xe6\x9d": "\uFFFD\uFFFD", "é\xf0\x9f\xa6é": "é\uFFFD\uFFFD\uFFFDé",
	} {
		if got := capture.ValidUTF8(s); got != want {
			t.Errorf("ValidUTF8(%q) = %q, want %q", s, got, want)
		}
	}
}

// Not parallel: it reads the allocation counter of the process.
func TestLargeValuesCostNoMoreThanTheLimit(t *testing.T) {
	const size, limit = 50 << 20, 512 << 10
	long := strings.Repeat("prompt ", size/7)
	parts := slices.Repeat([]string{"one element of very many"}, 500_000)

	for name, v := range map[string]any{
		"string":            long,
		"broken UTF-8":      long[:size/2] + "\xff" + long[:size/2],
		"bytes":             []byte(long),
		"named string":      question(long),
		"string in a map":   map[string]any{"prompt": long},
		"string in a field": struct{ Prompt *string }{&long},
		"bytes in a list":   [][]byte{[]byte(long)},
		"list":              parts,
		"lists in a map":    map[string]any{"a": parts, "b": map[string][]string{"c": parts}},
		"error":             []error{errors.New(long)},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		captured := capture.Text(v, limit)
		runtime.ReadMemStats(&after)
		if cost := after.TotalAlloc - before.TotalAlloc; cost > 6*limit {
			t.Errorf("%s: %d bytes allocated for %d kept", name, cost, len(captured.Text))
		}
		if len(captured.Text) < limit-100 || len(captured.Text) > limit {
			t.Errorf("%s: kept %d bytes of the %d allowed", name, len(captured.Text), limit)
		}
		if captured.From < 12_000_000 {
			t.Errorf("%s: the real size is said to be %d", name, captured.From)
		}
	}
}

func TestShortPartDoesNotKeepLongTextAlive(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1000)
	cut, _ := capture.CutText(long, 10)
	for _, short := range []string{capture.Text(long, 10).Text, cut} {
		if short != long[:10] || unsafe.StringData(short) == unsafe.StringData(long) {
			t.Errorf("%q lies within the memory of the long text", short)
		}
	}
}

// What a race can leave behind: a string of some length with no memory.
func TestTornValueIsSurvived(t *testing.T) {
	t.Parallel()
	torn := unsafe.String((*byte)(nil), 0)
	(*struct {
		data *byte
		len  int
	})(unsafe.Pointer(&torn)).len = 5
	want := capture.Value{Text: "<unencodable []interface {}>", OK: true}
	if got := capture.Text([]any{"a", &torn}, roomy); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := text(t, []any{"after"}); got != `["after"]` {
		t.Errorf("the next value gives %s", got)
	}
}

func isJSON(s string) bool { return json.Valid([]byte(s)) }
