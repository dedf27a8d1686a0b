package main

import (
	"context"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// work ends spans. They are those of OpenTelemetry's API on each side, with the same attributes, so that only their way out
// differs.
type work struct {
	job    job
	tracer trace.Tracer
	random *rand.Rand
	texts  corpus
}

func newWork(j job, provider trace.TracerProvider) *work {
	random := rand.New(rand.NewPCG(1, 2))
	return &work{job: j, tracer: provider.Tracer("bench"), random: random, texts: newCorpus(random)}
}

func (w *work) run() {
	if w.job.Rate == 0 {
		for i := range w.job.Spans {
			w.span(i)
		}
		return
	}
	const step = 5 * time.Millisecond
	ticker := time.NewTicker(step)
	defer ticker.Stop()
	start := time.Now()
	for ended := 0; ended < w.job.Spans; {
		due := int(time.Since(start).Seconds() * float64(w.job.Rate))
		for ; ended < min(due, w.job.Spans); ended++ {
			w.span(ended)
		}
		<-ticker.C
	}
}

// span is a model call: four fifths of its text are its input.
func (w *work) span(number int) {
	size := w.job.Size
	output := w.texts.part(w.random, size/5)
	input := w.texts.part(w.random, size-size/5)
	if each(w.job.InvalidEvery, number) {
		output += " \xff\xfe"
	}
	if each(w.job.LargeEvery, number) {
		input = picture(w.random, w.job.LargeSize)
	}
	_, span := w.tracer.Start(context.Background(), "generate", trace.WithAttributes(
		attribute.String(attr.SpanInput, input),
		attribute.String(attr.SpanOutput, output),
		attribute.String(attr.LLMModel, "gpt-4o"),
	))
	span.End()
}

// each tells whether number is one of those so many apart; none is for 0.
func each(apart, number int) bool { return apart > 0 && number%apart == apart-1 }
