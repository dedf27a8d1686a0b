package capture_test

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/big"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

const roomy = 512 << 10

// expectTexts captures each value on its own and compares with the text beside it.
func expectTexts(t *testing.T, want map[string]any) {
	t.Helper()
	for text, v := range want {
		if got := capture.Text(v, roomy); got != (capture.Value{Text: text, OK: true}) {
			t.Errorf("Text(%T) = %+v, want %q whole", v, got, text)
		}
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	captured := capture.Text(v, roomy)
	if !captured.OK || captured.From != 0 {
		t.Fatalf("Text(%T) = %+v, want it whole", v, captured)
	}
	return captured.Text
}

type (
	question string
	blob     []byte
	verdict  struct {
		Score float64 `json:"score"`
		Err   error   `json:"err"`
	}
	node struct {
		Name string `json:"name"`
		Next *node  `json:"next,omitempty"`
	}
	empty struct{}
)

func TestText(t *testing.T) {
	t.Parallel()

	t.Run("encoding-01 strings are sent without quotes", func(t *testing.T) {
		expectTexts(t, map[string]any{
			"plain":                      "plain",
			"":                           "",
			`say "hi" <b>&` + "\n\u2028": `say "hi" <b>&` + "\n\u2028",
			"named":                      question("named"),
			"pointed":                    new("pointed"),
			"Zoë 東京 🦜":                   "Zoë 東京 🦜",
		})
	})

	t.Run("encoding-02 structs, maps and lists are compact JSON", func(t *testing.T) {
		expectTexts(t, map[string]any{
			`{"name":"a","next":{"name":"b"}}`:    &node{"a", &node{Name: "b"}},
			`{"k":[1,"two",null,true,{"x":0.5}]}`: map[string]any{"k": []any{1, "two", nil, true, map[string]any{"x": .5}}},
			`["a","b"]`:                           []string{"a", "b"},
			`[]`:                                  []any{},
			`{}`:                                  map[string]any{},
			`[[1,2],[3,4]]`:                       [2][2]int{{1, 2}, {3, 4}},
			`{"-1":"a","10":"b"}`:                 map[int]string{10: "b", -1: "a"},
			`{"<b>":"Zoë & 東京"}`:                  map[string]string{"<b>": "Zoë & 東京"},
			`"quoted on purpose"`:                 json.RawMessage(`"quoted on purpose"`),
			`42`:                                  42,
			`true`:                                true,
			`1e+21`:                               1e21,
			`18446744073709551615`:                uint64(math.MaxUint64),
		})
	})

	t.Run("encoding-03 NaN and infinities are texts", func(t *testing.T) {
		expectTexts(t, map[string]any{
			"NaN":                        math.NaN(),
			"Infinity":                   float32(math.Inf(1)),
			"-Infinity":                  math.Inf(-1),
			`{"score":"NaN","err":null}`: verdict{Score: math.NaN()},
			`["Infinity","-Infinity",1]`: []any{math.Inf(1), float32(math.Inf(-1)), 1.0},
			`{"F":"NaN"}`: struct {
				F float64 `json:",string"`
			}{math.NaN()},
		})
	})

	t.Run("encoding-04 times are ISO 8601", func(t *testing.T) {
		noon := time.Date(2026, 2, 5, 12, 30, 0, 5000, time.FixedZone("", 2*60*60))
		expectTexts(t, map[string]any{
			"2026-02-05T12:30:00.000005+02:00":          noon,
			`["2026-02-05T10:30:00.000005Z"]`:           []any{noon.UTC()},
			`{"at":"2026-02-05T12:30:00.000005+02:00"}`: map[string]*time.Time{"at": &noon},
			"<unencodable time.Time>":                   noon.AddDate(10_000, 0, 0),
		})
	})

	t.Run("encoding-05 bytes are text where they are UTF-8", func(t *testing.T) {
		binary := []byte{'a', 0xff}
		expectTexts(t, map[string]any{
			"text":             []byte("text"),
			"<non-utf8 bytes>": binary,
			"named text":       blob("named text"),
			`{"a":"text","b":"<non-utf8 bytes>","c":null,"d":""}`: map[string]any{"a": []byte("text"), "b": binary, "c": []byte(nil), "d": []byte{}},
			`[{"Raw":"\"q\""}]`: []struct{ Raw blob }{{blob(`"q"`)}},
			`["a","b"]`:         [][]byte{[]byte("a"), []byte("b")},
		})
	})

	t.Run("encoding-06 errors are type and message at any depth", func(t *testing.T) {
		missing := &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}
		expectTexts(t, map[string]any{
			"errors.errorString: boom":                                      errors.New("boom"),
			"fs.PathError: open x: file does not exist":                     missing,
			`{"score":1,"err":"fs.PathError: open x: file does not exist"}`: verdict{1, missing},
			`{"errs":["fmt.wrapError: a: b"]}`:                              map[string]any{"errs": []error{fmt.Errorf("a: %w", errors.New("b"))}},
			"capture_test.silentError":                                      silentError{},
			"<unencodable capture_test.panickyError>":                       panickyError{},
			`[null,"<unencodable capture_test.panickyError>"]`:              []error{(*fs.PathError)(nil), panickyError{}},
			"capture_test.jsonError: said as an error":                      jsonError{},
		})
	})

	t.Run("encoding-08 functions, channels and readers are their types", func(t *testing.T) {
		expectTexts(t, map[string]any{
			"<func(int) string>": func(int) string { return "" },
			"<chan int>":         make(chan int),
			"<*os.File>":         os.Stdin,
			`{"body":"<*strings.Reader>","cb":"<func()>","done":"<<-chan struct {}>"}`: map[string]any{
				"body": strings.NewReader("x"), "cb": func() {}, "done": make(<-chan struct{}),
			},
			`{"R":"<*bytes.Buffer>","F":null,"C":null,"N":null}`: struct {
				R io.Reader
				F func()
				C chan int
				N io.Reader
			}{R: new(bytes.Buffer)},
			"<unencodable complex128>":                           complex(1, 2),
			`["<unencodable map[bool]int>"]`:                     []any{map[bool]int{true: 1}},
			"<unencodable unsafe.Pointer>":                       unsafe.Pointer(new(int)),
			"<unencodable capture_test.failing>":                 failing{},
			`{"a":"<unencodable capture_test.panicking>","b":1}`: map[string]any{"a": &panicking{}, "b": 1},
			`["<unencodable capture_test.invalid>"]`:             []any{invalid{}},
			`["<unencodable capture_test.badText>"]`:             []badText{{}},
		})
	})

	t.Run("encoding-09 invalid UTF-8 becomes U+FFFD", func(t *testing.T) {
		expectTexts(t, map[string]any{
			"a\uFFFD\uFFFDb\uFFFD": "a\xff\xc3b\xe6",
			"{\"k\uFFFD\":[\"\uFFFD(\",\"errors.errorString: \uFFFD\"]}": map[string]any{"k\xff": []any{"\xc3(", errors.New("\xff")}},
			"[{\"a\":\"\uFFFD\"}]": []any{json.RawMessage("{\"a\": \"\xff\"}")},
			"[\"\uFFFD\"]":         []any{badUTF8{}},
			"x\uFFFD":              question("x\xff"),
		})
	})

	t.Run("encoding-10 sets are sorted lists", func(t *testing.T) {
		expectTexts(t, map[string]any{
			`["a","b","c"]`:             map[string]struct{}{"c": {}, "a": {}, "b": {}},
			`[-1,9,10]`:                 map[int]struct{}{10: {}, -1: {}, 9: {}},
			`[0.5,10,"Infinity"]`:       map[float64]struct{}{10: {}, .5: {}, math.Inf(1): {}},
			`[3,200]`:                   map[uint8]empty{200: {}, 3: {}},
			`["10.0.0.1","9.9.9.9"]`:    map[netip.Addr]struct{}{netip.MustParseAddr("9.9.9.9"): {}, netip.MustParseAddr("10.0.0.1"): {}},
			`[["a",1],["a",2],["b",1]]`: map[any]struct{}{pair{"b", 1}: {}, pair{"a", 2}: {}, pair{"a", 1}: {}},
			`{"seen":[]}`:               map[string]any{"seen": map[string]struct{}{}},
			`{"seen":null}`:             map[string]any{"seen": map[string]struct{}(nil)},
			`["1","2"]`:                 map[level]struct{}{2: {}, 1: {}},
		})
	})

	t.Run("encoding-11 equal values give equal text", func(t *testing.T) {
		build := func(order []int) any {
			flat, set, nested := map[string]any{}, map[pair]struct{}{}, map[netip.Addr]map[int]string{}
			for _, i := range order {
				flat[fmt.Sprint("k", i)] = i
				set[pair{"p", i}] = struct{}{}
				nested[netip.AddrFrom4([4]byte{byte(i)})] = map[int]string{i: "v", -i: "w"}
			}
			return map[string]any{"flat": flat, "set": set, "nested": nested}
		}
		up, down := make([]int, 100), make([]int, 100)
		for i := range up {
			up[i], down[len(down)-1-i] = i, i
		}
		want := text(t, build(up))
		for range 20 {
			if got := text(t, build(down)); got != want {
				t.Fatalf("got  %s\nwant %s", got, want)
			}
		}
	})

	t.Run("encoding-15 marshalers and json tags are honoured", func(t *testing.T) {
		expectTexts(t, map[string]any{
			`{"city":"Oslo","Kept":1,"n":"7"}`: struct {
				City   string `json:"city"`
				Key    string `json:"-"`
				Days   int    `json:"days,omitempty"`
				Kept   int    `json:",omitempty"`
				N      int64  `json:"n,string"`
				hidden string
			}{City: "Oslo", Key: "secret", Kept: 1, N: 7, hidden: "x"},
			`{"a":[1,2]}`:                              spaced{},
			`[{"a":[1,2]},"10.0.0.1"]`:                 []any{spaced{}, netip.MustParseAddr("10.0.0.1")},
			"10.0.0.1":                                 netip.MustParseAddr("10.0.0.1"),
			"said \"so\"":                              jsonString{},
			`123456789012345678901234567890`:           mustBig("123456789012345678901234567890"),
			`{"1":true,"2":false}`:                     map[level]bool{2: false, 1: true},
			`{"<unencodable capture_test.badText>":1}`: map[badText]int{{}: 1},
			`[1.50,0,"1.2.3"]`:                         []json.Number{"1.50", "", "1.2.3"},
			`{"args":"{\"q\": \"wea"}`:                 map[string]any{"args": json.RawMessage(`{"q": "wea`)},
			`{"q": "wea`:                               json.RawMessage(`{"q": "wea`),
			`{"q":1}`:                                  json.RawMessage(`{"q": 1}`),
			"null":                                     json.RawMessage("null"),
			`{"D":1500000000}`:                         struct{ D time.Duration }{1500 * time.Millisecond},
		})
	})

	t.Run("nil has no text", func(t *testing.T) {
		var noError error
		for _, v := range []any{
			nil, noError, (*node)(nil), map[string]any(nil), []string(nil), []byte(nil), json.RawMessage(nil),
			(func())(nil), (chan int)(nil), (*fs.PathError)(nil), (*time.Time)(nil), map[string]struct{}(nil),
		} {
			if got := capture.Text(v, roomy); got != (capture.Value{}) {
				t.Errorf("Text(%T(nil)) = %+v, want nothing", v, got)
			}
		}
	})

	t.Run("a String method is not asked", func(t *testing.T) {
		expectTexts(t, map[string]any{"3": stringer(3), `{"S":3}`: struct{ S stringer }{3}})
	})
}

