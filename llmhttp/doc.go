// Package llmhttp reads the traffic between a program and its model providers: it recognises a request by its address,
// and turns request and answer into structs that are the same for every provider.
//
//	route, ok := llmhttp.Match(r)                      // who is asked, for what, in which dialect
//	request := route.Request(body, limits)             // model, parameters, tools, messages
//	parser := request.Parser(res.StatusCode, res.Header)
//	parser.Write(bytes)                                // as they arrive, cut anywhere
//	response := parser.Finish(false)                   // messages, finish reasons, usage, error
//
// A dialect is a value in a table: how to know its path, how to read its request, its whole answer and its stream. How a
// stream is cut into events (server-sent events, …) is apart from that, and JSON is read piece by piece, so neither a
// long stream nor a large body is ever held as a whole: [Limits] bounds what is kept, and what comes after an oversize
// text, usage above all, is still found.
//
// What it reads was written by strangers. Nothing here fails or panics on it: a member that is missing or has another
// type than it should is a fact that is not known. Numbers are kept as they were sent.
//
// The package sends nothing, keeps no state beyond one exchange and knows nothing of spans: it neither wraps an
// http.RoundTripper nor reads an http.Request's body. That is the work of the package traceroot.
package llmhttp
