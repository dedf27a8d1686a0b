package api

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestDiffOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ a, b, want string }{
		{"", "", ""},
		{"abc", "abc", "=abc"},
		{"", "ab", "+ab"},
		{"ab", "", "-ab"},
		{"abc", "axc", "=a -b +x =c"},
		{"abcd", "bcde", "-a =bcd +e"},
		{"abcabba", "cbabac", "-ab =c +b =ab -b =a +c"},
	} {
		edits, whole := diffOf([]byte(tt.a), []byte(tt.b))
		if got := told(tt.a, tt.b, edits); got != tt.want || !whole {
			t.Errorf("%s to %s: %s, want %s", tt.a, tt.b, got, tt.want)
		}
	}
}

func told(a, b string, edits []edit) string {
	var words []string
	for _, e := range edits {
		if e.op == onlyB {
			words = append(words, e.op+b[e.b0:e.b1])
		} else {
			words = append(words, e.op+a[e.a0:e.a1])
		}
	}
	return strings.Join(words, " ")
}

// TestDiffLeadsFromAToB whatever they are, and also where it is not searched to the end.
func TestDiffLeadsFromAToB(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	list := func(most, kinds int) []int {
		all := make([]int, random.IntN(most))
		for i := range all {
			all[i] = random.IntN(kinds)
		}
		return all
	}
	for round := range 300 {
		a, b := list(40, 4), list(40, 4)
		if round%100 == 0 {
			a, b = list(3000, 1<<30), list(3000, 1<<30)
		}
		edits, whole := diffOf(a, b)
		if !whole && len(a)+len(b) <= maxEdits {
			t.Errorf("%v to %v was not searched to the end", a, b)
		}
		var left, right []int
		for _, e := range edits {
			if e.op != onlyB {
				left = append(left, a[e.a0:e.a1]...)
			}
			if e.op != onlyA {
				right = append(right, b[e.b0:e.b1]...)
			}
			if e.op == inBoth && !slices.Equal(a[e.a0:e.a1], b[e.b0:e.b1]) {
				t.Errorf("%v is not in both", e)
			}
		}
		if !slices.Equal(left, a) || !slices.Equal(right, b) {
			t.Fatalf("%v to %v: edits %v", a, b, edits)
		}
	}
}
