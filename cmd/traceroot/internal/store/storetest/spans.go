package storetest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// fullSpan has something in every field.
func fullSpan(n int) store.Span {
	in := []store.Message{
		store.NewMessage(`{"role":"system","content":"Be brief. ` + strings.Repeat("Always. ", 40) + `"}`),
		store.NewMessage(`{"role":"user","content":"hi"}`),
	}
	out := []store.Message{store.NewMessage(`{"role":"assistant","content":"hello"}`)}
	start := at(n)
	return store.Span{
		TraceID: traceID(n), SpanID: spanID(n, 9), ParentSpanID: spanID(n, 0), Name: "chat gpt-4o", Kind: store.KindLLM,
		Start: start.Add(1234 * time.Microsecond), End: start.Add(2 * time.Second),
		Status: store.StatusError, StatusMessage: "rate limited",
		Errors: []store.Error{
			{Type: "openai.Error", Message: "rate limited: twice", Causes: [][]store.Error{{{Type: "net.Error", Message: "twice"}}}},
			{Type: "errors.errorString", Message: "twice"},
		},
		Input:    new("[" + in[0].Body + "," + in[1].Body + "]"),
		Output:   new("[" + out[0].Body + "]"),
		Metadata: `{"plan":"pro","depth":{"a":[1,2]}}`,
		Tags:     []string{"b", "a"},
		Model:    "gpt-4o",
		Usage: &store.Usage{
			Input: 100, Output: 20, CacheRead: 40, CacheWrite: 30, CacheWrite1h: 10, Reasoning: 5, Estimated: true,
		},
		Cost: &store.Cost{
			Input: 1, CacheRead: 2, CacheWrite: 3, Output: 4, Total: 11,
			Price: store.Price{Model: "gpt-4o", Source: "list", Date: "2026-01-01", Input: "0.0000025", Output: "0.00001", CacheRead: "0.00000125"},
		},
		Streaming: true, TimeToFirstToken: 321 * time.Millisecond,
		Environment: "prod", Service: "api", Version: "1.2.3",
		Source: store.Source{File: "main.go", Line: 42, Function: "main.run"},
		Call: &store.Call{
			Provider: "openai", Operation: "chat", ResponseModel: "gpt-4o-2024", ResponseID: "resp_1", RequestID: "req_1",
			ToolCallID: "call_1", FinishReasons: []string{"stop", ""}, HTTPStatus: 429, Resend: 2, Incomplete: true, In: in, Out: out,
		},
		Payload: store.Payload{
			Parameters: `{"temperature":0.5}`,
			Tools:      `[{"name":"lookup","parameters":{"type":"object","description":"` + strings.Repeat("x", 600) + `"}}]`,
			Attributes: `{"http.method":"GET","big":"` + strings.Repeat("y ", 300) + `"}`,
			Resource:   `{"service.name":"api"}`, Scope: "scope",
			Events: `[{"name":"e","time":1,"attributes":{}}]`, Links: `[{"trace_id":"1","span_id":"2","attributes":{}}]`,
		},
	}
}

func (s suite) TestSpans(t *testing.T) {
	batch, full := run(1), fullSpan(1)
	batch.Spans = append(batch.Spans, full)
	write(t, s, batch)

	t.Run("ingest-16 an accepted batch is readable, every field of a span", func(t *testing.T) {
		same(t, "Span", getSpan(t, s, 1, 9), bare(full))
	})
	t.Run("a span is found without its trace's id", func(t *testing.T) {
		got, err := s.Span(t.Context(), project, "", spanID(1, 9))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "Span", got, bare(full))
	})
	t.Run("rest-14 a trace has its spans by start, end and id", func(t *testing.T) {
		later := run(2)
		for i := range 6 {
			span := store.Span{TraceID: traceID(2), SpanID: spanID(2, 9-i), Name: "s", Kind: store.KindSpan, Status: store.StatusOK, Start: at(2)}
			span.End = at(2).Add(time.Duration(i/2) * time.Second)
			later.Spans = append(later.Spans, span)
		}
		write(t, s, later)
		_, spans := get(t, s, 2)
		var ids []string
		for _, span := range spans {
			ids = append(ids, span.SpanID[15:])
		}
		same(t, "order", ids, strings.Split("8 9 6 7 4 5 0 1 2", " "))
	})
	t.Run("rest-15 without payload a span has its columns", func(t *testing.T) {
		_, spans, err := s.Trace(t.Context(), project, traceID(1), false)
		if err != nil {
			t.Fatal(err)
		}
		want := bare(full)
		want.Input, want.Output, want.Metadata, want.Payload = nil, nil, "", store.Payload{}
		same(t, "span", spans[1], want)
	})
	t.Run("rest-16 with payload it has everything", func(t *testing.T) {
		_, spans := get(t, s, 1)
		same(t, "span", spans[1], bare(full))
	})
	t.Run("rest-18 what is not there is not found", func(t *testing.T) {
		if _, _, err := s.Trace(t.Context(), project, traceID(99), true); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Trace: %v, want ErrNotFound", err)
		}
		for _, trace := range []string{"", traceID(1), traceID(99), "no hex"} {
			if _, err := s.Span(t.Context(), project, trace, spanID(99, 1)); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("Span: %v, want ErrNotFound", err)
			}
		}
		if _, err := s.Span(t.Context(), project, traceID(2), spanID(1, 1)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Span of another trace: %v, want ErrNotFound", err)
		}
	})
}

