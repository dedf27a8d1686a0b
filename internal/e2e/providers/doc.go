// Package providers runs the providers' own Go clients, hooked by the SDK, against scripted servers on this machine, and
// judges the spans that come of it: names, messages, usage, retries, streams.
//
// It is tests only. What a dialect makes of recorded provider traffic is tested in llmhttp, and what the hooks owe to any
// HTTP client in the root module; here the question is whether real clients fit.
package providers
