package verdict

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Shared is a value that those that stand out have, and few others.
type Shared struct {
	Key    string // of an attribute, or of the input: member names parted by dots behind "input."
	Value  string
	Among  string // what stands out: "slow" or "failed"
	Having int    // of those that stand out
	Of     int    // that many stand out
	Others int    // of the rest
}

// Bounds of the search.
const (
	maxShared  = 5
	maxSampled = 2000 // spans of the rest
	maxFacts   = 64   // of a span
	maxFact    = 200  // bytes of a value
	minOut     = 3    // fewer have something in common by chance
	mostly     = 0.8  // of those that stand out
)

// shared finds what the slow ones of a group have in common, else what the failed ones do.
func shared(spans []store.Span, of, slow []int) []Shared {
	if found := inCommon(spans, of, slow, "slow"); found != nil {
		return found
	}
	var failed []int
	for _, i := range of {
		if spans[i].Status == store.StatusError {
			failed = append(failed, i)
		}
	}
	return inCommon(spans, of, failed, "failed")
}

func inCommon(spans []store.Span, of, out []int, among string) []Shared {
	if len(out) < minOut || len(out)*2 > len(of) {
		return nil
	}
	standsOut := make(map[int]bool, len(out))
	having := map[fact]int{}
	for _, i := range out {
		standsOut[i] = true
		for _, f := range factsOf(&spans[i]) {
			having[f]++
		}
	}
	likely := map[fact]int{}
	for f, n := range having {
		if float64(n) >= mostly*float64(len(out)) {
			likely[f] = 0
		}
	}
	step, rest := max((len(of)-len(out))/maxSampled, 1), 0
	for n := 0; n < len(of) && len(likely) > 0; n++ {
		if standsOut[of[n]] || n%step != 0 {
			continue
		}
		rest++
		for _, f := range factsOf(&spans[of[n]]) {
			if count, is := likely[f]; is {
				likely[f] = count + 1
			}
		}
	}
	var found []Shared
	for f, others := range likely {
		// Half as frequent among the rest is no news.
		if float64(others)/float64(max(rest, 1)) > float64(having[f])/float64(len(out))/2 {
			continue
		}
		found = append(found, Shared{f.key, f.value, among, having[f], len(out), others * step})
	}
	slices.SortFunc(found, func(a, b Shared) int {
		return cmp.Or(cmp.Compare(b.Having, a.Having), cmp.Compare(a.Others, b.Others), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Value, b.Value))
	})
	return found[:min(len(found), maxShared)]
}

type fact struct{ key, value string }

// factsOf is what a span tells in single words: its columns, attributes and the members of its input.
func factsOf(s *store.Span) []fact {
	var facts []fact
	add := func(key, value string) {
		if value != "" && len(value) <= maxFact && len(facts) < maxFacts {
			facts = append(facts, fact{key, value})
		}
	}
	add("model", s.Model)
	add("service", s.Service)
	add("version", s.Version)
	add("environment", s.Environment)
	if s.Input != nil {
		addFacts(add, "input", gjson.Parse(*s.Input), 0)
	}
	gjson.Parse(s.Payload.Attributes).ForEach(func(key, value gjson.Result) bool {
		if !strings.HasSuffix(key.Str, "_path") { // Ids of the parents are everyone's.
			addFacts(add, key.Str, value, 2)
		}
		return len(facts) < maxFacts
	})
	return facts
}

func addFacts(add func(key, value string), key string, v gjson.Result, depth int) {
	switch {
	case v.IsObject() && depth < 3:
		v.ForEach(func(name, value gjson.Result) bool {
			addFacts(add, key+"."+name.Str, value, depth+1)
			return true
		})
	case v.Type == gjson.Number || v.Type == gjson.True || v.Type == gjson.False:
		add(key, v.Raw)
	case v.Type == gjson.String:
		add(key, v.Str)
	}
}
