// Package traceeino traces agents and graphs built with github.com/cloudwego/eino:
//
//	handler := traceeino.NewHandler()
//	callbacks.AppendGlobalHandlers(handler)
//
// Each run of a graph, a chain or a node becomes a span with the name it has in eino, and they nest as eino runs them:
// what a lambda or a tool does below its context stands below its span.
//
// The handler does not record model calls by itself. It gives them a span of kind "span" with the messages that eino
// knows, and the model's HTTP client records what goes over the wire as a span of kind "llm" below that, for instance
// with traceroot.HTTPClient in the HTTPClient field of an eino-ext configuration. So a call is never counted twice. For
// models whose traffic nothing records there is [WithModelSpans].
//
// The package reads nothing out of eino's checkpoints: a graph that was interrupted and is resumed makes a new span.
package traceeino
