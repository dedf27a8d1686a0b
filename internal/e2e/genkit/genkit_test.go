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
		if err := os.WriteFile(rows, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(rows); err != nil || string(want) != got {
		t.Errorf("%s does not say so (%v); go test -update writes it", rows, err)
	}
}
