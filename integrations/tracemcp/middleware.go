package tracemcp

import (
	"cmp"
	"context"
	"slices"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/traceroot-ai/traceroot-go"
)

// NewClientMiddleware returns middleware for [mcp.Client.AddSendingMiddleware] that records what the client asks of
// servers, and lets their spans join its trace. Add it once, before the first call.
//
// A span lasts until the client has the result, with every retry and round of input that the SDK adds to the call:
//
//   - tools/call: kind tool, named after the tool. Input is the arguments, output the content of the result: its text
//     when that is all, else the list of its parts; an object of content and structuredContent when the latter says
//     something else. A result that is an error (IsError) fails the span with its text, and stays the output.
//   - resources/read: named resources/read. Input is the URI, output the text of the contents, or the list of them.
//   - prompts/get: named prompts/get and the prompt. Input is the arguments, output the list of messages.
//
// Images, sounds and blobs are recorded by type and size, without their bytes. An error of the protocol, of the transport
// or of the context fails the span, and the caller gets it unchanged.
//
// The request that goes on carries the span in its _meta, in place of a trace context that was there; the caller's
// parameters are copied, never changed. While tracing is off, requests pass as they are.
//
// opts apply to every span of the middleware: MapInput gets the input as above, MapOutput the mcp.Result itself. The
// middleware is safe for concurrent use, and may serve several clients.
func NewClientMiddleware(opts ...traceroot.SpanOption) mcp.Middleware {
	return func(next mcp.MethodHandler) mcp.MethodHandler { return handler{next, opts}.send }
}

// NewServerMiddleware returns middleware for [mcp.Server.AddReceivingMiddleware] that records what the server does for
// its clients. Add it once, before the server is connected.
//
// Spans are those of [NewClientMiddleware], of the same names, and last while the server's handler runs. They continue
// the trace in the request's _meta, or else the one in the headers of its HTTP request. Without either, a span belongs
// to the context that the session was connected with: it begins a trace of its own, unless that context has a span.
//
// A panic of a handler is recorded and goes on. The error that a handler gave to [mcp.CallToolResult.SetError] is
// recorded with its chain, which the client does not get to see.
//
// opts are those of NewClientMiddleware. The middleware is safe for concurrent use, and may serve several servers.
func NewServerMiddleware(opts ...traceroot.SpanOption) mcp.Middleware {
	return func(next mcp.MethodHandler) mcp.MethodHandler { return handler{next, opts}.receive }
}

// handler records what it passes on to next. Its methods have names of their own, unlike literals in the constructors,
// which would bear the name of the caller that those are inlined into, and be taken for the program's own code.
type handler struct {
	next mcp.MethodHandler
	opts []traceroot.SpanOption
}

// send is the client's side.
func (h handler) send(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
	call, ok := callOf(method, req)
	if !ok {
		return h.next(ctx, method, req)
	}
	before := traceroot.SpanID(ctx)
	return call.run(ctx, h.opts, func(ctx context.Context) (mcp.Result, error) {
		if traceroot.SpanID(ctx) != before { // else tracing is off
			req = withTrace(ctx, req)
		}
		return h.next(ctx, method, req)
	})
}

// receive is the server's side.
func (h handler) receive(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
	call, ok := callOf(method, req)
	if !ok {
		return h.next(ctx, method, req)
	}
	return call.run(callerTrace(ctx, req), h.opts, func(ctx context.Context) (mcp.Result, error) {
		return h.next(ctx, method, req)
	})
}

// call is a request that is worth a span.
type call struct {
	name  string
	kind  traceroot.SpanKind
	input any
}

// callOf describes a request by its parameters, which differ in type between the two sides.
func callOf(method string, req mcp.Request) (call, bool) {
	switch p := req.GetParams().(type) {
	case *mcp.CallToolParams:
		return call{cmp.Or(p.Name, method), traceroot.KindTool, p.Arguments}, true
	case *mcp.CallToolParamsRaw:
		return call{cmp.Or(p.Name, method), traceroot.KindTool, p.Arguments}, true
	case *mcp.ReadResourceParams:
		return call{method, traceroot.KindSpan, p.URI}, true
	case *mcp.GetPromptParams:
		return call{method + " " + p.Name, traceroot.KindSpan, p.Arguments}, true
	default:
		return call{}, false
	}
}

// run calls send in the span of the call.
func (c call) run(ctx context.Context, opts []traceroot.SpanOption, send func(context.Context) (mcp.Result, error)) (mcp.Result, error) {
	own := []traceroot.SpanOption{
		traceroot.FromIntegration("mcp"), traceroot.Type(c.kind), traceroot.Input(c.input), traceroot.MapOutput(outputOf),
	}
	return traceroot.Do(ctx, c.name, func(ctx context.Context) (mcp.Result, error) {
		result, err := send(ctx)
		traceroot.SpanFromContext(ctx).SetError(toolFailure(result))
		return result, err
	}, slices.Concat(own, opts)...)
}
