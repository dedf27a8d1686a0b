package traceroot_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

// show makes the client of an example the default one. done prints the spans that ended, each on a line, with the
// attributes that the example is about.
func show(attributes ...string) (done func()) {
	client, printSpans := printing(attributes)
	traceroot.SetDefault(client)
	return func() {
		printSpans()
		traceroot.SetDefault(nil)
	}
}

// printing is a client that prints its spans in start order when done is called.
func printing(attributes []string, opts ...traceroot.Option) (client *traceroot.Client, done func()) {
	spans := &printer{attributes: attributes}
	client = traceroot.New(append([]traceroot.Option{traceroot.WithExporter(spans), traceroot.WithLogger(quiet)}, opts...)...)
	return client, func() {
		_ = client.Shutdown(context.Background())
		spans.print()
	}
}

// printer is an exporter that keeps spans until they are printed.
type printer struct {
	attributes []string
	spans      []sdktrace.ReadOnlySpan
}

func (p *printer) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	p.spans = append(p.spans, spans...)
	return nil
}

func (p *printer) Shutdown(context.Context) error { return nil }

func (p *printer) print() {
	slices.SortStableFunc(p.spans, func(a, b sdktrace.ReadOnlySpan) int { return cmp.Compare(depth(a), depth(b)) })
	for _, s := range p.spans {
		fmt.Println(strings.Repeat("  ", depth(s)-1) + strings.Join(p.facts(s), " "))
	}
}

// facts are the span's name, the attributes that are asked for, and its error.
func (p *printer) facts(s sdktrace.ReadOnlySpan) []string {
	facts := []string{s.Name()}
	for _, key := range p.attributes {
		for _, kv := range s.Attributes() {
			if string(kv.Key) == key {
				short := key[strings.LastIndexByte(key, '.')+1:]
				facts = append(facts, short+"="+fmt.Sprint(kv.Value.AsInterface()))
			}
		}
	}
	if status := s.Status(); status.Code == codes.Error {
		facts = append(facts, "error="+status.Description)
	}
	return facts
}

func depth(s sdktrace.ReadOnlySpan) int {
	for _, kv := range s.Attributes() {
		if kv.Key == attr.SpanPath {
			return len(kv.Value.AsStringSlice())
		}
	}
	return 1
}
