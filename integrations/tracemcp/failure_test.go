package tracemcp_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/traceroot-ai/traceroot-go/integrations/tracemcp"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestFailures(t *testing.T) {
	t.Parallel()
	soldOut := errors.New("sold out")
	for _, test := range []struct {
		name, tool     string
		client, server string // what the errors say
	}{
		{"of a tool", "search", "sold out", "sold out"},
		{"of the protocol", "refund", `unknown tool "refund"`, `unknown tool "refund"`},
	} {
		for _, transport := range transports {
			t.Run(test.name+" "+transport.name, func(t *testing.T) {
				t.Parallel()
				ctx, rec := traceroottest.New(t)
				w := newWorld()
				w.addTool(func(context.Context, string) (string, error) { return "", soldOut })
				session := transport.connect(ctx, t, w)

				_, _ = session.CallTool(ctx, &mcp.CallToolParams{Name: test.tool, Arguments: query{"shoes"}})
				spans := rec.Spans()
				if len(spans) != 2 {
					t.Fatalf("got\n%swant two spans", rec.Tree())
				}
				if !strings.Contains(spans[0].Err, test.client) || !strings.Contains(spans[1].Err, test.server) {
					t.Errorf("got\n%swant %q and %q", rec.Tree(), test.client, test.server)
				}
			})
		}
	}
}

func TestResultThatIsAnErrorStaysTheOutput(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	w := newWorld()
	w.server.AddTool(&mcp.Tool{Name: "search", InputSchema: map[string]any{"type": "object"}},
		func(context.Context, *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			return &mcp.CallToolResult{IsError: true, Content: []mcp.Content{
				&mcp.TextContent{Text: "sold out"}, &mcp.TextContent{Text: "try boots"},
			}}, nil
		})
	result, err := connectInMemory(ctx, t, w).CallTool(ctx, searchFor("shoes"))
	if err != nil || !result.IsError {
		t.Fatalf("got %v and %v, want the tool's own result", result, err)
	}
	for _, span := range rec.Spans() {
		if parts, ok := span.Output.([]any); !ok || len(parts) != 2 || span.Err != "sold out\ntry boots" {
			t.Errorf("output %v and error %q", span.Output, span.Err)
		}
	}
}

func TestResultThatIsAnErrorWithoutText(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	respond(ctx, t, &mcp.CallToolResult{IsError: true})
	if got := rec.Span("search").Err; got == "" {
		t.Error("the span did not fail")
	}
}

func TestCancelledCall(t *testing.T) {
	t.Parallel()
	for _, transport := range transports {
		t.Run(transport.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			w := newWorld()
			started := make(chan struct{})
			stopped := make(chan struct{})
			w.server.AddReceivingMiddleware(func(next mcp.MethodHandler) mcp.MethodHandler {
				return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
					if method == "tools/call" {
						defer close(stopped)
					}
					return next(ctx, method, req)
				}
			})
			w.addTool(func(ctx context.Context, _ string) (string, error) {
				close(started)
				<-ctx.Done()
				return "", ctx.Err()
			})
			session := transport.connect(ctx, t, w)

			calling, cancel := context.WithCancel(ctx)
			go func() {
				<-started
				cancel()
			}()
			if _, err := session.CallTool(calling, searchFor("shoes")); !errors.Is(err, context.Canceled) {
				t.Errorf("got error %v, want that of the context", err)
			}
			<-stopped
			for _, span := range rec.Spans() {
				if !strings.Contains(span.Err, context.Canceled.Error()) {
					t.Errorf("got\n%swant both spans to be cancelled", rec.Tree())
				}
			}
			if len(rec.Spans()) != 2 {
				t.Errorf("got\n%swant two spans", rec.Tree())
			}
		})
	}
}

func TestPanicGoesOn(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	handle := tracemcp.NewServerMiddleware()(func(context.Context, string, mcp.Request) (mcp.Result, error) { panic("out of shoes") })
	func() {
		defer func() {
			if got := recover(); got != "out of shoes" {
				t.Errorf("recovered %v", got)
			}
		}()
		_, _ = handle(ctx, "tools/call", &mcp.CallToolRequest{Params: &mcp.CallToolParamsRaw{Name: "search"}})
	}()
	if got := rec.Span("search").Err; got != "out of shoes" {
		t.Errorf("the span's error is %q", got)
	}
}
