// Package batch delivers ended spans: it queues them, makes batches bounded in spans, bytes and age, and sends each until
// the server has accepted or finally refused it.
//
// A [Queue] knows when to send and what to do with the answer; a [Sender] knows how: [HTTP] posts to a TraceRoot server,
// [Exporter] hands spans to any OpenTelemetry exporter. Several requests run at once behind one gate, which closes for all
// when the host fails, asks to be left alone or refuses the key. What cannot be sent may wait on disk, in package spool.
//
// Nothing here decides which spans are recorded or what of them may leave (that is package otlp's Redactor, which a Sender
// applies), opens a file or writes a log.
package batch
