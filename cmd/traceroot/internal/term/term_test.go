package term_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/term"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var begin = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// span lasts from one millisecond of the trace to another; to 0 means that it runs.
func span(id, parent string, kind store.Kind, name string, from, to int) store.Span {
	s := store.Span{
		TraceID: "7f3a9c41d2e85b06aabbccddeeff0011", SpanID: id, ParentSpanID: parent,
		Kind: kind, Name: name, Status: store.StatusOK, Start: at(from),
	}
	if to != 0 {
		s.End = at(to)
	}
	return s
}

func at(milliseconds int) time.Time {
	return begin.Add(time.Duration(milliseconds) * time.Millisecond)
}

func with(s store.Span, change func(*store.Span)) store.Span {
	change(&s)
	return s
}

func failed(s store.Span, chain ...store.Error) store.Span {
	s.Status = store.StatusError
	s.Errors = chain
	if len(chain) > 0 {
		s.StatusMessage = chain[0].Message
	}
	return s
}

var trace = store.Trace{TraceID: "7f3a9c41d2e85b06aabbccddeeff0011", Name: "support-agent", HasRoot: true, Start: begin}

// supportAgent is a run as the demo's, with a tool that fails and is called again.
func supportAgent() (store.Trace, []store.Span) {
	tr := trace
	tr.UserID, tr.SessionID, tr.Tags = "customer-2187", "chat-90531", []string{"demo"}
	source := func(file string, line int) func(*store.Span) {
		return func(s *store.Span) { s.Source = store.Source{File: "internal/demo/" + file, Line: line} }
	}
	return tr, []store.Span{
		with(span("b2", "a1", store.KindLLM, "chat gpt-4.1-mini", 20, 1040), func(s *store.Span) {
			s.Source = store.Source{File: "internal/demo/agent.go", Line: 88}
			s.Usage = &store.Usage{Input: 612, Output: 48}
			s.TimeToFirstToken = 310 * time.Millisecond
			s.Input = new(`[{"role":"system","content":"You are"},{"role":"user","content":"Where is order 60418?\nAnd do you have another?"}]`)
			s.Output = new(`[{"role":"assistant","content":null,"tool_calls":[{"id":"1","name":"get_order","arguments":{"id":60418}},{"id":"2","name":"check_stock","arguments":{"sku":"RD-7150","shop":"main street"}}]}]`)
		}),
		with(span("a1", "", store.KindAgent, "support-agent", 0, 4210), source("agent.go", 41)),
		with(with(span("c3", "a1", store.KindTool, "get_order", 1050, 1430), source("tools.go", 17)), func(s *store.Span) {
			s.Input, s.Output = new("60418"), new("{\n  \"status\": \"delivered\",\n  \"on\": \"Tuesday\"\n}")
		}),
		failed(with(span("d4", "a1", store.KindTool, "check_stock", 1050, 1300), func(s *store.Span) {
			s.Source, s.Input = store.Source{File: "internal/demo/tools.go", Line: 31}, new("RD-7150")
		}),
			store.Error{Type: "fmt.wrapError", Message: "check stock of RD-7150: stock service: 503 Service Unavailable"},
			store.Error{Type: "fmt.wrapError", Message: "stock service: 503 Service Unavailable"},
			store.Error{Type: "demo.StatusError", Message: "503 Service Unavailable"}),
		with(with(span("e5", "a1", store.KindTool, "check_stock", 1400, 1920), source("tools.go", 31)), func(s *store.Span) {
			s.Input, s.Output = new("RD-7150"), new("3")
		}),
		with(span("f6", "a1", store.KindLLM, "chat gpt-4.1-mini", 1950, 4200), func(s *store.Span) {
			s.Source = store.Source{File: "internal/demo/agent.go", Line: 88}
			s.Usage = &store.Usage{Input: 1702, Output: 139, CacheRead: 1024}
			s.TimeToFirstToken = 220 * time.Millisecond
			s.Input = new(`[{"role":"tool","content":"{\"status\": \"delivered\"}"},{"role":"tool","content":"3"}]`)
			s.Output = new(`[{"role":"assistant","content":[{"type":"text","text":"It was delivered on Tuesday, and yes: three more are in stock. Shall I put one aside for you until the weekend?"}]}]`)
		}),
	}
}

func draw(t *testing.T, tr store.Trace, spans []store.Span, o term.Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := term.WriteTrace(&out, tr, spans, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestGolden(t *testing.T) {
	t.Parallel()
	agent, agentSpans := supportAgent()
	for _, tt := range []struct {
		name    string
		trace   store.Trace
		spans   []store.Span
		options term.Options
	}{
		{"agent-60", agent, agentSpans, term.Options{Width: 60}},
		{"agent-80", agent, agentSpans, term.Options{Width: 80}},
		{"agent-120", agent, agentSpans, term.Options{Width: 120}},
		{"agent-200", agent, agentSpans, term.Options{Width: 200}},
		{"agent-color", agent, agentSpans, term.Options{Width: 100, Color: true}},
		{"no-spans", trace, nil, term.Options{Width: 80}},
		{"running", trace, running(), term.Options{Width: 80, Now: at(3000)}},
		{"running-color", trace, running(), term.Options{Width: 80, Now: at(3000), Color: true}},
		{"orphans", trace, orphans(), term.Options{Width: 80}},
		{"clocks", trace, clocks(), term.Options{Width: 80}},
		{"errors", trace, failures(), term.Options{Width: 100}},
		{"loop", trace, loop(), term.Options{Width: 100}},
		{"deep", trace, deep(40), term.Options{Width: 60}},
		{"strangers", strange(trace), strangers(), term.Options{Width: 80}},
		{"vocabularies", trace, vocabularies(), term.Options{Width: 100}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			compareGolden(t, tt.name, draw(t, tt.trace, tt.spans, tt.options))
		})
	}
}

func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; go test -update rewrites it\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}
