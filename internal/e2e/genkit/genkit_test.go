package genkit_test

import (
	"context"
	"encoding/json"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/firebase/genkit/go/ai"
	"github.com/firebase/genkit/go/genkit"
	"github.com/openai/openai-go/option"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
)

var update = flag.Bool("update", false, "write the rows of the table")

// rows is where the test of the table in docs/integrations.md finds what this one has tried.
const rows = "testdata/rows.md"

// column is a kind of call.
type column struct {
	name   string
	script func(*model) []answer
	call   func(context.Context, *genkit.Genkit, ai.Model) (any, error)
	judge  func(*testing.T, *model, tracetest.SpanStubs)
}

var columns = []column{
	{"plain", func(m *model) []answer { return []answer{m.answer()} }, ask, judgePlain},
	{"stream", func(m *model) []answer { return []answer{m.stream()} }, readAll, judgeStream},
	{"tools", func(m *model) []answer {
		call := m.answer()
		call.pieces = []string{m.toolCall}
		return []answer{call}
	}, askWithTools, judgeTools},
	{"error", func(m *model) []answer { return []answer{m.fails(http.StatusNotFound)} }, ask, judgeError},
	{"retry", func(m *model) []answer { return []answer{m.fails(http.StatusTooManyRequests), m.answer()} }, ask, judgeRetry},
	{"cancel", func(m *model) []answer {
		beginning := m.stream()
		beginning.pieces, beginning.holds = beginning.pieces[:1], true
		return []answer{beginning}
	}, leave, judgeCancel},
}

// TestGenkit changes what the whole process shares, so nothing in it is parallel.
func TestGenkit(t *testing.T) {
	var table strings.Builder
	for _, row := range []struct {
		model
		hook    string
		install []traceroot.Integration
		options func() []option.RequestOption
	}{
		{model: compatible, hook: "Middleware", options: withMiddleware},
		{model: compatible, hook: "WithIntegrations", install: []traceroot.Integration{traceroot.OpenAI}},
		{model: google, hook: "WithIntegrations", install: []traceroot.Integration{traceroot.GoogleGenAI}},
		{model: local, hook: "WithIntegrations", install: []traceroot.Integration{traceroot.Ollama}},
	} {
		table.WriteString("| " + row.name + " | " + row.hook + " |")
		for _, c := range columns {
			if c.name == "retry" && !row.retries {
				table.WriteString(" – |")
				continue
			}
			fine := t.Run(row.name+", "+row.hook+", "+c.name, func(t *testing.T) {
				without := run(t, &row.model, c, nil)
				exporter := tracetest.NewInMemoryExporter()
				tracing := traceroot.Initialize(traceroot.WithEnabled(true), traceroot.WithExporter(exporter),
					traceroot.WithIntegrations(row.install...), traceroot.WithLogger(slog.New(slog.DiscardHandler)))
				var hook []option.RequestOption
				if row.options != nil {
					hook = row.options()
				}
				with := run(t, &row.model, c, hook)
				if err := tracing.Flush(t.Context()); err != nil {
					t.Error(err)
				}
				spans := exporter.GetSpans()
				if err := tracing.Shutdown(t.Context()); err != nil {
					t.Error(err)
				}
				t.Run("integrations-10 the same for both sides", func(t *testing.T) {
					if !reflect.DeepEqual(with, without) {
						t.Errorf("with the SDK\n%s\nwithout\n%s", with, without)
					}
				})
				c.judge(t, &row.model, spans)
			})
			table.WriteString(map[bool]string{true: " ✓ |", false: " ✗ |"}[fine])
		}
		table.WriteString("\n")
	}
	compareRows(t, table.String())
}

// outcome is what the caller and the server see of a call.
type outcome struct {
	Answer any
	Error  string
	Asked  []string
}

