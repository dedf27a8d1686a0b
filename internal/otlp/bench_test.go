package otlp_test

import (
	"fmt"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

// typical is a span as the SDK makes them, with the given input.
func typical(input string) sdktrace.ReadOnlySpan {
	return stub(1,
		attribute.String(attr.SDKName, "traceroot-go"),
		attribute.String(attr.SDKVersion, "1.2.3"),
		attribute.String(attr.SpanType, "tool"),
		attribute.String(attr.SpanInput, input),
		attribute.String(attr.SpanOutput, `{"documents":[{"id":1,"text":"Oslo"}]}`),
		attribute.StringSlice(attr.SpanPath, []string{"agent", "plan", "search"}),
		attribute.StringSlice(attr.SpanIDsPath, []string{"00f067aa0ba902b7", "00f067aa0ba902b8"}),
		attribute.StringSlice(attr.SpanStartsPath, []string{"1767323045006007008", "1767323045006008008"}),
		attribute.String(attr.SourceFile, "agent/search.go"),
		attribute.Int(attr.SourceLine, 41),
		attribute.String(attr.SourceFunction, "Agent.Search"),
	).Snapshot()
}

func batchOf(n, inputBytes int) []sdktrace.ReadOnlySpan {
	spans := make([]sdktrace.ReadOnlySpan, n)
	for i := range spans {
		spans[i] = typical(strings.Repeat(fmt.Sprintf("What about number %d? ", i), 1+inputBytes/22))
	}
	return spans
}

func BenchmarkMarshal(b *testing.B) {
	for _, size := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("spans=100/input=%d", size), func(b *testing.B) {
			spans := batchOf(100, size)
			b.SetBytes(int64(len(otlp.Marshal(spans))))
			b.ReportAllocs()
			for b.Loop() {
				otlp.Marshal(spans)
			}
		})
	}
}

func BenchmarkPack(b *testing.B) {
	for _, size := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("spans=100/input=%d", size), func(b *testing.B) {
			spans := batchOf(100, size)
			b.SetBytes(int64(len(otlp.Marshal(spans))))
			b.ReportAllocs()
			for b.Loop() {
				otlp.Pack(spans)
			}
		})
	}
}

func BenchmarkGzip(b *testing.B) {
	data := otlp.Marshal(batchOf(100, 1000))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		otlp.Gzip(data)
	}
}

func BenchmarkSize(b *testing.B) {
	s := typical("What is the weather in Oslo?")
	b.ReportAllocs()
	for b.Loop() {
		otlp.Size(s)
	}
}

func BenchmarkRedact(b *testing.B) {
	s := typical("What is the weather in Oslo?")
	redactor := otlp.NewRedactor(true, func(_, text string) string { return text })
	b.ReportAllocs()
	for b.Loop() {
		redactor.Span(s)
	}
}
