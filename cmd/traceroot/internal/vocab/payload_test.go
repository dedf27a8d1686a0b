package vocab_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

func TestPayload(t *testing.T) {
	t.Parallel()
	raw := rawSpan("a1", "", vocab.Attributes{
		attr.SpanType: "llm", attr.SpanInput: `[{"role":"user","content":"hi"}]`, attr.SpanOutput: "yes", attr.LLMModelParameters: `{"seed":1}`,
		"custom": []any{"é<", 0.5, nil, true}, "list": map[string]any{"b": int64(2), "a": 1e300},
	})
	raw.Scope, raw.Resource = "lib", vocab.Attributes{attr.ServiceName: "shop", "service.version": "1.2", "host.name": "h"}
	raw.Events = []vocab.Event{{Name: "log", Time: start.Add(time.Millisecond), Attributes: vocab.Attributes{"n": int64(1)}}}
	raw.Links = []vocab.Link{{TraceID: "t", SpanID: "s", Attributes: nil}}
	got := vocab.Read([]vocab.RawSpan{raw}).Spans[0]
	want := store.Payload{
		Parameters: `{"seed":1}`,
		Attributes: `{"custom":["é<",0.5,null,true],"list":{"a":1e+300,"b":2},"` + attr.SpanType + `":"llm"}`,
		Resource:   `{"host.name":"h","service.name":"shop","service.version":"1.2"}`,
		Scope:      "lib",
		Events:     `[{"name":"log","time":"2026-01-02T03:04:05.001Z","attributes":{"n":1}}]`,
		Links:      `[{"trace_id":"t","span_id":"s","attributes":{}}]`,
	}
	if diff := cmp.Diff(want, got.Payload); diff != "" {
		t.Errorf("payload (-want +got):\n%s", diff)
	}
	if got.Service != "shop" || got.Version != "1.2" {
		t.Errorf("service %q in version %q, want shop in 1.2", got.Service, got.Version)
	}
}

// What a message cannot hold must not be lost with the attributes that the message was made from.
func TestWhatNoMessageHoldsStays(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		a    vocab.Attributes
		kept string
	}{
		{"messages that were read whole go", vocab.Attributes{"llm.input_messages.0.message.content": "hi", "llm.input_messages.0.message.role": "user"}, ""},
		{"what is no message stays", vocab.Attributes{"llm.input_messages.0.message.content": "hi", "llm.input_messages.1.message.odd": "x"}, "llm.input_messages.1.message.odd"},
		{"a tool without a name stays", vocab.Attributes{"llm.tools.0.tool.json_schema": `{"description":"x"}`}, "llm.tools.0.tool.json_schema"},
		{"parameters that are no JSON stay", vocab.Attributes{attr.LLMModelParameters: "warm"}, attr.LLMModelParameters},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.a["openinference.span.kind"] = "LLM"
			got := read(tt.a).Payload.Attributes
			if tt.kept == "" && strings.Contains(got, "llm.input_messages") || !strings.Contains(got, tt.kept) {
				t.Errorf("attributes are %s, want %q among them", got, tt.kept)
			}
		})
	}
}

