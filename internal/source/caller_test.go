package source_test

import (
	"path/filepath"
	"reflect"
	"sync"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/source"
	"github.com/traceroot-ai/traceroot-go/internal/source/testdata/fakesdk"
)

type starter interface{ Start() }

func (tool) start() source.Location           { return fakesdk.Start() } // line: in a value method
func (*tool) startByPointer() source.Location { return fakesdk.Start() } // line: in a pointer method
func startIn[T any]() source.Location         { return fakesdk.Start() } // line: in a generic function

func TestCallerIsTheFirstFrameOutside(t *testing.T) {
	t.Parallel()
	var inLiteral, deferred, inLoop, atLoop source.Location
	func() { inLiteral = fakesdk.Start() }() // line: in a literal
	func() {
		defer func() { deferred = fakesdk.Start() }() // line: in a deferred literal
	}()
	for range fakesdk.Seq(&atLoop) { // line: at a range loop
		inLoop = fakesdk.Start() // line: in a range loop
	}
	methodValue := tool{}.start
	var client fakesdk.Client
	var inInterface starter = &client
	inInterface.Start()                                                  // line: through an interface
	reflected := reflect.ValueOf(fakesdk.Start).Call(nil)[0].Interface() // line: by reflection
	byReflection, _ := reflected.(source.Location)

	const here = "TestCallerIsTheFirstFrameOutside"
	for _, test := range []struct {
		line, function string
		got            source.Location
	}{
		{"directly", here, fakesdk.Start()},                   // line: directly
		{"from a generic function", here, fakesdk.StartOf(1)}, // line: from a generic function
		{"from far below", here, fakesdk.StartAt(5)},          // line: from far below
		{"from farther below", here, fakesdk.StartAt(6)},      // line: from farther below
		{"from very far below", here, fakesdk.StartAt(300)},   // line: from very far below
		{"by reflection", here, byReflection},
		{"through an interface", here, client.Last},
		{"at a range loop", here, atLoop},
		{"in a range loop", here, inLoop},
		{"in a literal", here + ".func1", inLiteral},
		{"in a deferred literal", here + ".func2.1", deferred},
		{"in a value method", "tool.start", tool{}.start()},
		{"in a value method", "tool.start", methodValue()},
		{"in a value method", "tool.start", (*tool).start(&tool{})},
		{"in a pointer method", "tool.startByPointer", (&tool{}).startByPointer()},
		{"in a generic function", "startIn", startIn[int]()},
	} {
		t.Run("source-07 "+test.line, func(t *testing.T) {
			t.Parallel()
			want := source.Location{Function: test.function, Line: lineOf(t, "caller_test.go", test.line)}
			got := test.got
			if filepath.Base(got.File) != "caller_test.go" {
				t.Errorf("file %q, want caller_test.go", got.File)
			}
			if got.File = ""; got != want {
				t.Errorf("Caller = %+v, want %+v", got, want)
			}
		})
	}
}

func TestCallerWhenNobodyIsOutside(t *testing.T) {
	t.Parallel()
	t.Run("source-07 the whole stack is inside", func(t *testing.T) {
		t.Parallel()
		if got := source.Caller(func(string) bool { return true }); got != (source.Location{}) {
			t.Errorf("Caller = %+v, want nothing", got)
		}
	})
	t.Run("source-07 a go statement calls the SDK itself", func(t *testing.T) {
		t.Parallel()
		var client fakesdk.Client
		done := make(chan struct{})
		go client.StartAndTell(done)
		if <-done; client.Last != (source.Location{}) {
			t.Errorf("Caller = %+v, want nothing", client.Last)
		}
	})
}

func TestMachineryIsToldByItsPackage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		functions []string
		want      bool
	}{
		{"source-07 OpenTelemetry", []string{"go.opentelemetry.io/otel/sdk/trace.(*tracer).Start", "go.opentelemetry.io/contrib/x.F"}, true},
		{"source-07 the runtime and reflection", []string{"runtime.goexit", "runtime.gopanic", "reflect.Value.call", "reflect.makeFuncStub"}, true},
		{"source-07 what has no package", []string{"", "crosscall2"}, true},
		{"programs with names like theirs", []string{"runtime.example/agent.Run", "reflect.example.com/x.F", "example.com/runtime.F", "go.opentelemetry.io.example/x.F"}, false},
		{"programs", []string{"main.main", "net/http.(*Client).Do"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, function := range test.functions {
				if got := source.IsMachinery(function); got != test.want {
					t.Errorf("%q is machinery: %t, want %t", function, got, test.want)
				}
			}
		})
	}
}

func TestCallerIsTheSameForAllGoroutines(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	locations := make([]source.Location, 50)
	for i := range locations {
		wg.Go(func() { locations[i] = fakesdk.StartAt(i % 10) }) // line: in a goroutine
	}
	wg.Wait()
	want := lineOf(t, "caller_test.go", "in a goroutine")
	for _, got := range locations {
		if got.Line != want {
			t.Errorf("Caller = %+v, want line %d", got, want)
		}
	}
}

func TestCallerAllocatesNothingOnceItKnowsTheStack(t *testing.T) {
	if allocs := testing.AllocsPerRun(100, func() { fakesdk.Start() }); allocs > 0 {
		t.Errorf("Caller allocates %.1f times a call", allocs)
	}
}

// BenchmarkCaller runs at the depths of a plain call and of one through layers of the SDK.
func BenchmarkCaller(b *testing.B) {
	for _, bench := range []struct {
		name  string
		depth int
	}{{"depth=1", 1}, {"depth=4", 4}, {"depth=16", 16}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				fakesdk.StartAt(bench.depth)
			}
		})
	}
}
