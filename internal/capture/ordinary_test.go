package capture_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
)

// standard is what encoding/json writes for v; our text is held to it wherever the two mean to agree.
func standard(t *testing.T, v any) string {
	t.Helper()
	var written bytes.Buffer
	enc := json.NewEncoder(&written)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatalf("encoding/json on %T: %v", v, err)
	}
	return strings.TrimSuffix(written.String(), "\n")
}

// Values go into a list, since the rule for the outermost level is our own.
func expectStandard(t *testing.T, v any) {
	t.Helper()
	if got, want := text(t, []any{v}), standard(t, []any{v}); got != want {
		t.Errorf("%T differs from encoding/json\ngot  %s\nwant %s", v, got, want)
	}
}

type (
	Inner struct {
		A int
		B string `json:"b"`
	}
	Other struct {
		A int
		C string
	}
	Tagged struct {
		X int `json:"A"`
	}
	Deeper    struct{ Inner }
	Twice     struct{ D1 }
	D1        struct{ Shared }
	D2        struct{ Shared }
	Shared    struct{ S int }
	hiddenIn  struct{ Shown, hidden int }
	Celsius   float64
	Recursive struct {
		Inner
		*Recursive
		Kids []Recursive
	}
	onPointer  struct{ N int }
	textOnPtr  struct{ N int }
	money      int
	moment     struct{ Zero bool }
	ptrMoment  struct{ N int }
	byteWord   byte
	zeroerFace interface{ IsZero() bool }
)

