package traceroot_test

import (
	"context"
	"io"
	"net/http"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// callOfClient does what anthropic-sdk-go does: it makes a span for a call of the API, sends attempts until one succeeds,
// and writes what it has read itself.
func callOfClient(ctx context.Context, t *testing.T, rec *traceroottest.Recorder, kind trace.SpanKind, url string, attempts int) {
	t.Helper()
	tracer := rec.Client().TracerProvider().Tracer("com.anthropic.sdk.go.bedrock")
	ctx, span := tracer.Start(ctx, "anthropic.messages.create", trace.WithSpanKind(kind))
	defer span.End()
	for range attempts {
		res, err := traceroot.HTTPClient(nil).Do(newRequest(ctx, t, url, chatRequest))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.StatusCode == http.StatusOK {
			span.SetAttributes(attribute.Int("gen_ai.usage.input_tokens", 1), attribute.String("http.route", "/v1/messages"))
			span.SetStatus(codes.Ok, "")
			return
		}
	}
	span.SetAttributes(attribute.String("error.type", "theirs"))
	span.SetStatus(codes.Error, "")
}

func TestSpansOfProvidersClients(t *testing.T) {
	t.Parallel()
	t.Run("integrations-16 the client's span is the call's", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		callOfClient(ctx, t, rec, trace.SpanKindClient, answersJSON(t, chatAnswer)+chatPath, 1)
		s := onlySpan(t, rec)
		if s.Name != "chat gpt-4o" || s.Type != traceroot.KindLLM || s.Err != "" || s.Output == nil {
			t.Errorf("the span is %+v", s)
		}
		wantAttributes(t, s, map[string]string{"gen_ai.usage.input_tokens": "20", "http.route": "/v1/messages", "traceroot.llm.model": "gpt-4o"})
	})
	t.Run("integrations-16 an attempt that fails is none of the call's", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		callOfClient(ctx, t, rec, trace.SpanKindClient, answersInTurn(t, http.StatusTooManyRequests, http.StatusOK)+chatPath, 2)
		s := onlySpan(t, rec)
		if s.Err != "" {
			t.Errorf("the span failed: %s", s.Err)
		}
		wantAttributes(t, s, map[string]string{"error.type": "", "http.response.status_code": "200"})
	})
	t.Run("integrations-16 a call that fails says why", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		callOfClient(ctx, t, rec, trace.SpanKindClient, answersInTurn(t, http.StatusTooManyRequests)+chatPath, 2)
		s := onlySpan(t, rec)
		if s.Err != "overload: Wait." {
			t.Errorf("the span failed with %q", s.Err)
		}
		wantAttributes(t, s, map[string]string{"error.type": "theirs"})
	})
	t.Run("integrations-16 what its tools call has spans of its own", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		callOfClient(ctx, t, rec, trace.SpanKindInternal, answersJSON(t, chatAnswer)+chatPath, 1)
		if spans := rec.Spans(); len(spans) != 2 || spans[0].Name != "anthropic.messages.create" || spans[1].ParentID != spans[0].SpanID {
			t.Errorf("the trace is\n%s", rec.Tree())
		}
	})
	t.Run("integrations-16 a span that the SDK does not see end is left alone", func(t *testing.T) {
		t.Parallel()
		_, other := traceroottest.New(t)
		ctx, rec := traceroottest.New(t)
		callOfClient(ctx, t, other, trace.SpanKindClient, answersJSON(t, chatAnswer)+chatPath, 1)
		if s := onlySpan(t, rec); s.Name != "chat gpt-4o" {
			t.Errorf("the span is %q", s.Name)
		}
	})
}

// answersInTurn is a server that gives the statuses one after another, and the last one for ever.
func answersInTurn(t *testing.T, statuses ...int) string {
	t.Helper()
	next := make(chan int, len(statuses))
	for _, status := range statuses {
		next <- status
	}
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		status := statuses[len(statuses)-1]
		select {
		case status = <-next:
		default:
		}
		body := chatAnswer
		if status != http.StatusOK {
			body = `{"error":{"type":"overload","message":"Wait."}}`
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}
