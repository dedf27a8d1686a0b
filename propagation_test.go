package traceroot_test

import (
	"context"
	"net/http"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

const parentHeader = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

func TestPropagation(t *testing.T) {
	for name, global := range map[string]propagation.TextMapPropagator{
		"without a global propagator": propagation.NewCompositeTextMapPropagator(), "beside another one": propagation.Baggage{},
	} {
		t.Run("from client to server "+name, func(t *testing.T) {
			before := otel.GetTextMapPropagator()
			otel.SetTextMapPropagator(global)
			t.Cleanup(func() { otel.SetTextMapPropagator(before) })
			got := sentTo(t, func(ctx context.Context) {
				header := http.Header{}
				_ = traceroot.Run(ctx, "client", func(ctx context.Context) error {
					traceroot.Inject(ctx, header)
					return nil
				})
				span(traceroot.Extract(ctx, header), "server")
			})
			client, server := got["client"], got["server"]
			if server.trace != client.trace || server.parent != client.id {
				t.Errorf("the server's span is %s below %s, want %s below %s", server.trace, server.parent, client.trace, client.id)
			}
		})
	}
	t.Run("spanattrs-12 a remote parent is the only ancestor known", func(t *testing.T) {
		got := sentTo(t, func(ctx context.Context) {
			span(traceroot.Extract(ctx, http.Header{"Traceparent": {parentHeader}, "Tracestate": {"vendor=1"}}), "server")
		})["server"]
		wantValues(t, got, map[string]any{attr.SpanPath: "server", attr.SpanIDsPath: "00f067aa0ba902b7", attr.SpanStartsPath: ""})
		if got.trace != "4bf92f3577b34da6a3ce929d0e0e4736" {
			t.Errorf("trace %s", got.trace)
		}
	})
	t.Run("tracestate goes on", func(t *testing.T) {
		header := http.Header{}
		ctx := traceroot.Extract(t.Context(), http.Header{"Traceparent": {parentHeader}, "Tracestate": {"vendor=1"}})
		traceroot.Inject(ctx, header)
		if header.Get("traceparent") != parentHeader || header.Get("tracestate") != "vendor=1" {
			t.Errorf("got %v", header)
		}
	})
	t.Run("nothing in, nothing out", func(t *testing.T) {
		header := http.Header{}
		traceroot.Inject(t.Context(), header)
		traceroot.Inject(nil, header) //nolint:staticcheck // a nil context counts as Background
		traceroot.Inject(t.Context(), nil)
		if len(header) > 0 {
			t.Errorf("header %v", header)
		}
		for _, h := range []http.Header{nil, {}, {"Traceparent": {"00-zz"}}, {"Traceparent": {"00-00000000000000000000000000000000-0000000000000000-01"}}} {
			if ctx := t.Context(); traceroot.Extract(ctx, h) != ctx {
				t.Errorf("Extract of %v makes a context", h)
			}
		}
		if traceroot.Extract(nil, nil) == nil { //nolint:staticcheck // likewise
			t.Error("Extract(nil) is nil")
		}
	})
}
