package capture_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

type message struct {
	Role    string         `json:"role"`
	Content string         `json:"content"`
	Calls   []toolCall     `json:"tool_calls,omitempty"`
	At      time.Time      `json:"at"`
	Extra   map[string]any `json:"extra,omitempty"`
}

type toolCall struct {
	ID   string          `json:"id"`
	Name string          `json:"name"`
	Args json.RawMessage `json:"arguments"`
}

func conversation() []message {
	at := time.Date(2026, 2, 5, 12, 30, 0, 0, time.UTC)
	return []message{
		{Role: "system", Content: strings.Repeat("You answer questions about orders. ", 20), At: at},
		{Role: "user", Content: "Where is order 60418? It's <late>.", At: at, Extra: map[string]any{"lang": "en", "score": 0.75, "n": 3}},
		{Role: "assistant", At: at, Calls: []toolCall{{ID: "call_1", Name: "get_order", Args: json.RawMessage(`{"id":60418}`)}}},
	}
}

func samples() map[string]any {
	return map[string]any{
		"string":   strings.Repeat("prompt ", 100),
		"int":      42,
		"strings":  []string{"Oslo", "Bergen", "Tromsø"},
		"map":      map[string]any{"query": "weather in Oslo", "k": 3, "filters": []any{"a", true, 0.5}},
		"struct":   toolCall{ID: "call_1", Name: "get_order", Args: json.RawMessage(`{"id":60418}`)},
		"messages": conversation(),
	}
}

func BenchmarkText(b *testing.B) {
	for name, v := range samples() {
		b.Run(name+"/capture", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				capture.Text(v, roomy)
			}
		})
		b.Run(name+"/json", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				text, err := json.Marshal(v)
				if err != nil {
					b.Fatal(err)
				}
				_ = string(text) // An attribute is a string.
			}
		})
	}
}

func BenchmarkTextBeyondLimit(b *testing.B) {
	v := map[string]any{"prompt": strings.Repeat("prompt ", 1<<20)}
	b.SetBytes(7 << 20)
	b.ReportAllocs()
	for b.Loop() {
		capture.Text(v, 64<<10)
	}
}

func BenchmarkCutJSON(b *testing.B) {
	s := capture.Text(conversation(), roomy).Text
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		capture.CutJSON(s, len(s)-1)
	}
}

// Not parallel: testing.AllocsPerRun counts for the whole process.
func TestAllocations(t *testing.T) {
	if isRace() {
		t.Skip("with -race, sync.Pool forgets at random")
	}
	want := map[string]float64{"string": 0, "int": 1, "strings": 1, "map": 1, "struct": 1, "messages": 1}
	for name, v := range samples() {
		if got := testing.AllocsPerRun(200, func() { capture.Text(v, roomy) }); got > want[name] {
			t.Errorf("%s: %v allocations, want %v", name, got, want[name])
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	type tree struct {
		Name  string
		Left  *tree
		Right map[string]*tree
		Set   map[pair]struct{}
	}
	v := &tree{"a", &tree{Name: "b"}, map[string]*tree{"x": {Name: "c"}}, map[pair]struct{}{{"p", 1}: {}}}
	want := `{"Name":"a","Left":{"Name":"b","Left":null,"Right":null,"Set":null},` +
		`"Right":{"x":{"Name":"c","Left":null,"Right":null,"Set":null}},"Set":[["p",1]]}`
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if got := capture.Text(v, roomy).Text; got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			}
		})
	}
	wg.Wait()
}
