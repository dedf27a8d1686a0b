package capture_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

// FuzzText builds a value from the bytes, ordinary types around leaves of every nasty kind, and holds its text to all
// that is promised.
func FuzzText(f *testing.F) {
	f.Add([]byte{}, 100)
	f.Add([]byte("\x20\x60\xa0\xe0\x10\x90\x40\xff\x80\x33\x77\xbb"), 20)
	f.Add([]byte(strings.Repeat("\xf0\x01", 40)), 64)
	f.Add([]byte(strings.Repeat("\x30\xc0\x90\xe8\x05", 20)), 9)
	f.Fuzz(func(t *testing.T, data []byte, limit int) {
		source := &byteSource{data: data}
		g := generator{Rand: rand.New(source), nasty: nasty(source)}
		v := g.value(g.typ(4), 4).Interface()

		inList := text(t, []any{v})
		if !json.Valid([]byte(inList)) || !utf8.ValidString(inList) {
			t.Fatalf("%T is no JSON: %s", v, inList)
		}
		if again := text(t, []any{v}); again != inList {
			t.Errorf("%T differs at the second time\nfirst  %s\nsecond %s", v, inList, again)
		}
		if source.nasties == 0 && isEncodable(v) {
			expectStandard(t, v)
		}
		expectUnquoted(t, v, inList[1:len(inList)-1])

		limit = max(limit, 4)
		wantText, cut := capture.CutJSON(inList, limit)
		want := capture.Value{Text: wantText, OK: true}
		if cut {
			want.From = len(inList)
		}
		if got := capture.Text([]any{v}, limit); got != want || !json.Valid([]byte(got.Text)) || len(got.Text) > limit {
			t.Errorf("Text(%s, %d)\ngot  %+v\nwant %+v", inList, limit, got, want)
		}
	})
}

// expectUnquoted checks the text of v on its own against the one within a list: a string has lost its quotes.
func expectUnquoted(t *testing.T, v any, within string) {
	t.Helper()
	got := capture.Text(v, roomy)
	if !got.OK {
		if within != "null" {
			t.Errorf("%T has no text, within a list it is %s", v, within)
		}
		return
	}
	want := within
	if within[0] == '"' && !isRawString(v) {
		if err := json.Unmarshal([]byte(within), &want); err != nil {
			t.Fatal(err)
		}
	}
	if got.Text != want {
		t.Errorf("%T alone\ngot  %s\nwant %s", v, got.Text, want)
	}
}

// isEncodable tells whether encoding/json takes v: numbers of the generator can be infinite.
func isEncodable(v any) bool {
	_, err := json.Marshal(v)
	return err == nil
}

// isRawString tells whether v is JSON on purpose, which keeps its quotes.
func isRawString(v any) bool {
	rv := reflect.ValueOf(v)
	for rv.Kind() == reflect.Pointer {
		rv = rv.Elem()
	}
	raw, ok := reflect.TypeAssert[json.RawMessage](rv)
	return ok && json.Valid(raw)
}

// byteSource is a source of randomness that begins with the bytes given, so that each of them is a decision.
type byteSource struct {
	data    []byte
	rest    uint64
	nasties int
}

func (s *byteSource) Uint64() uint64 {
	if len(s.data) > 0 {
		b := s.data[0]
		s.data = s.data[1:]
		return uint64(b) * 0x0101010101010101
	}
	s.rest += 0x9E3779B97F4A7C15
	return s.rest * 0xD1342543DE82EF95
}

// nasty makes what encoding/json would refuse, or write otherwise than we.
func nasty(source *byteSource) func(g generator) any {
	loop := &node{Name: "a"}
	loop.Next = &node{Name: "b", Next: loop}
	self := map[string]any{}
	self["self"] = self
	values := []any{
		math.NaN(), math.Inf(1), float32(math.Inf(-1)), complex(1, 2),
		func() {}, make(chan int), os.Stdin, errors.New("boom\n\xff"), (*fs.PathError)(nil),
		silentError{},
		panickyError{},
		failing{},
		&panicking{},
		invalid{},
		badText{},
		badUTF8{},
		jsonString{},
		rawJSON("[1, 2 ,\"\xff\"]"), rawJSON("\"\\u12"),
		[]byte("bytes \"q\""),
		[]byte{0xff},
		[]byte(nil), "torn \xe6\x9d", "line\u2028", "\x00\x1f\x7f",
		map[string]struct{}{"b": {}, "a": {}},
		map[pair]struct{}{{"b", 1}: {}, {"a", 2}: {}},
		map[badText]int{{}: 1},
		map[bool]int{true: 1},
		secret("x"),
		account{"a", "b"},
		selfish{},
		&shy{}, slog.GroupValue(slog.Int("n", 1)), *big.NewInt(-7), *big.NewRat(1, 3),
		loop, self, &reply{"model", &replyText{"hi"}, 2}, json.RawMessage("{\"cut"), json.Number("1.2.3"), bytes.NewBufferString("x"),
		map[string]any(nil), []any(nil),
		map[int]any{},
		struct{}{},
		&[]any{nil}, new(any), nil,
	}
	return func(g generator) any {
		source.nasties++
		return values[g.IntN(len(values))]
	}
}

