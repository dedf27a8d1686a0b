package tracebedrock_test

import (
	"runtime"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/integrations/tracebedrock"
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
	client := newService(t, converseAnswer).client(tracebedrock.NewOption())
	_, err := client.Converse(ctx, converseInput())
	want := line() - 1
	if err != nil {
		t.Fatal(err)
	}
	call := rec.Span("chat " + model)
	if function := call.Attributes[attr.SourceFunction].AsString(); call.Line != want || !strings.HasPrefix(function, "TestSpansAre") {
		t.Errorf("the call is at line %d of %s, want %d", call.Line, function, want)
	}
	for _, s := range processor.Ended() {
		if scope := s.InstrumentationScope(); scope.Name != "traceroot.bedrock" || scope.Version != traceroot.Version {
			t.Errorf("%s is of scope %s %s", s.Name(), scope.Name, scope.Version)
		}
	}
}
