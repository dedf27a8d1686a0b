package capture_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

type (
	ring     struct{ Next any }
	pointer  *pointer
	slice    []slice
	dict     map[string]dict
	twoKinds struct{ First inner }
	inner    struct{ Self *twoKinds }
	group    struct{ Members map[*group]struct{} }
)

func TestCycles(t *testing.T) {
	t.Parallel()

	t.Run("encoding-07 a cycle is marked where it closes", func(t *testing.T) {
		loop := &node{Name: "a"}
		loop.Next = &node{Name: "b", Next: loop}
		m := map[string]any{}
		m["m"] = m
		list := []any{1, nil}
		list[1] = list
		tail := []any{1, nil}
		tail[1] = tail[1:]
		around := &ring{}
		around.Next = map[string]any{"back": []*ring{around}}
		var p pointer
		p = &p
		s := slice{nil}
		s[0] = s
		d := dict{}
		d["d"] = d
		same := &twoKinds{}
		same.First.Self = same
		g := &group{Members: map[*group]struct{}{}}
		g.Members[g] = struct{}{}

		expectTexts(t, map[string]any{
			`{"name":"a","next":{"name":"b","next":"<circular ref: capture_test.node>"}}`: loop,
			`{"m":"<circular ref: map[string]interface {}>"}`:                             m,
			`[1,"<circular ref: []interface {}>"]`:                                        list,
			`[1,["<circular ref: []interface {}>"]]`:                                      tail,
			`{"Next":{"back":["<circular ref: capture_test.ring>"]}}`:                     around,
			`<circular ref: capture_test.pointer>`:                                        p,
			`["<circular ref: capture_test.slice>"]`:                                      s,
			`{"d":"<circular ref: capture_test.dict>"}`:                                   d,
			`{"First":{"Self":"<circular ref: capture_test.twoKinds>"}}`:                  same,
			`{"Members":["<circular ref: capture_test.group>"]}`:                          g,
		})
	})

	t.Run("what is merely shared is no cycle", func(t *testing.T) {
		leaf := &node{Name: "x"}
		m := map[string]any{"k": leaf}
		list := []any{leaf, m}
		expectTexts(t, map[string]any{
			`[{"name":"x"},{"name":"x"},{"k":{"name":"x"}},{"k":{"name":"x"}},[{"name":"x"},{"k":{"name":"x"}}],[{"name":"x"},{"k":{"name":"x"}}]]`: []any{leaf, leaf, m, m, list, list},
			`{"First":{"Self":{"First":{"Self":null}}}}`: &twoKinds{inner{&twoKinds{}}},
			`[[],[[]]]`: []any{[]any{}, []any{[]any{}}},
		})
	})
}

func TestDeepNesting(t *testing.T) {
	t.Parallel()
	const levels = 300_000

	var list *node
	var lists, pointers any = "bottom", "bottom"
	var arrays slice
	type wide struct{ In struct{ Next any } }
	var structs any
	raw := strings.Repeat("[", 600) + strings.Repeat("]", 600)
	for range levels {
		list = &node{Name: "n", Next: list}
		lists = []any{lists}
		pointers = new(pointers)
		arrays = slice{arrays}
		structs = wide{struct{ Next any }{structs}}
	}
	for want, v := range map[string]any{
		"<too deep: capture_test.node>":      list,
		"<too deep: []interface {}>":         lists,
		"<too deep: interface {}>":           pointers,
		"<too deep: capture_test.slice>":     arrays,
		"<too deep: capture_test.wide>":      structs,
		"<unencodable capture_test.rawJSON>": map[string]any{"raw": rawJSON(raw)},
	} {
		captured := text(t, v)
		if !strings.Contains(captured, want) {
			t.Errorf("%T: no %s in %.100s…", v, want, captured)
		}
		if depth := strings.Count(captured, "[") + strings.Count(captured, "{"); depth > 510 { // A few are in the marks.
			t.Errorf("%T: %d levels", v, depth)
		}
		if !json.Valid([]byte(captured)) && captured != want {
			t.Errorf("%T: not JSON: %.100s…", v, captured)
		}
	}
}

func TestDeepNestingKeepsWhatIsOrdinary(t *testing.T) {
	t.Parallel()
	var list *node
	for range 400 {
		list = &node{Name: "n", Next: list}
	}
	if captured := text(t, list); strings.Contains(captured, "<") {
		t.Errorf("400 nodes are marked: …%s", captured[len(captured)-700:])
	}
}

func TestCountingEndsOnExponentialValues(t *testing.T) {
	t.Parallel()
	if testing.Short() || isRace() {
		t.Skip("counts to 64 MiB")
	}
	type pair struct{ L, R any }
	v := &pair{}
	for range 100 { // 2^100 leaves
		v = &pair{v, v}
	}
	captured := capture.Text(v, 1000)
	if !json.Valid([]byte(captured.Text)) || captured.From < 64<<20 {
		t.Errorf("got %d of %d bytes: %.200s", len(captured.Text), captured.From, captured.Text)
	}
}

type rawJSON string

func (r rawJSON) MarshalJSON() ([]byte, error) { return []byte(r), nil }
