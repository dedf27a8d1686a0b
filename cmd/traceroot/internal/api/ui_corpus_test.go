package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Messages of the support agent.
var (
	userSays     = store.NewMessage(`{"role":"user","content":"The cage of order 60418 is bent. My address: 1142 SE Alder St, Portland, OR 97201."}`)
	asksForLabel = store.NewMessage(`{"role":"assistant","content":"I create a label.","tool_calls":[{"id":"c1","name":"create_label","arguments":{"order":"60418","postal_code":"972O1"}}]}`)
	labelFails   = store.NewMessage(`{"role":"tool","content":"422 address_invalid: no such place","tool_call_id":"c1","is_error":true}`)
	givesUp      = store.NewMessage(`{"role":"assistant","content":"The address is not known to the carrier."}`)
	picture      = store.NewMessage(`{"role":"user","content":[{"type":"text","text":"look"},{"type":"image","data":"data:image/png;base64,` + onePixel + `"}]}`)
)

const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// support is a run of an agent that writes a postal code otherwise than it was told, and fails: agent, call, tool, HTTP
// request in the tool, second call.
func support(n int, code string, changes ...func(*store.Batch)) store.Batch {
	at := start.Add(time.Duration(n) * time.Minute)
	ms := func(n int) time.Time { return at.Add(time.Duration(n) * time.Millisecond) }
	asks := store.NewMessage(strings.Replace(asksForLabel.Body, "972O1", code, 1))
	texts := func(messages ...store.Message) *string {
		var bodies []string
		for _, m := range messages {
			bodies = append(bodies, m.Body)
		}
		return new("[" + strings.Join(bodies, ",") + "]")
	}
	call := func(i, from, to int, in, out []store.Message) store.Span {
		return store.Span{
			SpanID: spanID(n, i), ParentSpanID: spanID(n, 0), Name: "chat", Kind: store.KindLLM, Start: ms(from), End: ms(to),
			Model: "gpt-4o", Usage: &store.Usage{Input: 100, Output: 20, CacheRead: 40},
			Cost:             &store.Cost{Input: 1_000_000, Total: 1_000_000, Price: store.Price{Model: "gpt-4o", Source: "test", Date: "2026-01-01"}},
			TimeToFirstToken: 100 * time.Millisecond, Input: texts(in...), Output: texts(out...),
			Call: &store.Call{Provider: "openai", FinishReasons: []string{"stop"}, In: in, Out: out},
			Payload: store.Payload{
				Parameters: `{"temperature":0}`, Attributes: `{"a.truncated_from":"{\"input\":90000}"}`,
				Tools: `[{"type":"function","function":{"name":"create_label","description":"d","parameters":{"type":"object"}}}]`,
			},
		}
	}
	fails := func(s store.Span) store.Span {
		s.Status, s.StatusMessage = store.StatusError, "422 address_invalid: no such place"
		return s
	}
	batch := store.Batch{
		Traces: []store.Trace{{
			TraceID: traceID(n), Name: "support-agent", Start: at, HasRoot: true, SessionID: "talk", UserID: "ann",
			Input: new("The cage is bent."), Metadata: `{"plan":"pro"}`,
		}},
		Spans: []store.Span{
			fails(store.Span{
				SpanID: spanID(n, 0), Name: "support-agent", Kind: store.KindAgent, Start: at, End: ms(1000), Version: "v1",
				Input: new("The cage is bent."),
			}),
			call(1, 10, 400, []store.Message{userSays}, []store.Message{asks}),
			fails(store.Span{
				SpanID: spanID(n, 2), ParentSpanID: spanID(n, 0), Name: "create_label", Kind: store.KindTool, Start: ms(410), End: ms(600),
				Input: new(`{"order":"60418","postal_code":"` + code + `"}`), Call: &store.Call{ToolCallID: "c1"},
			}),
			{
				SpanID: spanID(n, 3), ParentSpanID: spanID(n, 2), Name: "POST /labels", Kind: store.KindSpan, Start: ms(420), End: ms(590),
				Source:  store.Source{File: "label.go", Line: 3, Function: "create"},
				Payload: store.Payload{Events: `[{"name":"sent","time":"2026-01-01T00:00:00Z","attributes":{"n":1}}]`, Links: `[{"trace_id":"a","span_id":"b"}]`},
			},
			call(4, 610, 990, []store.Message{userSays, asks, labelFails}, []store.Message{givesUp}),
		},
	}
	for i := range batch.Spans {
		s := &batch.Spans[i]
		if s.TraceID = traceID(n); s.Status == "" {
			s.Status = store.StatusOK
		}
	}
	for _, change := range changes {
		change(&batch)
	}
	return batch
}

// many is a run with so many calls of one tool, of which every fifth fails, below one span.
func many(n, count int) store.Batch {
	at := start.Add(time.Duration(n) * time.Minute)
	batch := store.Batch{
		Traces: []store.Trace{{TraceID: traceID(n), Name: "prices", Start: at, HasRoot: true}},
		Spans: []store.Span{{
			SpanID: spanID(n, 0), Name: "prices", Kind: store.KindAgent, Start: at, End: at.Add(time.Duration(count+1) * time.Second),
		}},
	}
	for i := 1; i <= count; i++ {
		s := store.Span{
			SpanID: fmt.Sprintf("%016x", uint64(n)<<32+uint64(i)*0x9E3779B97F4A7C15), ParentSpanID: spanID(n, 0), Name: "check_price", Kind: store.KindTool,
			Start: at.Add(time.Duration(i) * time.Second), End: at.Add(time.Duration(i)*time.Second + time.Duration(i%97)*1137*time.Microsecond),
			Input: new(fmt.Sprintf(`{"sku":"RD-%d"}`, i)), Output: new(fmt.Sprintf(`{"price":%d}`, i)),
		}
		if i%5 == 0 {
			s.Status, s.StatusMessage = store.StatusError, "HTTP 503"
		}
		batch.Spans = append(batch.Spans, s)
	}
	for i := range batch.Spans {
		if batch.Spans[i].TraceID = traceID(n); batch.Spans[i].Status == "" {
			batch.Spans[i].Status = store.StatusOK
		}
	}
	return batch
}

func groupOf(s *service, n int) string {
	return ask[struct {
		Groups []struct{ ID string }
	}](s, "/api/ui/traces/"+traceID(n)).Groups[0].ID
}

// ask reads a good reply.
func ask[T any](s *service, target string, header ...string) T {
	s.Helper()
	w := s.do(http.MethodGet, target, header...)
	if w.Code != http.StatusOK {
		s.Fatalf("GET %s: status %d %s", target, w.Code, w.Body)
	}
	var reply T
	if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil {
		s.Fatalf("GET %s: %v in %s", target, err, w.Body)
	}
	return reply
}
