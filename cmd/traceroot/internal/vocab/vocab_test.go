package vocab_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func rawSpan(id, parent string, a vocab.Attributes) vocab.RawSpan {
	return vocab.RawSpan{
		TraceID: "0af7651916cd43dd8448eb211c80319c", SpanID: id, ParentSpanID: parent, Name: "span " + id,
		Start: start, End: start.Add(time.Second), Attributes: a,
	}
}

// read gives the row of the only span that has these attributes.
func read(a vocab.Attributes) store.Span {
	return vocab.Read([]vocab.RawSpan{rawSpan("a1", "", a)}).Spans[0]
}

func TestColumns(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		a      vocab.Attributes
		column func(store.Span) any
		want   any
	}{
		{"a kind in any case", vocab.Attributes{attr.SpanType: "Tool"}, kind, store.KindTool},
		{"an unknown kind gives way", vocab.Attributes{attr.SpanType: "x", "openinference.span.kind": "AGENT"}, kind, store.KindAgent},
		{"a result makes a tool", vocab.Attributes{"gen_ai.tool.call.result": ""}, kind, store.KindTool},
		{"a tool's own name", vocab.Attributes{attr.SpanType: "tool", "tool.name": "search"}, name, "search"},
		{"no tool, no tool's name", vocab.Attributes{"tool.name": "search"}, name, "span a1"},

		{"an empty input is one", vocab.Attributes{attr.SpanInput: "", "input.value": "x"}, input, ""},
		{"input that is no text", vocab.Attributes{attr.SpanInput: []any{"é<", int64(1), nil, 0.5, map[string]any{"k": true}}}, input, `["é<",1,null,0.5,{"k":true}]`},
		{"input of an unread kind", vocab.Attributes{attr.SpanInput: nil, "input.value": "x"}, input, "x"},

		{"metadata keeps the spelling of numbers", vocab.Attributes{attr.SpanMetadata: `{"n": 1.50, "b": 12345678901234567890}`}, metadata, `{"b":12345678901234567890,"n":1.50}`},
		{"paths beside own metadata", vocab.Attributes{attr.SpanMetadata: `{"k":1}`, attr.SpanPath: []any{"a"}, "other": "lost"}, metadata, `{"k":1,"` + attr.SpanPath + `":["a"]}`},
		{"metadata of everything unknown", vocab.Attributes{"custom": "x", "gen_ai.custom": "known by its family"}, metadata, `{"custom":"x"}`},
		{"the source label is nobody's to set", vocab.Attributes{"traceroot.source": "detector"}, metadata, ""},

		{"tags from everywhere, each once", vocab.Attributes{attr.SpanTags: []any{"b", "a"}, attr.TraceTags: `["a","c",7]`, attr.Tags: "no list"}, tags, []string{"b", "a", "c", "7", "no list"}},
		{"no tags", vocab.Attributes{attr.SpanTags: []any{}, attr.Tags: ""}, tags, []string(nil)},

		{"streaming", vocab.Attributes{attr.LLMStreaming: true}, func(s store.Span) any { return s.Streaming }, true},
		{"time to first token", vocab.Attributes{attr.LLMTimeToFirstToken: 312.5}, firstToken, 312500 * time.Microsecond},
		{"whole milliseconds to first token", vocab.Attributes{attr.LLMTimeToFirstToken: int64(20)}, firstToken, 20 * time.Millisecond},
		{"a negative time to first token", vocab.Attributes{attr.LLMTimeToFirstToken: -1.0}, firstToken, time.Duration(0)},
		{"an absurd time to first token", vocab.Attributes{attr.LLMTimeToFirstToken: 1e300}, firstToken, time.Duration(0)},

		{"a line", vocab.Attributes{attr.SourceLine: int64(17)}, line, 17},
		{"a line beyond 32 bits", vocab.Attributes{attr.SourceLine: int64(1) << 32}, line, 0},
		{"a line as text", vocab.Attributes{attr.SourceLine: "17"}, line, 17},
		{"an environment must be text", vocab.Attributes{attr.Environment: int64(5)}, func(s store.Span) any { return s.Environment }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.column(read(tt.a)); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %#v, want %#v", got, tt.want)
			}
		})
	}
}

func kind(s store.Span) any       { return s.Kind }
func name(s store.Span) any       { return s.Name }
func input(s store.Span) any      { return *s.Input }
func metadata(s store.Span) any   { return s.Metadata }
func tags(s store.Span) any       { return s.Tags }
func line(s store.Span) any       { return s.Source.Line }
func firstToken(s store.Span) any { return s.TimeToFirstToken }

