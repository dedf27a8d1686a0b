package tracelangchaingo

import (
	"context"

	"github.com/tmc/langchaingo/schema"

	"github.com/traceroot-ai/traceroot-go"
)

// Retriever wraps a retriever, so that each query is a span with the documents found, or the error, which langchaingo's
// own callbacks do not report.
func Retriever(retriever schema.Retriever, opts ...traceroot.SpanOption) schema.Retriever {
	return &tracedRetriever{inner: retriever, opts: withDefaults(traceroot.KindSpan, opts)}
}

type tracedRetriever struct {
	inner schema.Retriever
	opts  []traceroot.SpanOption
}

// GetRelevantDocuments queries the retriever in a span.
func (r *tracedRetriever) GetRelevantDocuments(ctx context.Context, query string) ([]schema.Document, error) {
	return inside(ctx, &frame{kind: retrieverFrame, input: query}, retrieverName, func(ctx context.Context) ([]schema.Document, error) {
		return r.inner.GetRelevantDocuments(ctx, query)
	}, traceroot.Input(query), r.opts)
}
