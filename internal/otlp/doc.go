// Package otlp turns ended spans into the bytes of an OTLP export request, and decides what of them may leave.
//
// A span passes a [Redactor], which applies the user's masks and removes content that must not be sent, then [Pack], which
// encodes spans as an ExportTraceServiceRequest ([Marshal]) and compresses it ([Gzip]). [Halves] and [CutValues] make an
// encoded request smaller for a server that found it too large.
//
// Encoding appends the bytes of protobuf's wire format straight from a span's data, without OTLP's generated messages: those
// are what the tests compare with.
//
// The package sends nothing, keeps no queue and never reads a value of the traced program: it sees attributes only,
// after capture has made text of them.
package otlp
