package tracelangchaingo_test

import (
	"context"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/tmc/langchaingo/chains"
	"github.com/tmc/langchaingo/llms"
	"github.com/tmc/langchaingo/llms/openai"
	"github.com/tmc/langchaingo/vectorstores"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/integrations/tracelangchaingo"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// line is the line that it is called from.
func line() int {
	_, _, line, _ := runtime.Caller(1)
	return line
}

func TestSpansAreOfTheProgramsLineAndTheIntegrationsScope(t *testing.T) {
	handler := tracelangchaingo.NewHandler()
	executor := newExecutor(t, chatServer(t).URL, tracedClient(), handler, search{})
	chain := tracelangchaingo.Chain(newChain(quiet{}, "Say {{.it}}", nil))
	reporting := newChain(newOpenAI(t, chatServer(t).URL, &http.Client{}, openai.WithCallback(handler)), "Say {{.it}}", handler)
	asked := newChain(tracelangchaingo.Model(quiet{}), "Say {{.it}}", handler)
	alone, tool := tracelangchaingo.Model(quiet{}), tracelangchaingo.Tool(search{})
	retriever := tracelangchaingo.Retriever(vectorstores.ToRetriever(store{}, 1))

	for _, test := range []struct {
		name  string
		spans int
		call  func(ctx context.Context) (line int)
	}{
		{"source-07 an executor's run", 6, func(ctx context.Context) int { _, _ = chains.Run(ctx, executor, "why?"); return line() }},
		{"source-07 a wrapped chain", 1, func(ctx context.Context) int { _, _ = chains.Run(ctx, chain, "hi"); return line() }},
		{"source-07 a model that reports", 2, func(ctx context.Context) int { _, _ = chains.Run(ctx, reporting, "hi"); return line() }},
		{"source-07 a wrapped model in a chain", 2, func(ctx context.Context) int { _, _ = chains.Run(ctx, asked, "hi"); return line() }},
		{"source-07 a wrapped model alone", 1, func(ctx context.Context) int { _, _ = llms.GenerateFromSinglePrompt(ctx, alone, "hi"); return line() }},
		{"source-07 a wrapped tool", 1, func(ctx context.Context) int { _, _ = tool.Call(ctx, "owls"); return line() }},
		{"source-07 a wrapped retriever", 1, func(ctx context.Context) int { _, _ = retriever.GetRelevantDocuments(ctx, "owls"); return line() }},
	} {
		t.Run(test.name, func(t *testing.T) {
			processor := tracetest.NewSpanRecorder()
			ctx, rec := traceroottest.New(t, traceroot.WithSpanProcessor(processor))
			want := test.call(ctx)
			if len(rec.Spans()) != test.spans {
				t.Errorf("%d spans, want %d:\n%s", len(rec.Spans()), test.spans, rec.Tree())
			}
			for _, s := range rec.Spans() {
				if function := s.Attributes[attr.SourceFunction].AsString(); s.Line != want || !strings.HasPrefix(function, "TestSpansAre") {
					t.Errorf("%s is at line %d of %s, want %d", s.Name, s.Line, function, want)
				}
			}
			for _, s := range processor.Ended() {
				if scope := s.InstrumentationScope(); scope.Name != "traceroot.langchain" || scope.Version != traceroot.Version {
					t.Errorf("%s is of scope %s %s", s.Name(), scope.Name, scope.Version)
				}
			}
		})
	}
}
