package capture_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

// Not parallel: it reads the allocation counter of the process.
func TestLargeMapsCostNoMoreThanTheLimit(t *testing.T) {
	const entries, limit = 60_000, 16 << 10
	plain, labels, numbers := map[string]any{}, map[string]string{}, map[int]int{}
	set, pairs := map[string]struct{}{}, map[pair]struct{}{}
	for i := range entries {
		key := fmt.Sprintf("key %08d", i)
		plain[key], labels[key], numbers[i], set[key] = true, "v", i, struct{}{}
		if i < entries/10 {
			pairs[pair{key, i}] = struct{}{}
		}
	}
	for _, c := range []struct {
		name  string
		v     any
		begin string
		whole int
	}{
		{"map of any", plain, `{"key 00000000":true,"key 00000001":true,`, entries*len(`"key 00000000":true,`) + 1},
		{"map of strings", labels, `{"key 00000000":"v","key 00000001":"v",`, entries*len(`"key 00000000":"v",`) + 1},
		{"map of numbers", numbers, `{"0":0,"1":1,"10":10,"100":100,"1000":1000,`, 0},
		{"set of strings", set, `["key 00000000","key 00000001",`, entries*len(`"key 00000000",`) + 1},
		{"set without an order", pairs, `[["key 00000000",0],["key 00000001",1],`, 0},
	} {
		for range 2 { // The second time, the types are known.
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			captured := capture.Text(c.v, limit)
			runtime.ReadMemStats(&after)
			if !strings.HasPrefix(captured.Text, c.begin) || !json.Valid([]byte(captured.Text)) || len(captured.Text) > limit {
				t.Errorf("%s: %d bytes, %.100s", c.name, len(captured.Text), captured.Text)
			}
			if captured.From <= limit || c.whole > 0 && captured.From != c.whole {
				t.Errorf("%s: the real size is said to be %d, want %d", c.name, captured.From, c.whole)
			}
			// Keys and values of maps come out of reflection one by one, each a small allocation that lives for a moment.
			const mostEach = 120
			if cost := after.TotalAlloc - before.TotalAlloc; cost > 24*limit+entries*mostEach {
				t.Errorf("%s: %d bytes allocated", c.name, cost)
			}
		}
	}
}

// The first members in order are kept, and all are counted, whatever the map's order of the day and the limit.
func TestLargeMapsAreCutAsIfSortedWhole(t *testing.T) {
	t.Parallel()
	numbers, labels, pairs, set := map[int]string{}, map[string]string{}, map[pair]struct{}{}, map[string]struct{}{}
	for i := range 60 {
		key := fmt.Sprintf("%02d", i)
		numbers[i], labels[key], pairs[pair{key, i}], set[key] = "value of "+key, "v\n"+key, struct{}{}, struct{}{}
	}
	for i, v := range []any{numbers, labels, pairs, set, []any{"first", numbers, labels, pairs, set, "last"}} {
		whole := text(t, v)
		for limit := 4; limit < len(whole); limit += 1 + i*3 {
			want, _ := capture.CutJSON(whole, limit)
			if got := capture.Text(v, limit); got != (capture.Value{Text: want, From: len(whole), OK: true}) {
				t.Fatalf("Text(%.100s, %d)\ngot  %+v\nwant %s of %d", whole, limit, got, want, len(whole))
			}
		}
	}
}

func TestEndlessListsEnd(t *testing.T) {
	t.Parallel()
	if testing.Short() || isRace() {
		t.Skip("counts to 64 MiB")
	}
	zeros := make([]struct{}, 1<<40) // It takes no memory, and would take hours.
	began := time.Now()
	captured := capture.Text(map[string]any{"zeros": zeros}, 100)
	if !json.Valid([]byte(captured.Text)) || captured.From < 64<<20 {
		t.Errorf("got %d of %d bytes", len(captured.Text), captured.From)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %v", took)
	}
}