func TestObject(t *testing.T) {
	t.Parallel()
	for _, m := range []map[string]any{nil, {}} {
		if got := capture.Object(m, roomy); got != (capture.Value{}) {
			t.Errorf("Object(%v) = %+v, want nothing", m, got)
		}
	}
	want := capture.Value{Text: `{"a":"x","b":[1]}`, OK: true}
	if got := capture.Object(map[string]any{"b": []int{1}, "a": "x"}, roomy); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

type (
	silentError  struct{}
	panickyError struct{}
	jsonError    struct{}
	failing      struct{}
	panicking    struct{ N int }
	invalid      struct{}
	badText      struct{}
	badUTF8      struct{}
	spaced       struct{}
	jsonString   struct{}
	level        int
	stringer     int
	pair         struct {
		A string
		B int
	}
)

func (silentError) Error() string  { return "" }
func (panickyError) Error() string { panic("no words") }
func (jsonError) Error() string    { return "said as an error" }

func (jsonError) MarshalJSON() ([]byte, error)  { return []byte(`{}`), nil }
func (failing) MarshalJSON() ([]byte, error)    { return nil, errors.New("not today") }
func (*panicking) MarshalJSON() ([]byte, error) { panic(errors.New("not today")) }
func (invalid) MarshalJSON() ([]byte, error)    { return []byte(`{"a":`), nil }
func (spaced) MarshalJSON() ([]byte, error)     { return []byte("{ \"a\" :\n[ 1, 2 ] }"), nil }
func (jsonString) MarshalJSON() ([]byte, error) { return []byte(` "said \"so\""`), nil }
func (badText) MarshalText() ([]byte, error)    { panic("not today") }
func (badUTF8) MarshalText() ([]byte, error)    { return []byte{0xff}, nil }
func (l level) MarshalText() ([]byte, error)    { return fmt.Append(nil, int(l)), nil }
func (p pair) MarshalJSON() ([]byte, error)     { return json.Marshal([]any{p.A, p.B}) }
func (stringer) String() string                 { panic("asked") }

var _ encoding.TextMarshaler = level(0)

func mustBig(digits string) *big.Int {
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		panic(digits)
	}
	return n
}
