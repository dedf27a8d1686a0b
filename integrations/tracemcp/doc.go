// Package tracemcp traces the Model Context Protocol: the tool calls, resource reads and prompts of the clients and
// servers of github.com/modelcontextprotocol/go-sdk.
//
//	client.AddSendingMiddleware(tracemcp.NewClientMiddleware())
//	server.AddReceivingMiddleware(tracemcp.NewServerMiddleware())
//
// Either works alone. Together they give one trace: the client writes its span into the request's _meta, as traceparent
// and tracestate (W3C Trace Context, MCP's SEP-414), and the server's span becomes its child, whatever the transport and
// whatever language the other side is written in.
//
// The package makes no spans for the rest of the protocol (initialize, ping, lists, notifications), nor for what a server
// asks of its client (sampling, elicitation, roots), and it carries no baggage. It does not know models: calls of those
// are recorded by traceroot's own hooks, below the tool's span where the tool makes them.
package tracemcp