func (p *onPointer) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"pointed": %d}`, p.N), nil
}

func (p *textOnPtr) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "pointed %d", p.N), nil }
func (m money) MarshalText() ([]byte, error)      { return fmt.Appendf(nil, "$%d", int(m)), nil }
func (m moment) IsZero() bool                     { return m.Zero }
func (m *ptrMoment) IsZero() bool                 { return m.N == 7 }
func (b byteWord) MarshalText() ([]byte, error)   { return []byte{'w', '0' + byte(b)}, nil }

func TestAgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 2, 5, 12, 30, 0, 0, time.UTC)
	address := &url.URL{Scheme: "https", Host: "example.com", RawQuery: "a=1&b=<2>"}

	for _, v := range []any{
		// Which fields are seen.
		struct {
			Inner
			Other
		}{Inner{1, "b"}, Other{2, "c"}},
		struct {
			Inner
			A string
		}{Inner{1, "b"}, "outer"},
		struct {
			Inner
			Tagged
		}{Inner{1, "b"}, Tagged{2}},
		struct {
			Deeper
			Other
		}{Deeper{Inner{1, "b"}}, Other{2, "c"}},
		struct {
			D1
			D2
		}{D1{Shared{1}}, D2{Shared{2}}},
		struct {
			Twice
			D2
		}{Twice{D1{Shared{1}}}, D2{Shared{2}}},
		struct {
			*Inner
			*Other
		}{Other: &Other{C: "c"}},
		struct {
			hiddenIn
			*Shared
		}{hiddenIn: hiddenIn{1, 2}},
		struct {
			Inner `json:"named"`
			Celsius
			fmt.Stringer
			hidden money
		}{Inner: Inner{1, "b"}, Celsius: 21.5},
		struct {
			hiddenIn `json:"named"`
			Shared   `json:"-"`
		}{hiddenIn{1, 2}, Shared{3}},
		Recursive{Inner: Inner{A: 1}, Recursive: &Recursive{Inner: Inner{A: 2}}, Kids: []Recursive{{}, {Kids: []Recursive{}}}},
		// What is left out.
		struct {
			A time.Time  `json:",omitzero"`
			B moment     `json:",omitzero"`
			C moment     `json:",omitzero"`
			D ptrMoment  `json:",omitzero"`
			E *ptrMoment `json:",omitzero"`
			F *ptrMoment `json:",omitzero"`
			G zeroerFace `json:",omitzero"`
			H zeroerFace `json:",omitzero"`
			I zeroerFace `json:",omitzero"`
			J [2]int     `json:",omitzero"`
			K []int      `json:",omitzero,omitempty"`
			L []int      `json:",omitzero"`
		}{B: moment{true}, D: ptrMoment{7}, F: &ptrMoment{7}, H: (*ptrMoment)(nil), I: moment{false}, K: []int{}, L: []int{}},
		&struct {
			D ptrMoment `json:",omitzero"`
			E ptrMoment `json:",omitzero"`
		}{D: ptrMoment{7}},
		// Who is asked.
		onPointer{1},
		&onPointer{2},
		[]onPointer{{3}},
		map[string]onPointer{"a": {4}},
		[1]onPointer{{5}},
		&[1]onPointer{{6}},
		textOnPtr{1},
		&textOnPtr{2},
		[]*textOnPtr{nil, {3}},
		struct{ P textOnPtr }{textOnPtr{4}},
		&struct{ P textOnPtr }{textOnPtr{5}},
		money(3),
		[]money{4},
		map[money]money{5: 6},
		map[*textOnPtr]int{{7}: 1},
		map[*textOnPtr]int{nil: 1},
		[]byteWord{1, 2},
		[3]byte{1, 2, 3},
		(*onPointer)(nil),
		[]json.Marshaler{nil, &onPointer{8}},
		json.Number("1e400"), json.RawMessage(`{"a" : [ 1, "x y" ]}`),
		[]json.RawMessage{nil},
		when, &when, address,
		big.NewInt(math.MaxInt64), big.NewFloat(1.5), netip.MustParseAddrPort("[::1]:80"), time.Minute,
		// Kinds and their borders.
		map[int8]string{-128: "min", 127: "max"},
		map[uint64]bool{math.MaxUint64: true},
		map[Celsius]struct{ X int }(nil),
		[]float64{0, math.Copysign(0, -1), 1e-6, 9.99e-7, 1e20, 1e21, -1e-9, 1e-10, math.MaxFloat64, math.SmallestNonzeroFloat64},
		[]float32{1e-6, 9.9e-7, 1e20, 1e21, 0.1, 16777216, math.MaxFloat32, math.SmallestNonzeroFloat32},
		"\x00\x01\b\t\n\f\r\x1f \"\\/\x7f<>&'é東🦜",
		[]any{nil, (*int)(nil), [][]int{nil, {}}},
	} {
		t.Run(fmt.Sprintf("%.60T", v), func(t *testing.T) {
			if m, ok := v.(map[Celsius]struct{ X int }); ok && m == nil {
				return // encoding/json refuses the key type even of a nil map.
			}
			expectStandard(t, v)
		})
	}
}

// Made at run time, since some of these tags are ones that linters warn of.
func TestAgreesWithEncodingJSONOnTags(t *testing.T) {
	t.Parallel()
	names := []string{
		"", "plain", "é", "with space", "<&>", "-", "bad\"quote", "bad\\slash", "bad\x01control", "emoji🦜", "$%-/", "'",
	}
	options := []string{
		"", ",", ",omitempty", ",omitzero", ",string", ",omitempty,string", ",string,omitzero", ", omitempty", ",unknown", ",OmitEmpty",
	}
	values := []any{
		true, "say \"hi\"\n", 7, int8(-7), uint64(7), uintptr(7), float32(.1), 1e-7, json.Number("1.50"), money(7), Celsius(7),
		new(7), new("x"), new(new(7)),
		[]int{7},
		[]int{},
		map[string]int{"k": 7},
		map[string]int{},
		[1]int{7},
		[0]int{},
		struct{}{},
		struct{ X int }{7},
		time.Unix(7, 0).UTC(),
		moment{true},
		ptrMoment{7},
		&ptrMoment{7},
		onPointer{7},
		textOnPtr{7},
		json.RawMessage("7"), new(json.Number("7")), new(any(7)),
	}
	for _, name := range names {
		for _, option := range options {
			tag := reflect.StructTag(fmt.Sprintf("json:%q", name+option))
			for _, v := range values {
				typ := reflect.StructOf([]reflect.StructField{
					{Name: "First", Type: reflect.TypeFor[int]()},
					{Name: "Tagged", Type: reflect.TypeOf(v), Tag: tag},
				})
				zero, filled := reflect.New(typ), reflect.New(typ)
				filled.Elem().Field(1).Set(reflect.ValueOf(v))
				for _, made := range []reflect.Value{zero, filled, zero.Elem(), filled.Elem()} {
					expectStandard(t, made.Interface())
				}
			}
		}
	}
}

func TestAgreesWithEncodingJSONOnRandomValues(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2000) {
		agreeOn(t, seed)
	}
}

func agreeOn(t *testing.T, seed uint64) {
	t.Helper()
	g := generator{Rand: rand.New(rand.NewPCG(seed, 0))}
	v := g.value(g.typ(4), 4)
	got, want := text(t, []any{v.Interface()}), standard(t, []any{v.Interface()})
	if got != want {
		t.Errorf("seed %d, %.200s\ngot  %s\nwant %s", seed, v.Type(), got, want)
	}
	addressable := reflect.New(v.Type())
	addressable.Elem().Set(v)
	if got := text(t, []any{addressable.Interface()}); got != want {
		t.Errorf("seed %d, pointer to %.200s\ngot  %s\nwant %s", seed, v.Type(), got, want)
	}
}

// generator makes types that encoding/json accepts, and values of them.
type generator struct {
	*rand.Rand

	nasty func(generator) any // what may stand in an interface besides; nil for nothing
}

var leaves = []reflect.Type{
	reflect.TypeFor[bool](), reflect.TypeFor[string](), reflect.TypeFor[int](), reflect.TypeFor[int8](),
	reflect.TypeFor[int64](), reflect.TypeFor[uint16](), reflect.TypeFor[uint64](), reflect.TypeFor[float32](),
	reflect.TypeFor[float64](), reflect.TypeFor[any](), reflect.TypeFor[json.Number](), reflect.TypeFor[time.Time](),
	reflect.TypeFor[money](), reflect.TypeFor[Inner](), reflect.TypeFor[json.RawMessage](), reflect.TypeFor[question](),
}

func (g generator) typ(depth int) reflect.Type {
	if depth == 0 || g.IntN(5) == 0 {
		return leaves[g.IntN(len(leaves))]
	}
	switch g.IntN(6) {
	case 0:
		return reflect.PointerTo(g.typ(depth - 1))
	case 1:
		return reflect.SliceOf(g.typ(depth - 1))
	case 2:
		return reflect.ArrayOf(g.IntN(3), g.typ(depth-1))
	case 3:
		keys := []reflect.Type{reflect.TypeFor[string](), reflect.TypeFor[int16](), reflect.TypeFor[uint32](), reflect.TypeFor[money]()}
		elem := g.typ(depth - 1)
		if elem.Kind() == reflect.Struct && elem.NumField() == 0 {
			elem = reflect.TypeFor[int]() // It would be a set.
		}
		return reflect.MapOf(keys[g.IntN(len(keys))], elem)
	default:
		return g.structType(depth)
	}
}

func (g generator) structType(depth int) reflect.Type {
	var fields []reflect.StructField
	for i := range g.IntN(6) {
		f := reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: g.typ(depth - 1)}
		name := []string{"", "", "a", "b", "F0", "é", "x y", "bad\\\"name"}[g.IntN(8)]
		option := []string{"", "", ",omitempty", ",omitzero", ",string", ",omitempty,string"}[g.IntN(6)]
		f.Tag = reflect.StructTag(fmt.Sprintf(`json:"%s%s"`, name, option))
		if depth > 1 && g.IntN(4) == 0 {
			f.Type, f.Anonymous = g.structType(depth-1), true
		}
		fields = append(fields, f)
	}
	return reflect.StructOf(fields)
}

func (g generator) value(t reflect.Type, depth int) reflect.Value {
	v := reflect.New(t).Elem()
	if g.IntN(6) == 0 && t != reflect.TypeFor[json.RawMessage]() {
		return v
	}
	switch t {
	case reflect.TypeFor[json.Number]():
		v.SetString([]string{"", "0", "-1.5e9", "12345678901234567890"}[g.IntN(4)])
		return v
	case reflect.TypeFor[json.RawMessage]():
		v.SetBytes([]byte([]string{"null", ` [ 1 ,"a b"]`, `{"<": "\u00e9\ud83d\ude00"}`, `"é"`}[g.IntN(4)]))
		return v
	case reflect.TypeFor[time.Time]():
		return reflect.ValueOf(time.Unix(g.Int64N(1<<36), g.Int64N(1e9)).UTC())
	}
	switch t.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString(g.string())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int64:
		v.SetInt(g.Int64() >> g.IntN(64))
	case reflect.Uint16, reflect.Uint64, reflect.Uint32:
		v.SetUint(g.Uint64() >> g.IntN(64))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(g.NormFloat64() * math.Pow(10, float64(g.IntN(60)-30)))
	case reflect.Interface:
		switch {
		case g.nasty != nil && g.IntN(2) == 0:
			if leaf := reflect.ValueOf(g.nasty(g)); leaf.IsValid() {
				v.Set(leaf)
			}
		case depth > 0:
			v.Set(g.value(g.typ(depth-1), depth-1))
		}
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(g.value(t.Elem(), depth))
	case reflect.Slice:
		for range g.IntN(4) {
			v.Set(reflect.Append(v, g.value(t.Elem(), depth)))
		}
	case reflect.Array:
		for i := range v.Len() {
			v.Index(i).Set(g.value(t.Elem(), depth))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		for range g.IntN(4) {
			v.SetMapIndex(g.value(t.Key(), depth), g.value(t.Elem(), depth))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			v.Field(i).Set(g.value(t.Field(i).Type, depth))
		}
	default:
		panic("no leaf is of type " + t.String())
	}
	return v
}

// string avoids only the two line separators and broken UTF-8, which encoding/json escapes and we do not.
func (g generator) string() string {
	alphabet := []rune("ab \"\\/<>&\b\f\n\r\t\x00\x1f\x7f{}[]:,é東🦜\uFFFD")
	var s strings.Builder
	for range g.IntN(12) {
		s.WriteRune(alphabet[g.IntN(len(alphabet))])
	}
	return s.String()
}
