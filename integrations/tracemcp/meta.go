package tracemcp

import (
	"context"
	"maps"
	"net/http"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/traceroot-ai/traceroot-go"
)

// The members of _meta that hold a trace context, as SEP-414 names them: exempt from the rule that keys have a prefix.
const (
	traceParent = "traceparent"
	traceState  = "tracestate"
)

// withTrace is req with the current span of ctx in its _meta. The parameters are the caller's, who may use them again.
func withTrace(ctx context.Context, req mcp.Request) mcp.Request {
	session, ok := req.GetSession().(*mcp.ClientSession)
	if !ok {
		return req
	}
	var params mcp.Params
	switch p := req.GetParams().(type) {
	case *mcp.CallToolParams:
		copied := *p
		params = &copied
	case *mcp.CallToolParamsRaw:
		copied := *p
		params = &copied
	case *mcp.ReadResourceParams:
		copied := *p
		params = &copied
	case *mcp.GetPromptParams:
		copied := *p
		params = &copied
	default:
		return req
	}
	params.SetMeta(metaWithTrace(ctx, params.GetMeta()))
	return &mcp.ClientRequest[mcp.Params]{Session: session, Params: params}
}

// metaWithTrace is a copy of meta in which the current span of ctx stands in place of any other.
func metaWithTrace(ctx context.Context, meta map[string]any) map[string]any {
	header := http.Header{}
	traceroot.Inject(ctx, header)
	meta = maps.Clone(meta)
	if meta == nil {
		meta = map[string]any{}
	}
	for _, key := range []string{traceParent, traceState} {
		delete(meta, key)
		if value := header.Get(key); value != "" {
			meta[key] = value
		}
	}
	return meta
}

// callerTrace is ctx with the trace that req came with; ctx itself when it came with none.
func callerTrace(ctx context.Context, req mcp.Request) context.Context {
	meta := req.GetParams().GetMeta()
	if parent, ok := meta[traceParent].(string); ok {
		state, _ := meta[traceState].(string)
		header := http.Header{}
		header.Set(traceParent, parent)
		header.Set(traceState, state)
		return traceroot.Extract(ctx, header)
	}
	if extra := req.GetExtra(); extra != nil {
		return traceroot.Extract(ctx, extra.Header)
	}
	return ctx
}
