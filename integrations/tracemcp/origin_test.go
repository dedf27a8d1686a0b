package tracemcp_test

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// line is the line that it is called from.
func line() int {
	_, _, line, _ := runtime.Caller(1)
	return line
}

func TestSpansAreOfTheProgramsLineAndTheIntegrationsScope(t *testing.T) {
	t.Parallel()
	for _, transport := range transports {
		t.Run("source-07 "+transport.name, func(t *testing.T) {
			t.Parallel()
			processor := tracetest.NewSpanRecorder()
			ctx, rec := traceroottest.New(t, traceroot.WithSpanProcessor(processor))
			w := newWorld()
			w.addTool(func(_ context.Context, text string) (string, error) { return text, nil })
			session := transport.connect(ctx, t, w)
			_, err := session.CallTool(ctx, searchFor("shoes"))
			want := line() - 1
			if err != nil {
				t.Fatal(err)
			}
			spans := rec.Spans()
			if len(spans) != 2 {
				t.Fatalf("got\n%swant two spans", rec.Tree())
			}
			client, server := spans[0], spans[1]
			if function := client.Attributes[attr.SourceFunction].AsString(); client.Line != want || !strings.HasPrefix(function, "TestSpansAre") {
				t.Errorf("the client's span is at line %d of %s, want %d", client.Line, function, want)
			}
			if function, ok := server.Attributes[attr.SourceFunction]; ok || server.Line != 0 {
				t.Errorf("the server's span is at line %d of %s, where the program is not on the stack", server.Line, function.AsString())
			}
			for _, s := range processor.Ended() {
				if scope := s.InstrumentationScope(); scope.Name != "traceroot.mcp" || scope.Version != traceroot.Version {
					t.Errorf("%s is of scope %s %s", s.Name(), scope.Name, scope.Version)
				}
			}
		})
	}
}