func (o outcome) String() string {
	text, err := json.Marshal(o)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

var address = regexp.MustCompile(`127\.0\.0\.1:\d+`)

func run(t *testing.T, m *model, c column, hook []option.RequestOption) outcome {
	t.Helper()
	s := serve(t, c.script(m)...)
	g, connected := m.connect(t, s.URL, hook)
	answer, err := c.call(t.Context(), g, connected)
	seen := outcome{Answer: answer, Asked: s.requests()}
	if err != nil {
		seen.Error = address.ReplaceAllString(err.Error(), "server")
	}
	return seen
}

func compareRows(t *testing.T, got string) {
	t.Helper()
	t.Logf("\n%s", got)
	if *update {
		if err := os.WriteFile(rows, []byte(got), 0o644); err != nil { //nolint:gosec // a page for everybody
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(rows); err != nil || string(want) != got {
		t.Errorf("%s does not say so (%v); go test -update writes it", rows, err)
	}
}

func ask(ctx context.Context, g *genkit.Genkit, m ai.Model) (any, error) {
	return textOf(genkit.Generate(ctx, g, ai.WithModel(m), ai.WithSystem("Be brief."), ai.WithPrompt("Where is order 1042?")))
}

func readAll(ctx context.Context, g *genkit.Genkit, m ai.Model) (any, error) {
	var pieces []string
	_, err := genkit.Generate(ctx, g, ai.WithModel(m), ai.WithSystem("Be brief."), ai.WithPrompt("Where is order 1042?"),
		ai.WithStreaming(func(_ context.Context, chunk *ai.ModelResponseChunk) error {
			pieces = append(pieces, chunk.Text())
			return nil
		}))
	return pieces, err
}

func leave(ctx context.Context, g *genkit.Genkit, m ai.Model) (any, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var pieces []string
	_, err := genkit.Generate(ctx, g, ai.WithModel(m), ai.WithSystem("Be brief."), ai.WithPrompt("Where is order 1042?"),
		ai.WithStreaming(func(_ context.Context, chunk *ai.ModelResponseChunk) error {
			pieces = append(pieces, chunk.Text())
			cancel()
			return nil
		}))
	return pieces, err
}

func askWithTools(ctx context.Context, g *genkit.Genkit, m ai.Model) (any, error) {
	find := genkit.DefineTool(g, "find_order", "Finds an order.", func(*ai.ToolContext, struct{ Number int }) (string, error) {
		return "shipped", nil
	})
	response, err := genkit.Generate(ctx, g, ai.WithModel(m), ai.WithTools(find), ai.WithReturnToolRequests(true), ai.WithMessages(
		ai.NewSystemTextMessage("Be brief."),
		ai.NewUserTextMessage("Where is order 1042?"),
		ai.NewModelMessage(ai.NewToolRequestPart(&ai.ToolRequest{Name: "find_order", Ref: "call_1", Input: map[string]any{"number": 1042}})),
		ai.NewMessage(ai.RoleTool, nil, ai.NewToolResponsePart(&ai.ToolResponse{
			Name: "find_order", Ref: "call_1", Output: map[string]any{"state": "shipped"},
		})),
	))
	if err != nil {
		return nil, err
	}
	return response.ToolRequests(), nil
}

func textOf(response *ai.ModelResponse, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return response.Text(), nil
}

func judgePlain(t *testing.T, m *model, spans tracetest.SpanStubs) {
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
	s := modelSpans(t, spans, 1)[0]
	t.Run("integrations-09 the provider's reason", func(t *testing.T) {
		if s.Status.Code != codes.Error || s.Status.Description != m.error {
			t.Errorf("the span ended with %v, want %q", s.Status, m.error)
		}
		expect(t, s, map[string]string{"http.response.status_code": "404"})
	})
}

func judgeRetry(t *testing.T, _ *model, spans tracetest.SpanStubs) {
	attempts := modelSpans(t, spans, 2)
	t.Run("integrations-11 a span for each attempt", func(t *testing.T) {
		expect(t, attempts[0], map[string]string{"http.response.status_code": "429", "http.request.resend_count": ""})
		expect(t, attempts[1], map[string]string{"http.response.status_code": "200", "http.request.resend_count": "1"})
	})
}

func judgeCancel(t *testing.T, _ *model, spans tracetest.SpanStubs) {
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
