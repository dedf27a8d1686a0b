// Package batch delivers ended spans: it queues them, makes batches bounded in spans, bytes and age, and sends each until
// the server has accepted or finally refused it.
//
// A [Queue] knows when to send and what to do with the answer; a [Sender] knows how: [HTTP] posts to a TraceRoot server,
// [Exporter] hands spans to any OpenTelemetry exporter. Nothing here decides which spans are recorded or what of them may
// leave (that is package otlp's Redactor, which a Sender applies), writes a log, or survives the end of the process.
package batch