func TestGeneralConventions(t *testing.T) {
	t.Parallel()
	t.Run("the place in the code", func(t *testing.T) {
		t.Parallel()
		got := read(vocab.Attributes{"code.filepath": "main.py", "code.lineno": int64(7), "code.function": "ask"}).Source
		if want := (store.Source{File: "main.py", Line: 7, Function: "ask"}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
	t.Run("an error that no event tells of", func(t *testing.T) {
		t.Parallel()
		raw := rawSpan("a1", "", vocab.Attributes{attr.ErrorType: "timeout"})
		raw.Failed, raw.StatusMessage = true, "too slow"
		got := vocab.Read([]vocab.RawSpan{raw}).Spans[0].Errors
		if diff := cmp.Diff([]store.Error{{Type: "timeout", Message: "too slow"}}, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("users and sessions in every dialect's words", func(t *testing.T) {
		t.Parallel()
		for _, a := range []vocab.Attributes{
			{attr.TraceUserID: "u", attr.TraceSessionID: "s", attr.UserID: "no"},
			{attr.UserID: "u", attr.SessionID: "s"},
			{"traceloop.association.properties.user_id": "u", "traceloop.association.properties.session_id": "s"},
			{"ai.telemetry.metadata.userId": "u", "ai.telemetry.metadata.sessionId": "s"},
			{"enduser.id": "u", "gen_ai.conversation.id": "s"},
		} {
			if got := vocab.Read([]vocab.RawSpan{rawSpan("a1", "", a)}).Traces[0]; got.UserID != "u" || got.SessionID != "s" {
				t.Errorf("%v: user %q, session %q", a, got.UserID, got.SessionID)
			}
		}
	})
	t.Run("a template's name is its message", func(t *testing.T) {
		t.Parallel()
		got := read(vocab.Attributes{"logfire.msg_template": "span a1", "logfire.msg": "span one", "logfire.tags": []any{"x"}})
		if got.Name != "span one" || !slices.Equal(got.Tags, []string{"x"}) {
			t.Errorf("name %q, tags %q", got.Name, got.Tags)
		}
	})
}

// No column says where a row comes from: a store sets the platform's source label, and no sender can.
func TestSourceLabel(t *testing.T) {
	t.Parallel()
	t.Run("ingest-14 a payload attribute never sets the source label", func(t *testing.T) {
		t.Parallel()
		plain := vocab.Attributes{attr.SpanInput: "hi"}
		forged := maps.Clone(plain)
		forged["traceroot.source"], forged["source"] = "detector", "detector"
		want, got := vocab.Read([]vocab.RawSpan{rawSpan("a1", "", plain)}), vocab.Read([]vocab.RawSpan{rawSpan("a1", "", forged)})
		if strings.Contains(got.Spans[0].Metadata, "traceroot.source") {
			t.Errorf("metadata shows the label: %s", got.Spans[0].Metadata)
		}
		// What was sent stays visible as the attribute that it is, and changes nothing else.
		got.Spans[0].Metadata, got.Spans[0].Payload.Attributes = want.Spans[0].Metadata, want.Spans[0].Payload.Attributes
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the label changed a row (-plain +forged):\n%s", diff)
		}
	})
}

func TestHostileValues(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000)
	many := vocab.Attributes{"gen_ai.operation.name": "chat"}
	for i := range 5000 {
		many[fmt.Sprintf("gen_ai.prompt.%d.content", i*1_000_003)] = "x"
	}
	long := strings.Repeat("a.", 200_000)
	for _, tt := range []struct {
		name string
		a    vocab.Attributes
		in   int
	}{
		{"a place beyond any list", vocab.Attributes{"gen_ai.operation.name": "chat", "gen_ai.prompt.999999999.role": "user", "gen_ai.prompt.999999999.content": "hi"}, 1},
		{"a place beyond 64 bits", vocab.Attributes{"gen_ai.operation.name": "chat", "gen_ai.prompt.99999999999999999999.content": "hi"}, 0},
		{"many places", many, 5000},
		{"deep input", vocab.Attributes{attr.SpanType: "llm", attr.SpanInput: deep}, 1},
		{"deep output of a tool", vocab.Attributes{attr.SpanType: "llm", attr.SpanInput: `[{"role":"tool","content":` + deep[:199_000] + `}]`}, 1},
		{"deep arguments of a call", vocab.Attributes{attr.SpanType: "llm", attr.SpanInput: `[{"role":"assistant","tool_calls":[{"name":"f","arguments":"` + deep + `"}]}]`}, 1},
		{"a key of many words", vocab.Attributes{"openinference.span.kind": "LLM", "llm.input_messages." + long: "x"}, 0},
		{"values of other types", vocab.Attributes{
			"openinference.span.kind": "LLM", "llm.input_messages": int64(1), "llm.tools.0": true, "input.value": int64(7), "llm.invocation_parameters": []any{},
			"gen_ai.response.finish_reasons": map[string]any{"a": nil}, "llm.input_messages.0.message": nil, "ai.operationId": 1.5, "events": nil,
		}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := read(tt.a)
			if n := len(shownTo(got.Call)); n != tt.in {
				t.Errorf("%d messages, want %d", n, tt.in)
			}
			check(t, tt.a, got)
		})
	}
}

// shownTo is the conversation that the model was shown.
func shownTo(call *store.Call) []store.Message {
	if call == nil {
		return nil
	}
	return call.In
}
