package vocab_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

func FuzzTraceRoot(f *testing.F) {
	fuzz(f, vocab.Attributes{attr.SpanType: "llm", attr.SDKName: "traceroot-go", attr.GenAIProviderName: "openai"})
}

func FuzzGenAI(f *testing.F) { fuzz(f, vocab.Attributes{attr.GenAIOperationName: "chat"}) }

func FuzzGenAIEvents(f *testing.F) { fuzz(f, vocab.Attributes{attr.GenAIOperationName: "chat"}) }

func FuzzOpenInference(f *testing.F) { fuzz(f, vocab.Attributes{"openinference.span.kind": "LLM"}) }

func FuzzTraceloop(f *testing.F) {
	fuzz(f, vocab.Attributes{"llm.request.type": "chat"})
}

func FuzzVercelAI(f *testing.F) {
	fuzz(f, vocab.Attributes{"ai.operationId": "ai.streamText.doStream"})
}

func FuzzLogfire(f *testing.F) {
	fuzz(f, vocab.Attributes{attr.GenAIOperationName: "chat", "logfire.msg": "x"})
}

func FuzzPlain(f *testing.F) { fuzz(f, vocab.Attributes{}) }

// fuzz reads spans whose attributes are any JSON object, beside those that make them spans of one dialect. The same
// object is also told as an event.
func fuzz(f *testing.F, base vocab.Attributes) {
	f.Helper()
	f.Add(`{}`)
	f.Fuzz(func(t *testing.T, object string) {
		d := json.NewDecoder(strings.NewReader(object))
		d.UseNumber()
		var members map[string]any
		if d.Decode(&members) != nil {
			return
		}
		a, _ := native(members).(map[string]any)
		event := vocab.Event{Attributes: maps.Clone(a)}
		event.Name, _ = a["event.name"].(string)
		for key, value := range base {
			if a == nil {
				a = make(map[string]any)
			}
			a[key] = value
		}
		raw := rawSpan("a1", "", a)
		raw.Events = []vocab.Event{event}
		got := vocab.Read([]vocab.RawSpan{raw})
		if again := vocab.Read([]vocab.RawSpan{raw}); !reflect.DeepEqual(got, again) {
			t.Errorf("read twice, differently:\n%+v\n%+v", got, again)
		}
		check(t, a, got.Spans[0])
	})
}

// check holds for every row, whatever was sent.
func check(t *testing.T, a vocab.Attributes, s store.Span) {
	t.Helper()
	for name, text := range map[string]string{
		"parameters": s.Payload.Parameters, "tools": s.Payload.Tools, "attributes": s.Payload.Attributes, "events": s.Payload.Events,
	} {
		if text != "" && !json.Valid([]byte(text)) {
			t.Errorf("%s are no JSON: %s", name, text)
		}
	}
	var kept map[string]json.RawMessage
	if s.Payload.Attributes != "" {
		if err := json.Unmarshal([]byte(s.Payload.Attributes), &kept); err != nil {
			t.Error(err)
		}
	}
	for key := range kept {
		if _, sent := a[key]; !sent && !strings.ContainsRune(key, '�') {
			t.Errorf("%q was never sent", key)
		}
	}
	if s.Call == nil {
		return
	}
	for _, m := range append(s.Call.In, s.Call.Out...) {
		var body struct {
			Role    string          `json:"role"`
			Content json.RawMessage `json:"content"`
		}
		if err := json.Unmarshal([]byte(m.Body), &body); err != nil || m.Hash != store.HashOf(m.Body) {
			t.Errorf("message %s: %v", m.Body, err)
		}
	}
}
