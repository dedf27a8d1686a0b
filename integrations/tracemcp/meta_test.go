package tracemcp_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/integrations/tracemcp"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// metaOf calls a tool under ctx with the _meta given, and returns the _meta that the server got.
func metaOf(ctx context.Context, t *testing.T, meta mcp.Meta) (got mcp.Meta, params *mcp.CallToolParams) {
	t.Helper()
	w := untracedWorld()
	w.client.AddSendingMiddleware(tracemcp.NewClientMiddleware())
	w.server.AddTool(&mcp.Tool{Name: "search", InputSchema: map[string]any{"type": "object"}},
		func(_ context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			got = req.Params.Meta
			return &mcp.CallToolResult{}, nil
		})
	params = searchFor("shoes")
	params.Meta = meta
	if _, err := connectInMemory(ctx, t, w).CallTool(ctx, params); err != nil {
		t.Fatal(err)
	}
	return got, params
}

const (
	sampledParent   = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	unsampledParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
)

func continuing(ctx context.Context, parent, state string) context.Context {
	return traceroot.Extract(ctx, http.Header{"Traceparent": {parent}, "Tracestate": {state}})
}

func TestMetaCarriesTheClientsSpan(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	got, params := metaOf(continuing(ctx, sampledParent, "vendor=1"), t, mcp.Meta{"tenant": "acme"})

	span := rec.Span("search")
	if want := "00-" + span.TraceID + "-" + span.SpanID + "-01"; got["traceparent"] != want {
		t.Errorf("traceparent %v, want %s", got["traceparent"], want)
	}
	if got["tracestate"] != "vendor=1" {
		t.Errorf("tracestate %v, want the one that came in", got["tracestate"])
	}
	if got["tenant"] != "acme" {
		t.Errorf("the caller's own member is %v, want it kept", got["tenant"])
	}
	if _, changed := params.Meta["traceparent"]; changed {
		t.Error("the caller's parameters were changed")
	}
}

func TestMetaReplacesAnOlderTrace(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	got, params := metaOf(ctx, t, mcp.Meta{"traceparent": sampledParent, "tracestate": "vendor=1"})

	if parent, _ := got["traceparent"].(string); !strings.Contains(parent, rec.Span("search").SpanID) {
		t.Errorf("traceparent %v, want the client's span", got["traceparent"])
	}
	if state, kept := got["tracestate"]; kept {
		t.Errorf("tracestate %v belongs to another trace", state)
	}
	if params.Meta["traceparent"] != sampledParent {
		t.Error("the caller's parameters were changed")
	}
}

func TestMetaSaysThatATraceIsNotSampled(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	got, _ := metaOf(continuing(ctx, unsampledParent, ""), t, nil)

	parent, _ := got["traceparent"].(string)
	if !strings.HasPrefix(parent, unsampledParent[:36]) || !strings.HasSuffix(parent, "-00") {
		t.Errorf("traceparent %q, want the same trace, not sampled", parent)
	}
	if spans := rec.Spans(); len(spans) != 0 {
		t.Errorf("got\n%swant no span of a trace that is not sampled", rec.Tree())
	}
}

func TestMetaStaysAsItIsWhileTracingIsOff(t *testing.T) {
	t.Parallel()
	off := traceroot.New(traceroot.WithEnabled(false))
	got, _ := metaOf(continuing(off.Context(t.Context()), sampledParent, ""), t, nil)

	if parent, carried := got["traceparent"]; carried {
		t.Errorf("traceparent %v was added", parent)
	}
}

func TestServerIgnoresAMalformedTrace(t *testing.T) {
	t.Parallel()
	for name, meta := range map[string]mcp.Meta{
		"no text":              {"traceparent": 7},
		"no trace context":     {"traceparent": "hello"},
		"a state without text": {"traceparent": "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "tracestate": []any{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			w := untracedWorld()
			w.server.AddReceivingMiddleware(tracemcp.NewServerMiddleware())
			w.addTool(func(_ context.Context, text string) (string, error) { return text, nil })
			params := searchFor("shoes")
			params.Meta = meta

			if _, err := connectInMemory(ctx, t, w).CallTool(ctx, params); err != nil {
				t.Fatal(err)
			}
			if parent := rec.Span("search").ParentID; parent != "" {
				t.Errorf("parent %s, want a trace of its own", parent)
			}
		})
	}
}
