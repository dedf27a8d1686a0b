package main

import (
	"context"
	"encoding/json"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

// What ours may cost beside OpenTelemetry alone.
const (
	smallLimit   = 1.6
	payloadLimit = 0.5
)

// call is the same call on both sides.
type call struct {
	what        string
	ours, stock func()
	limit       float64 // of the ratio; 0 where there is none
}

// calls are what is measured.
func (m *machine) calls(ctx context.Context) []call {
	return []call{
		{"small struct in and out, beside texts at hand", observed(ctx, smallIn, smallOut), handmade(ctx, m.tracer, smallIn, smallOut, ready), smallLimit},
		{"small struct in and out, beside encoding/json", observed(ctx, smallIn, smallOut), handmade(ctx, m.tracer, smallIn, smallOut, encoded), 0},
		payload(ctx, m.tracer, "2 × 4 KB, beside encoding/json", 4_000),
		payload(ctx, m.tracer, "2 × 100 KB, beside encoding/json", 100_000),
	}
}

func payload(ctx context.Context, t trace.Tracer, what string, size int) call {
	in, out := requestOf(size), completionOf(size)
	return call{what, observed(ctx, in, out), handmade(ctx, t, in, out, encoded), payloadLimit}
}

const (
	spanName = "forecast"
	spanKind = traceroot.KindTool
)

// observed calls a wrapped function that does nothing but return out.
func observed[I, O any](ctx context.Context, in I, out O) func() {
	f := traceroot.Observe1(func(context.Context, I) (O, error) { return out, nil }, traceroot.Name(spanName), traceroot.Type(spanKind))
	return func() { _, _ = f(ctx, in) }
}

// handmade records with OpenTelemetry alone what the SDK records of such a call.
func handmade[I, O any](ctx context.Context, t trace.Tracer, in I, out O, texts func(v any) func() string) func() {
	input, output := texts(in), texts(out)
	return func() {
		_, span := t.Start(ctx, spanName)
		span.SetAttributes(
			attribute.String(attr.SDKName, "traceroot-go"),
			attribute.String(attr.SDKVersion, traceroot.Version),
			attribute.String(attr.GitRepo, repo),
			attribute.String(attr.GitRef, ref),
			attribute.StringSlice(attr.SpanPath, []string{spanName}),
			attribute.StringSlice(attr.SpanIDsPath, nil),
			attribute.StringSlice(attr.SpanStartsPath, nil),
			attribute.String(attr.SpanType, string(spanKind)),
			attribute.String(attr.SourceFile, "bench/observe/calls.go"),
			attribute.Int(attr.SourceLine, 1),
			attribute.String(attr.SourceFunction, "observed.func1"),
			attribute.String(attr.SpanInput, input()),
		)
		span.SetAttributes(attribute.String(attr.SpanOutput, output()))
		span.End()
	}
}

// ready is the JSON of v, made beforehand.
func ready(v any) func() string {
	text := encoded(v)()
	return func() string { return text }
}

// encoded is the JSON of v, made at each call.
func encoded(v any) func() string {
	return func() string {
		text, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return string(text)
	}
}