func FuzzPlainText(f *testing.F) {
	f.Add("a\xffb", 4)
	f.Add("東京\x80\x80\x80\x80\x80🦜", 7)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		whole := capture.ValidUTF8(s)
		if !utf8.ValidString(whole) || utf8.ValidString(s) && whole != s {
			t.Errorf("ValidUTF8(%q) = %q", s, whole)
		}
		got, want := capture.Text(s, limit), capture.Value{OK: true}
		var cut bool
		if want.Text, cut = capture.CutText(whole, limit); cut {
			want.From = len(whole)
		}
		if got != want {
			t.Errorf("Text(%q, %d) = %+v, want %+v", s, limit, got, want)
		}
		if len(got.Text) > max(limit, 0) || !utf8.ValidString(got.Text) {
			t.Errorf("Text(%q, %d) = %q", s, limit, got.Text)
		}
		if named := capture.Text(question(s), limit); named != got {
			t.Errorf("a named string gives %+v, a plain one %+v", named, got)
		}
	})
}

// FuzzRawJSON holds our reader of JSON that others have made to the two of encoding/json whose work it does.
func FuzzRawJSON(f *testing.F) {
	for _, s := range []string{
		` { "a" : [ 1 , -2.5e-7 , true , null , { } , [ ] ] , "\u00e9\n" : "" } `, `"\ud83d\ude00"`, `"\u12"`, `01`, `-`, `1.`, `1e`, `[1,]`, `{"a"}`, `{,}`,
		"[\"\xff\"]", `nul`, `[[[`, "\"\x01\"", `1 2`, ``, ` `, `{"a":1}}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Count(s, "[")+strings.Count(s, "{") > 400 {
			return // It may nest too deep.
		}
		got := text(t, []any{rawJSON(s)})
		want := `["<unencodable capture_test.rawJSON>"]`
		if json.Valid([]byte(s)) {
			var compact bytes.Buffer
			if err := json.Compact(&compact, []byte(s)); err != nil {
				t.Fatal(err)
			}
			want = "[" + capture.ValidUTF8(compact.String()) + "]"
		}
		if got != want {
			t.Errorf("%q\ngot  %s\nwant %s", s, got, want)
		}
	})
}

// FuzzStrings holds the escaping of strings to encoding/json's, wherever in a word a byte stands.
func FuzzStrings(f *testing.F) {
	f.Add("a \"quoted\" line\n", "tail")
	f.Add("東京\x80\x80🦜 é", "\x01\x7f\\")
	f.Fuzz(func(t *testing.T, a, b string) {
		v := map[string]any{"a": a, "b": []string{b, a + b}}
		valid := map[string]any{"a": capture.ValidUTF8(a), "b": []string{capture.ValidUTF8(b), capture.ValidUTF8(a + b)}}
		want := strings.NewReplacer(`\u2028`, "\u2028", `\u2029`, "\u2029", `\\`, `\\`).Replace(standard(t, valid))
		if got := text(t, v); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		if s := capture.ValidUTF8(a + b); !strings.ContainsAny(s, "\u2028\u2029") {
			expectWithinBuffer(t, s, len(a))
		}
	})
}

// expectWithinBuffer escapes s into a buffer with so much room, and checks what is behind it.
func expectWithinBuffer(t *testing.T, s string, room int) {
	t.Helper()
	const begin, guard = "begin", "what is behind the buffer, and must not change"
	for name, appendTo := range map[string]func([]byte, string) []byte{"quoted": capture.AppendQuoted, "escaped": capture.AppendEscaped} {
		memory := slices.Concat([]byte(begin), make([]byte, room), []byte(guard))
		got := string(appendTo(memory[:len(begin):len(begin)+room], s))
		if behind := string(memory[len(begin)+room:]); behind != guard {
			t.Fatalf("%s %q with room for %d: behind the buffer is %q", name, s, room, behind)
		}
		want := strings.TrimSuffix(strings.TrimPrefix(standard(t, s), `"`), `"`)
		if name == "quoted" {
			want = `"` + want + `"`
		}
		if got != begin+want {
			t.Fatalf("%s %q with room for %d\ngot  %s\nwant %s", name, s, room, got, begin+want)
		}
	}
}

func TestEscapingStaysInTheBuffer(t *testing.T) {
	t.Parallel()
	alphabets := []string{"\x01", "\"", "a", "\x01a", "\"\\a", "\n\x1f\"abcdefgh", "aé東🦜", "é\"\x02", "東"}
	random := rand.New(rand.NewPCG(1, 2))
	for _, alphabet := range alphabets {
		letters := []rune(alphabet)
		for length := range 70 {
			s := make([]rune, length)
			for i := range s {
				s[i] = letters[random.IntN(len(letters))]
			}
			for room := 0; room < 7*length+60; room += 1 + random.IntN(4) {
				expectWithinBuffer(t, string(s), room)
			}
			expectWithinBuffer(t, strings.Repeat(`"`, length/8*8)+strings.Repeat("\x01", length%8), length+length/8+48)
		}
	}
}

// Each ASCII byte at each place of texts of every length up to a few words.
func TestEscapesAtEveryPlace(t *testing.T) {
	t.Parallel()
	for b := range utf8.RuneSelf {
		for length := 1; length <= 20; length++ {
			for at := range length {
				s := []byte(strings.Repeat("x", length))
				s[at] = byte(b)
				if at > 2 {
					s[at/2] = '"'
				}
				if got, want := text(t, []string{string(s)}), standard(t, []string{string(s)}); got != want {
					t.Fatalf("%q\ngot  %s\nwant %s", s, got, want)
				}
			}
		}
	}
}
