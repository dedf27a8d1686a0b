// Package traceroot traces AI agents on OpenTelemetry and sends the spans to TraceRoot.
//
// An agent is a tree of calls: agent → model calls, tools, plain functions. The package records each call as a span with
// its input and output, its error, its tokens, the line of source it comes from, and the user and session it ran for.
//
//	client := traceroot.Initialize() // TRACEROOT_API_KEY, or a loopback TRACEROOT_HOST_URL
//	defer client.Shutdown(context.Background())
//
//	search := traceroot.Observe(searchDocs, traceroot.Type("tool"))
//	docs, err := search(ctx, "weather in Oslo", 3)
//
// [Observe] wraps a function of any shape and keeps its type; [Do], [Run] and [Start] open spans inside a function;
// [UsingAttributes] names the user and session of everything below a context; [UpdateCurrentSpan] and
// [UpdateCurrentTrace] add what is known only later. [Middleware], [Transport], [HTTPClient] and [Doer] record the
// traffic of model providers, whatever client makes it.
//
// Spelling rule: With… configures a client, bare words ([Name], [Type], [Tags]) describe a span, structs carry data.
//
// The package never panics into, blocks or fails the program it watches. What it has to drop it counts ([Client.Stats])
// and says once through [log/slog]. It does not make metrics or logs, and it never runs another program.
package traceroot
