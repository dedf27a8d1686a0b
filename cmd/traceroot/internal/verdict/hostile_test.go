package verdict_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

// askAll asks all questions of the package.
func askAll(summary store.Summary, spans []store.Span, bodies map[store.Hash]string) {
	t := verdict.NewTrace(summary, spans, bodies)
	verdict.Judge(t, epoch.Add(time.Hour))
	for _, call := range verdict.Calls(t) {
		verdict.Sources(t, call)
	}
	for i := range spans {
		verdict.NewSince(t, spans[i].SpanID)
	}
	verdict.Conversations(t)
	verdict.Groups(spans)
}

func TestParentsInACircle(t *testing.T) {
	t.Parallel()
	for name, spans := range map[string][]store.Span{
		"of one":     {agent("01", "01", "a", 0, 9, failed("x"))},
		"of two":     {agent("01", "02", "a", 0, 9, failed("x")), agent("02", "01", "b", 0, 9, failed("x"))},
		"below one":  {agent("01", "", "a", 0, 9, failed("x")), tool("02", "04", "b", 0, 9, failed("x")), tool("03", "02", "c", 0, 9), tool("04", "03", "d", 0, 9)},
		"missing":    {tool("02", "09", "b", 0, 9, failed("x")), model("03", "09", 0, 9, nil, nil)},
		"equal ids":  {agent("01", "", "a", 0, 9, failed("x")), agent("01", "01", "a", 0, 9), tool("01", "01", "c", 0, 9)},
		"not any id": {{}, {}, {Kind: store.KindLLM, Call: &store.Call{}}},
		"no spans":   nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, status := range []store.TraceStatus{store.TraceOK, store.TraceFailed, store.TraceRunning, ""} {
				askAll(store.Summary{Status: status}, spans, nil)
			}
		})
	}
}

func numbers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d,%d ", i, i)
	}
	return b.String()
}

func TestBodiesThatAreNoMessages(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":[`, 20_000) + strings.Repeat(`]}`, 20_000)
	for name, body := range map[string]string{
		"nothing":             "",
		"text":                "hello",
		"a number":            "17",
		"cut":                 `{"role":"assistant","content":"He`,
		"null":                `{"role":null,"content":null,"tool_calls":null}`,
		"of other types":      `{"role":{},"content":17,"tool_calls":{"id":1},"tool_call_id":[]}`,
		"deep":                `{"role":"assistant","content":` + deep + `,"tool_calls":[{"name":"a","arguments":` + deep + `}]}`,
		"invalid characters":  "{\"role\":\"assistant\",\"content\":\"\xff\xfe\",\"tool_calls\":[{\"name\":\"\xff\",\"arguments\":\"\xff\xff\xff\xff\"}]}",
		"many values":         `{"role":"assistant","tool_calls":[{"name":"a","arguments":[` + strings.Repeat(`"ord_77",`, 50_000) + `1]}]}`,
		"many numbers":        `{"role":"user","content":"` + numbers(100_000) + `"}`,
		"a value without end": `{"role":"assistant","tool_calls":[{"name":"a","arguments":{"x":"` + strings.Repeat("7", 1<<20) + `"}}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spans := []store.Span{
				agent("01", "", "a", 0, 90, failed("\xff")),
				model("02", "01", 1, 9, []string{user("x"), body}, []string{body, body}, offers(body), parameters(body)),
				tool("03", "01", "a", 10, 19, failed("ord_77"), input(body), output(body)),
				model("04", "01", 20, 29, []string{user("x"), body, body, body}, []string{body}, offers(body)),
				model("05", "01", 30, 39, []string{user("y"), body}, []string{says("", asks("c", "a", `{"n":7777777,"id":"ord_77","street":"1142 SE Alder St"}`))}),
				tool("06", "01", "a", 40, 49, took("c"), failed("n 7777777")),
			}
			askAll(store.Summary{Status: store.TraceFailed}, spans, nil)
		})
	}
}

func TestSpansInAnyOrderGiveTheSameVerdict(t *testing.T) {
	t.Parallel()
	want := judge(t, support()).Text()
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		spans := support()
		random.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
		if got := judge(t, spans).Text(); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
}

// huge is traces of ten thousand spans, each hard in its own way.
func huge() map[string][]store.Span {
	const n = 10_000
	flat := []store.Span{agent("00", "", "a", 0, n*10)}
	chain := []store.Span{agent("00", "", "a", 0, n*10)}
	failing := []store.Span{agent("00", "", "a", 0, n*10, failed("all is lost"))}
	var steps []turn
	for i := range n {
		id := fmt.Sprintf("%06d", i+1)
		flat = append(flat, tool(id, "00", "check_price", i*10, i*10+9, input(fmt.Sprintf(`{"sku":%d}`, i))))
		chain = append(chain, span(id, chain[i].SpanID, store.KindSpan, "down", i, n*10))
		failing = append(failing, tool(id, "00", "check_price", i*10, i*10+9, failed(fmt.Sprint("no ", i))))
		if i < n/20 {
			steps = append(steps, turn{"look", fmt.Sprintf(`{"id":"ord_%d"}`, i), fmt.Sprintf(`{"next":"ord_%d"}`, i+1), ""})
		}
	}
	return map[string][]store.Span{"siblings": flat, "a chain": chain, "siblings that failed": failing, "a long conversation": turns(steps...)}
}

func BenchmarkTrace(b *testing.B) {
	for name, spans := range huge() {
		bodies := map[store.Hash]string{}
		for i := range spans {
			if call := spans[i].Call; call != nil {
				call.In, call.Out = bare(call.In, bodies), bare(call.Out, bodies)
			}
		}
		summary := store.Summary{Status: store.TraceOK}
		if spans[0].Status == store.StatusError {
			summary.Status = store.TraceFailed
		}
		b.Run("judge "+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				verdict.Judge(verdict.NewTrace(summary, spans, bodies), epoch)
			}
		})
		b.Run("group "+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				verdict.Groups(spans)
			}
		})
	}
}
