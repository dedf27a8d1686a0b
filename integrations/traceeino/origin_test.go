package traceeino_test

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"github.com/cloudwego/eino/compose"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/integrations/traceeino"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// line is the line that it is called from.
func line() int {
	_, _, line, _ := runtime.Caller(1)
	return line
}

func TestSpansAreOfTheProgramsLineAndTheIntegrationsScope(t *testing.T) {
	t.Parallel()
	processor := tracetest.NewSpanRecorder()
	ctx, rec := traceroottest.New(t, traceroot.WithSpanProcessor(processor))
	echo := func(_ context.Context, text string) (string, error) { return text, nil }
	graph := compose.NewGraph[string, map[string]any]() // with two nodes at once, which eino runs on goroutines
	for _, node := range []string{"left", "right"} {
		_ = graph.AddLambdaNode(node, compose.InvokableLambda(echo), compose.WithOutputKey(node), compose.WithNodeName(node))
		_ = graph.AddEdge(compose.START, node)
		_ = graph.AddEdge(node, compose.END)
	}
	both, err := graph.Compile(ctx, compose.WithGraphName("both"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = both.Invoke(ctx, "hi", compose.WithCallbacks(traceeino.NewHandler()))
	want := line() - 1
	if err != nil {
		t.Fatal(err)
	}
	if len(rec.Spans()) != 3 {
		t.Fatalf("got\n%swant the graph and its nodes", rec.Tree())
	}
	if got := rec.Span("both").Line; got != want {
		t.Errorf("the graph is at line %d, want %d", got, want)
	}
	for _, s := range rec.Spans() {
		function := s.Attributes[attr.SourceFunction].AsString()
		if s.Line != 0 && (s.Line != want || !strings.HasPrefix(function, "TestSpansAre")) || s.Line == 0 && function != "" {
			t.Errorf("%s is at line %d of %s, want %d or nothing", s.Name, s.Line, function, want)
		}
	}
	for _, s := range processor.Ended() {
		if scope := s.InstrumentationScope(); scope.Name != "traceroot.eino" || scope.Version != traceroot.Version {
			t.Errorf("%s is of scope %s %s", s.Name(), scope.Name, scope.Version)
		}
	}
}
