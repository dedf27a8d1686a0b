package gauge

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
)

// Stock is what a store holds for measurements. Traces of the list are a second apart, the latest first.
type Stock struct {
	Traces int // of the list
	Rich   int // the latest of them, which are as real ones are: many calls, errors, tags, long texts
}

// Trace ids of single traces.
var (
	LargeTrace   = strings.Repeat("cd", 16) // LargeSpans spans, few of which are alike
	GroupedTrace = strings.Repeat("ef", 16) // as many, most of them the same call
	SmallTrace   = strings.Repeat("ab", 16) // SmallSpans spans, else as the large one
)

// How many spans single traces have.
const (
	LargeSpans = 10_000
	SmallSpans = 20
)

// Fill writes the stock, and the single traces, into the folder of a server that does not run.
func (s Stock) Fill(ctx context.Context, folder string) (err error) {
	db, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(folder, "traces.db"), NoSearch: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	const project, batchTraces = "dev", 1000
	now := time.Now().UTC().Truncate(time.Microsecond)
	for from := 0; from < s.Traces; from += batchTraces {
		var batch store.Batch
		for n := from; n < min(from+batchTraces, s.Traces); n++ {
			calls := 1
			if n < s.Rich {
				calls = 2 + n%11
			}
			add(&batch, run(n, calls, now.Add(-time.Duration(n)*time.Second)))
		}
		if err := db.Write(ctx, project, batch); err != nil {
			return err
		}
	}
	// They are older than the list, and so do not stand in it.
	before := now.Add(-time.Duration(s.Traces) * time.Second).Add(-time.Hour)
	for _, batch := range []store.Batch{steps(LargeTrace, LargeSpans, before), alike(GroupedTrace, LargeSpans, before), steps(SmallTrace, SmallSpans, before)} {
		if err := db.Write(ctx, project, batch); err != nil {
			return err
		}
	}
	return nil
}

func add(to *store.Batch, from store.Batch) {
	to.Traces, to.Spans = append(to.Traces, from.Traces...), append(to.Spans, from.Spans...)
}

const failure = `create_return_label: 422 address_invalid: postal code "972O1" is not one of Portland, OR (did you mean "97201"?)`

var agents = []string{"support-agent", "research-agent", "coding-agent", "triage", "price-watcher"}

// run is a trace of the list: an agent that asks a model and then a tool, so many times, and the model once more.
func run(n, calls int, start time.Time) store.Batch {
	random := rand.New(rand.NewPCG(1, uint64(n))) //nolint:gosec // texts, the same every time
	id := fmt.Sprintf("%016x%016x", random.Uint64(), random.Uint64())
	failed := n%9 == 4
	length := time.Duration(700_000+random.IntN(30_000_000)) * time.Microsecond
	root := store.Span{
		TraceID: id, SpanID: spanID(n, 0), Name: agents[n%len(agents)], Kind: store.KindAgent, Start: start, End: start.Add(length),
		Status: store.StatusOK, Input: new(prose(random, 4+n%26)), Output: new(prose(random, 2+n%50)), Environment: "dev",
	}
	if failed {
		root.Status, root.StatusMessage, root.Output = store.StatusError, failure, nil
	}
	batch := store.Batch{
		Traces: []store.Trace{{
			TraceID: id, Name: root.Name, Start: start, HasRoot: true, UserID: fmt.Sprintf("user-%d", 4000+random.IntN(900)),
			SessionID: fmt.Sprintf("sess_%d", 2000+n/3), Environment: []string{"dev", "ci"}[n%7/6], Input: root.Input, Output: root.Output,
		}},
		Spans: []store.Span{root},
	}
	if n%3 == 0 {
		batch.Traces[0].Tags = []string{"vip", "returns"}[:1+n%2]
	}
	part := length / time.Duration(2*calls+1)
	for step := range 2*calls - 1 {
		s := store.Span{
			TraceID: id, SpanID: spanID(n, step+1), ParentSpanID: root.SpanID, Name: "chat", Kind: store.KindLLM, Status: store.StatusOK,
			Start: start.Add(time.Duration(step) * part), End: start.Add(time.Duration(step+1)*part - part/9),
		}
		if step%2 == 1 {
			s.Name, s.Kind = "get_order", store.KindTool
			if failed && step > 2*calls-4 || n%13 == 7 && step == 1 {
				s.Status, s.StatusMessage = store.StatusError, failure
			}
		} else {
			s.Model, s.Usage = "gpt-4o-mini", &store.Usage{Input: int64(900 + random.IntN(9000)), Output: int64(40 + random.IntN(600))}
			s.Cost = &store.Cost{Input: 240_000, Output: 300_000, Total: store.NanoUSD(540_000 + random.IntN(9_000_000))}
		}
		batch.Spans = append(batch.Spans, s)
	}
	return batch
}

// spanID looks as random as ids do.
func spanID(trace, n int) string {
	const spread = 0x9E3779B97F4A7C15
	return fmt.Sprintf("%016x", uint64(trace<<24+n+1)*spread) //nolint:gosec // no trace is below 0
}

// steps is a trace whose spans are of many names and up to 40 parents.
func steps(id string, spans int, start time.Time) store.Batch {
	return single(id, spans, start, func(s *store.Span, n int) {
		s.Name, s.Kind = fmt.Sprintf("step %d", n%97), []store.Kind{store.KindLLM, store.KindTool, store.KindSpan}[n%3]
		s.ParentSpanID = spanID(0, (n%40)*(n/1000))
	})
}

// alike is a trace of one agent that calls one tool, again and again, each time by two requests.
func alike(id string, spans int, start time.Time) store.Batch {
	return single(id, spans, start, func(s *store.Span, n int) {
		s.Name, s.Kind, s.ParentSpanID = "check_price", store.KindTool, spanID(0, 0)
		if n%3 != 1 {
			s.Name, s.Kind, s.ParentSpanID = "GET", store.KindSpan, spanID(0, n-(n+2)%3)
		}
	})
}

func single(id string, spans int, start time.Time, shape func(s *store.Span, n int)) store.Batch {
	batch := store.Batch{Traces: []store.Trace{{TraceID: id, Name: "watch", Start: start, HasRoot: true, Input: new("what is new?"), Output: new("nothing")}}}
	random := rand.New(rand.NewPCG(2, 2))
	for n := range spans {
		at := start.Add(time.Duration(n)*7*time.Millisecond + time.Duration(random.IntN(7000))*time.Microsecond)
		s := store.Span{
			TraceID: id, SpanID: spanID(0, n), Name: "watch", Kind: store.KindAgent, Status: store.StatusOK,
			Start: at, End: at.Add(time.Duration(3000+random.IntN(200_000)) * time.Microsecond),
		}
		if n == 0 {
			s.End = start.Add(time.Duration(spans+100) * 7 * time.Millisecond)
		} else {
			shape(&s, n)
		}
		switch {
		case s.Kind == store.KindLLM:
			s.Model, s.Usage = "gpt-4o-mini", &store.Usage{Input: 900, Output: int64(40 + n%300)}
			s.Cost = &store.Cost{Input: 240_000, Output: 300_000, Total: 540_000}
		case n%500 == 2:
			s.Status, s.StatusMessage = store.StatusError, "503 service unavailable"
		}
		batch.Spans = append(batch.Spans, s)
	}
	return batch
}