func TestTimesAreRounded(t *testing.T) {
	t.Parallel()
	raw := rawSpan("a1", "", nil)
	raw.Start, raw.End = start.Add(1499), time.Time{}
	got := vocab.Read([]vocab.RawSpan{raw}).Spans[0]
	if want := start.Add(time.Microsecond); !got.Start.Equal(want) || !got.Running() {
		t.Errorf("from %v to %v, want from %v and running", got.Start, got.End, want)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	exception := func(a vocab.Attributes) vocab.Event { return vocab.Event{Name: attr.ExceptionEvent, Attributes: a} }
	chain := `[{"type":"fmt.wrapErrors","message":"both: a; b","causes":[[{"type":"*errors.errorString","message":"a"}],[{"type":"os.PathError","message":"b"}]]}]`
	for _, tt := range []struct {
		name   string
		failed bool
		events []vocab.Event
		want   []store.Error
	}{
		{"no event", true, nil, nil},
		{"an error that was none in the end", false, []vocab.Event{exception(vocab.Attributes{attr.ExceptionMessage: "boom"})}, nil},
		{
			"type and message", true,
			[]vocab.Event{exception(vocab.Attributes{attr.ExceptionType: "*errors.errorString", attr.ExceptionMessage: "boom"})},
			[]store.Error{{Type: "errors.errorString", Message: "boom"}},
		},
		{
			"the last exception counts", true,
			[]vocab.Event{exception(vocab.Attributes{attr.ExceptionMessage: "first"}), exception(vocab.Attributes{attr.ExceptionMessage: "second"}), {Name: "log"}},
			[]store.Error{{Message: "second"}},
		},
		{
			"a chain with causes", true,
			[]vocab.Event{exception(vocab.Attributes{attr.ErrorChain: chain, attr.ExceptionMessage: "unused"})},
			[]store.Error{{Type: "fmt.wrapErrors", Message: "both: a; b", Causes: [][]store.Error{
				{{Type: "errors.errorString", Message: "a"}}, {{Type: "os.PathError", Message: "b"}},
			}}},
		},
		{
			"a chain that is no JSON", true,
			[]vocab.Event{exception(vocab.Attributes{attr.ErrorChain: "[", attr.ExceptionMessage: "boom"})},
			[]store.Error{{Message: "boom"}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			raw := rawSpan("a1", "", nil)
			raw.Failed, raw.StatusMessage, raw.Events = tt.failed, "message", tt.events
			got := vocab.Read([]vocab.RawSpan{raw}).Spans[0]
			if !reflect.DeepEqual(got.Errors, tt.want) {
				t.Errorf("Errors = %+v, want %+v", got.Errors, tt.want)
			}
			if (got.Status == store.StatusError) != tt.failed || (got.StatusMessage != "") != tt.failed {
				t.Errorf("status %s %q for failed = %v", got.Status, got.StatusMessage, tt.failed)
			}
		})
	}
}

func TestTrace(t *testing.T) {
	t.Parallel()
	row := func(raws ...vocab.RawSpan) store.Trace { return vocab.Read(raws).Traces[0] }

	t.Run("the root's tags and every span's trace tags", func(t *testing.T) {
		t.Parallel()
		got := row(
			rawSpan("b2", "a1", vocab.Attributes{attr.SpanTags: []any{"step"}, attr.TraceTags: []any{"late"}}),
			rawSpan("a1", "", vocab.Attributes{attr.SpanTags: []any{"root"}, attr.Tags: []any{"prod"}}),
		).Tags
		if want := []string{"root", "prod", "late"}; !reflect.DeepEqual(got, want) {
			t.Errorf("Tags = %q, want %q", got, want)
		}
	})
	t.Run("the first of two roots names the trace", func(t *testing.T) {
		t.Parallel()
		later := rawSpan("c3", "", nil)
		later.Start = start.Add(time.Hour)
		if got := row(later, rawSpan("a1", "", nil)); got.Name != "span a1" || !got.HasRoot {
			t.Errorf("name %q, root %v; want that of the earlier root", got.Name, got.HasRoot)
		}
	})
	t.Run("without the root the path names the trace", func(t *testing.T) {
		t.Parallel()
		got := row(
			rawSpan("b2", "a1", nil),
			rawSpan("c3", "b2", vocab.Attributes{attr.SpanPath: []any{"agent", "step", "leaf"}, attr.SpanIDsPath: []any{"a1", "b2"}}),
		)
		if got.Name != "agent" || got.HasRoot {
			t.Errorf("name %q, root %v; want agent, and no root", got.Name, got.HasRoot)
		}
	})
	t.Run("metadata", func(t *testing.T) {
		t.Parallel()
		for _, tt := range []struct{ own, context, want any }{
			{nil, nil, ""},
			{`{"plan":"pro"}`, nil, `{"plan":"pro"}`},
			{nil, `{"feature":"chat"}`, `{"feature":"chat"}`},
			{`{"plan":"pro"}`, `{"feature":"chat","plan":"free"}`, `{"feature":"chat","plan":"pro"}`},
			{"just text", `{"feature":"chat"}`, "just text"},
			{`{"plan":"pro"}`, "just text", `{"plan":"pro"}`},
			{nil, "just text", ""},
		} {
			got := row(rawSpan("a1", "", vocab.Attributes{attr.TraceMetadata: tt.own, attr.Metadata: tt.context})).Metadata
			if got != tt.want {
				t.Errorf("own %v in the context of %v gives %s, want %s", tt.own, tt.context, got, tt.want)
			}
		}
	})
}
