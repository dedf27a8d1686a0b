package genkit_test

import (
	"encoding/json"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

func judgePlain(t *testing.T, m *model, spans tracetest.SpanStubs) {
	t.Helper()
	s := modelSpans(t, spans, 1)[0]
	t.Run("integrations-01 one span, in genkit's", func(t *testing.T) {
		if s.Name != "chat "+m.requestModel || s.Status.Code == codes.Error || !inGenkit(s, spans) {
			t.Errorf("the span is %q, %v, in a span of genkit's: %t", s.Name, s.Status, inGenkit(s, spans))
		}
	})
	t.Run("integrations-02 who answered", func(t *testing.T) {
		expect(t, s, map[string]string{"gen_ai.provider.name": m.provider, "gen_ai.request.model": m.requestModel})
	})
	t.Run("integrations-03 what was asked", func(t *testing.T) {
		expect(t, s, map[string]string{
			"traceroot.span.input": `[{"role":"system","content":"Be brief."},{"role":"user","content":"Where is order 1042?"}]`,
		})
	})
	judgeAnswer(t, m, s)
}

func judgeAnswer(t *testing.T, m *model, s tracetest.SpanStub) {
	t.Helper()
	t.Run("integrations-04 what was answered", func(t *testing.T) {
		expect(t, s, map[string]string{
			"traceroot.span.output": `[{"role":"assistant","content":"It has shipped."}]`, "gen_ai.response.finish_reasons": `["` + m.finish + `"]`,
		})
	})
	t.Run("integrations-05 usage", func(t *testing.T) {
		expect(t, s, map[string]string{"gen_ai.usage.input_tokens": "90", "gen_ai.usage.output_tokens": "20"})
	})
}

func judgeStream(t *testing.T, m *model, spans tracetest.SpanStubs) {
	t.Helper()
	s := modelSpans(t, spans, 1)[0]
	t.Run("integrations-07 time to first token", func(t *testing.T) {
		expect(t, s, map[string]string{"traceroot.llm.streaming": "true", "traceroot.llm.complete": ""})
		if value, ok := attributeOf(s, "traceroot.llm.time_to_first_token_ms"); !ok || value.AsFloat64() <= 0 {
			t.Errorf("the first token came after %v ms", value.AsFloat64())
		}
	})
	judgeAnswer(t, m, s)
}

func judgeTools(t *testing.T, _ *model, spans tracetest.SpanStubs) {
	t.Helper()
	s := modelSpans(t, spans, 1)[0]
	t.Run("integrations-04 a tool call", func(t *testing.T) {
		var output []struct {
			ToolCalls []struct {
				Name      string         `json:"name"`
				Arguments map[string]int `json:"arguments"`
			} `json:"tool_calls"`
		}
		value, _ := attributeOf(s, "traceroot.span.output")
		if err := json.Unmarshal([]byte(value.AsString()), &output); err != nil {
			t.Fatal(err)
		}
		if len(output) != 1 || len(output[0].ToolCalls) != 1 || output[0].ToolCalls[0].Name != "find_order" ||
			output[0].ToolCalls[0].Arguments["number"] != 1043 {
			t.Errorf("the output is %s", value.AsString())
		}
	})
	t.Run("integrations-03 a tool call and its result", func(t *testing.T) {
		value, _ := attributeOf(s, "traceroot.span.input")
		for _, part := range []string{`"role":"tool"`, `"tool_calls":[{`, `shipped`} {
			if !strings.Contains(value.AsString(), part) {
				t.Errorf("no %s in %s", part, value.AsString())
			}
		}
	})
}

func judgeError(t *testing.T, m *model, spans tracetest.SpanStubs) {
	t.Helper()
	s := modelSpans(t, spans, 1)[0]
	t.Run("integrations-09 the provider's reason", func(t *testing.T) {
		if s.Status.Code != codes.Error || s.Status.Description != m.refused {
			t.Errorf("the span ended with %v, want %q", s.Status, m.refused)
		}
		expect(t, s, map[string]string{"http.response.status_code": "404"})
	})
}

func judgeRetry(t *testing.T, _ *model, spans tracetest.SpanStubs) {
	t.Helper()
	attempts := modelSpans(t, spans, 2)
	t.Run("integrations-11 a span for each attempt", func(t *testing.T) {
		expect(t, attempts[0], map[string]string{"http.response.status_code": "429", "http.request.resend_count": ""})
		expect(t, attempts[1], map[string]string{"http.response.status_code": "200", "http.request.resend_count": "1"})
	})
}

func judgeCancel(t *testing.T, _ *model, spans tracetest.SpanStubs) {
	t.Helper()
	s := modelSpans(t, spans, 1)[0]
	t.Run("integrations-08 what had arrived", func(t *testing.T) {
		expect(t, s, map[string]string{
			"traceroot.llm.complete": "false", "traceroot.span.output": `[{"role":"assistant","content":"It has "}]`,
		})
		if s.Status.Code == codes.Error {
			t.Errorf("a stream that its reader left failed: %v", s.Status)
		}
	})
}

// modelSpans are the spans of model calls, in the order of their starts.
func modelSpans(t *testing.T, spans tracetest.SpanStubs, n int) tracetest.SpanStubs {
	t.Helper()
	var found tracetest.SpanStubs
	for _, s := range spans {
		if kind, _ := attributeOf(s, "traceroot.span.type"); kind.AsString() == "llm" {
			found = append(found, s)
		}
	}
	if len(found) != n {
		t.Fatalf("%d model calls in %d spans, want %d", len(found), len(spans), n)
	}
	return found
}

// inGenkit tells whether some span around s is one of genkit's own.
func inGenkit(s tracetest.SpanStub, spans tracetest.SpanStubs) bool {
	for _, around := range spans {
		if around.SpanContext.SpanID() == s.Parent.SpanID() {
			_, isGenkits := attributeOf(around, "genkit:name")
			return isGenkits || inGenkit(around, spans)
		}
	}
	return false
}

func attributeOf(s tracetest.SpanStub, key string) (attribute.Value, bool) {
	for _, kv := range s.Attributes {
		if string(kv.Key) == key {
			return kv.Value, true
		}
	}
	return attribute.Value{}, false
}

// expect compares attributes as text; "" stands for one that must not be there.
func expect(t *testing.T, s tracetest.SpanStub, wanted map[string]string) {
	t.Helper()
	for key, text := range wanted {
		value, ok := attributeOf(s, key)
		if ok != (text != "") || ok && value.String() != text {
			t.Errorf("%s is %q, want %q", key, value.String(), text)
		}
	}
}
