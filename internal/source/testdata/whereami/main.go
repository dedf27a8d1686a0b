// Command whereami prints places of its own source, as package source tells them: name, path, line and function.
// Its arguments are the root and the name of the repository.
package main

import (
	"fmt"
	"io"
	"os"
	"reflect"

	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go/internal/source"
	"github.com/traceroot-ai/traceroot-go/internal/source/testdata/fakesdk"
)

type agent struct{}

func (*agent) Run() source.Location { return fakesdk.Start() } // line: method

func observed() {} // line: definition

func main() {
	paths := source.NewResolver(os.Args[1], os.Args[2])
	show := func(name string, at source.Location) {
		fmt.Fprintf(os.Stdout, "%s|%s|%d|%s\n", name, paths.Relative(at.File), at.Line, at.Function)
	}
	show("call", fakesdk.Start()) // line: call
	show("method", new(agent).Run())
	show("definition", source.OfFunc(reflect.ValueOf(observed).Pointer()))

	var at source.Location
	attributes := []attribute.KeyValue{attribute.Bool("any", true)}
	attribute.NewSetWithFiltered(attributes, fakesdk.Callback[attribute.KeyValue](&at)) // line: through OpenTelemetry
	show("through OpenTelemetry", at)

	show("Go itself", source.OfFunc(reflect.ValueOf(io.WriteString).Pointer()))
	show("a dependency", source.OfFunc(reflect.ValueOf(attribute.NewSet).Pointer()))
}