// TestTexts stores texts that an engine may want to take apart.
func (s suite) TestTexts(t *testing.T) {
	long := strings.Repeat("All work and no play. ", 500)
	for i, text := range []string{
		"", " ", "plain", "null", "{}", `""`, "\x00\x01 control", "ünïcödé 東京 🙂", long,
		`{"a":` + `"` + long + `","b":["` + long + `",{"c":"` + long + `"}]}`,
		`["` + long + `","` + long + `"]`,
		`{"a":1, "b" : [ 1,2 , 3 ] }`, `{"broken":`, "[" + long, strings.Repeat("[", 5000), `{"role":"user","content":"hi"}`,
		`[{"role":"user","content":"hi"},{"role":"user","content":"hi"}]`, strings.Repeat("\\", 2000), long + long,
	} {
		batch := run(i+1, says(0, text, text+text), says(1, text, text))
		batch.Spans[0].Payload.Attributes, batch.Spans[0].Metadata = text, text
		batch.Traces[0].Input, batch.Traces[0].Metadata = &text, text
		write(t, s, batch)
		sum, spans := get(t, s, i+1)
		same(t, "trace's input", *sum.Input, text)
		same(t, "trace's metadata", sum.Metadata, text)
		same(t, "span", spans[0], bare(batch.Spans[0]))
		same(t, "model call", spans[1], bare(batch.Spans[1]))
	}
}

func (s suite) TestMessages(t *testing.T) {
	first, second := run(1), run(2)
	question, answer := first.Spans[1].Call.In[0], first.Spans[1].Call.Out[0]
	second.Spans[1].Call.In = append([]store.Message{question, answer}, second.Spans[1].Call.In...)
	second.Spans[1].Input = new("[" + question.Body + "," + answer.Body + "," + second.Spans[1].Call.In[2].Body + "]")
	write(t, s, first, second)

	none := store.HashOf("never said")
	got, err := s.Messages(t.Context(), project, []store.Hash{answer.Hash, none, question.Hash, answer.Hash})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "Messages", got, []store.Message{answer, {Hash: none}, question, answer})
	if none, err := s.Messages(t.Context(), project, nil); err != nil || len(none) > 0 {
		t.Errorf("no messages: %v, %v", none, err)
	}
	same(t, "messages of the second", getSpan(t, s, 2, 1).Call.In, bareMessages(second.Spans[1].Call.In))
}

func (s suite) TestProjects(t *testing.T) {
	ours, theirs := run(1, says(0, "ours", "")), run(1, says(0, "theirs", ""), inSession("bob", "s"))
	writeTo(t, s, project, ours)
	writeTo(t, s, "other", theirs, run(2))

	t.Run("rest-25 a trace of another project is not found", func(t *testing.T) {
		if _, _, err := s.Trace(t.Context(), project, traceID(2), true); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Trace: %v, want ErrNotFound", err)
		}
		if _, err := s.Span(t.Context(), project, "", spanID(2, 1)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Span: %v, want ErrNotFound", err)
		}
	})
	same(t, "input", *getSpan(t, s, 1, 0).Input, "ours")
	wantList(t, s, store.Query{}, 1)
	wantList(t, s, store.Query{Words: []store.Words{{Text: "theirs"}}})
	wantList(t, s, store.Query{Where: []store.Condition{{Field: store.FieldUser, Op: store.OpIn, Values: []string{"bob"}}}})
	message := run(2).Spans[1].Call.In[0]
	if got, err := s.Messages(t.Context(), project, []store.Hash{message.Hash}); err != nil || got[0].Body != "" {
		t.Errorf("another project's message: %v, %v", got, err)
	}
	if n, err := s.Delete(t.Context(), project, []string{traceID(2)}); err != nil || n != 0 {
		t.Errorf("Delete of another project's trace: %d, %v", n, err)
	}
	for _, by := range []store.Dimension{store.ByNothing, store.ByModel} {
		metrics, err := s.Metrics(t.Context(), project, store.MetricsQuery{By: by})
		if err != nil || len(metrics) != 1 || metrics[0].Count != 1 {
			t.Errorf("Metrics by %s: %+v, %v", by, metrics, err)
		}
	}
	if page, err := s.Traces(t.Context(), "nobody's", store.Query{}); err != nil || len(page.Rows) > 0 {
		t.Errorf("a project that is not there: %v, %v", page, err)
	}
}
