package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
)

// conversation makes the batches of an agent that asks a model and a tool in turn: the call of turn N shows the model
// all turns before it. The texts are words of a vocabulary of English size and shape.
type conversation struct {
	rand  *rand.Rand
	trace int
	turns int
	words int // of a message
	raw   int // bytes of what was made so far
}

const system = `{"role":"system","content":"You are a careful assistant of a small shop. Answer in short sentences, and never promise what the shop cannot keep. Ask before you order anything for more than a hundred dollars."}`

func (c *conversation) text() string {
	var b strings.Builder
	for range c.words {
		word := uint32(min(c.rand.ExpFloat64()*800, 30_000)) * 2654435761 // frequent words are few
		for range 2 + word%4 {
			b.WriteByte("bcdfghklmnprst"[(word>>8)%14])
			b.WriteByte("aeiou"[(word>>16)%5])
			word = word*1664525 + 1013904223
		}
		b.WriteByte(' ')
	}
	return b.String()
}

func (c *conversation) message(role string) store.Message {
	return store.NewMessage(fmt.Sprintf(`{"role":"%s","content":"%s"}`, role, c.text()))
}

func list(messages []store.Message) *string {
	bodies := make([]string, len(messages))
	for i, m := range messages {
		bodies[i] = m.Body
	}
	return new("[" + strings.Join(bodies, ",") + "]")
}

// next is one whole trace.
func (c *conversation) next() store.Batch {
	c.trace++
	id := fmt.Sprintf("%016x%016x", c.rand.Uint64(), c.rand.Uint64())
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Add(time.Duration(c.trace) * time.Second)
	messages := []store.Message{store.NewMessage(system)}
	var batch store.Batch
	root := c.span(id, "", "agent", store.KindAgent, start)
	for turn := range c.turns {
		at := start.Add(time.Duration(turn) * time.Second)
		messages = append(messages, c.message("user"))
		answer := c.message("assistant")
		llm := c.span(id, root.SpanID, "chat gpt-4o", store.KindLLM, at)
		llm.Input, llm.Output = list(messages), list([]store.Message{answer})
		llm.Model, llm.Service, llm.Version = "gpt-4o", "shop", "1.2.3"
		llm.Usage = &store.Usage{Input: int64(100 * turn), Output: 80, CacheRead: int64(50 * turn)}
		llm.Cost = &store.Cost{Input: 1000, Output: 2000, Total: 3000, Price: store.Price{
			Model: "gpt-4o", Source: "https://openai.com/api/pricing", Date: "2026-01-01", Input: "0.0000025", Output: "0.00001",
		}}
		llm.TimeToFirstToken = time.Duration(200+c.rand.IntN(300)) * time.Millisecond
		llm.Call = &store.Call{
			Provider: "openai", Operation: "chat", ResponseModel: "gpt-4o-2024-08-06",
			ResponseID: fmt.Sprintf("chatcmpl-%x", c.rand.Uint64()), FinishReasons: []string{"stop"},
			In: append([]store.Message(nil), messages...), Out: []store.Message{answer},
		}
		messages = append(messages, answer)
		llm.Payload.Parameters = `{"temperature":0.2,"max_tokens":1024}`
		llm.Payload.Attributes = fmt.Sprintf(`{"traceroot.span.type":"llm","traceroot.llm.model":"gpt-4o",`+
			`"gen_ai.provider.name":"openai","gen_ai.operation.name":"chat","gen_ai.request.model":"gpt-4o",`+
			`"gen_ai.response.model":"gpt-4o-2024-08-06","gen_ai.response.id":"%s","gen_ai.usage.input_tokens":%d,`+
			`"gen_ai.usage.output_tokens":80,"traceroot.llm.time_to_first_token_ms":%d.5,"traceroot.llm.streaming":true,`+
			`"server.address":"api.openai.com","url.path":"/v1/chat/completions","http.response.status_code":200}`,
			llm.Call.ResponseID, 100*turn, 200+c.rand.IntN(300))
		batch.Spans = append(batch.Spans, llm)
		c.raw += len(*llm.Input) + len(*llm.Output) + len(llm.Payload.Attributes) + 400
	}
	root.Input, root.Output = new(c.text()), new(c.text())
	root.End = start.Add(time.Minute)
	c.raw += len(*root.Input) + len(*root.Output) + 400
	batch.Spans = append(batch.Spans, root)
	batch.Traces = []store.Trace{{
		TraceID: id, Name: "agent", Start: start, HasRoot: true, Environment: "prod", Input: root.Input, Output: root.Output,
		UserID: fmt.Sprint("user-", c.rand.IntN(5000)), SessionID: fmt.Sprint("session-", c.trace),
		Tags: []string{"blue", fmt.Sprint("v", c.trace%7)},
	}}
	return batch
}

func (c *conversation) span(trace, parent, name string, kind store.Kind, start time.Time) store.Span {
	return store.Span{
		TraceID: trace, SpanID: fmt.Sprintf("%016x", c.rand.Uint64()), ParentSpanID: parent, Name: name, Kind: kind,
		Start: start, End: start.Add(time.Duration(c.rand.IntN(3000)) * time.Millisecond), Status: store.StatusOK,
		Environment: "prod", Source: store.Source{File: "internal/shop/agent.go", Line: 120, Function: "(*Agent).turn"},
		Payload: store.Payload{
			Resource: `{"service.name":"shop","service.version":"1.2.3","telemetry.sdk.language":"go","host.name":"worker-7"}`,
			Scope:    "traceroot-go",
		},
	}
}

// batches joins conversations to batches of about a hundred spans.
func (c *conversation) batches(spans int) []store.Batch {
	var all []store.Batch
	for n := 0; n < spans; {
		var batch store.Batch
		for len(batch.Spans) < 100 && n < spans {
			one := c.next()
			batch.Traces = append(batch.Traces, one.Traces...)
			batch.Spans = append(batch.Spans, one.Spans...)
			n += len(one.Spans)
		}
		all = append(all, batch)
	}
	return all
}

func BenchmarkWrite(b *testing.B) {
	for _, bench := range []struct {
		name     string
		turns    int
		words    int
		noSearch bool
	}{
		{"20Turns", 20, 22, false},
		{"20TurnsNoSearch", 20, 22, true},
		{"4Turns", 4, 120, false},
	} {
		b.Run(bench.name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "traces.db")
			s, err := sqlite.Open(b.Context(), sqlite.Options{Path: path, NoSearch: bench.noSearch})
			if err != nil {
				b.Fatal(err)
			}
			c := conversation{rand: rand.New(rand.NewPCG(1, 2)), turns: bench.turns, words: bench.words}
			var spans, raw int
			var busy, wall time.Duration
			for b.Loop() {
				batches := c.batches(20_000)
				began, cpu := time.Now(), cpuTime(b)
				writeAll(b, s, batches)
				wall += time.Since(began)
				busy += cpuTime(b) - cpu
				for _, batch := range batches {
					spans += len(batch.Spans)
				}
			}
			raw = c.raw
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(spans)/wall.Seconds(), "spans/s")
			b.ReportMetric(busy.Seconds()/float64(spans)*1000, "CPU-s/1000spans")
			b.ReportMetric(float64(raw)/float64(spans), "rawB/span")
			b.ReportMetric(float64(info.Size())/float64(spans), "B/span")
			b.ReportMetric(float64(info.Size())/float64(raw), "stored/raw")
		})
	}
}

// writeAll writes with four connections.
func writeAll(b *testing.B, s store.Writer, batches []store.Batch) {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(batches) {
					return
				}
				if err := s.Write(b.Context(), "acme", batches[i]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
