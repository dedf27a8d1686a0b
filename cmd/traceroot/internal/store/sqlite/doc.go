// Package sqlite keeps traces in one SQLite file. It is the only package that knows SQL. It reads no wire format and
// prices nothing; what is written and read are the types of package store.
//
// # What is where
//
// A span is a row of spans: the columns by which it is counted, and a blob, texts, with everything else (recipe.go). A
// text in it is a recipe: literal bytes and numbers of pieces, one after the other. A piece (row of pieces) is a text
// that occurs often: a message, a large member of a JSON value, a list of tools. So the twentieth call of a
// conversation costs its new messages and a few bytes for each old one.
//
// Pieces are found by hash through piece_index, or, as long as they are new, in memory (knownpieces.go). pieces.trace is
// the first trace that holds a piece, uses has the others. A piece goes with the last of them. Bodies of pieces that
// were written together are packed together (pack.go).
//
// A trace is a row of traces with what its spans add up to. trace_terms leads from a value (terms) to the traces that
// have it, newest last; fields are the store.Field… constants: name, user, session, status, env, agent, tool, model,
// tag, service, version.
//
// Words of inputs and outputs are found through piece_words, whose rowid is the piece, and, where they are in no piece,
// through trace_words, whose rowid >> 20 is the trace. The latter also has a token (tokens.go) for each member of
// Payload.Attributes, and of the metadata of trace and spans, with a value of up to 200 bytes, and one for each key. Both may
// name traces that no longer have the word or the value, since a span that was sent again leaves its old words behind:
// a reader checks what it finds. With Options.NoSearch piece_words is empty and trace_words has the tokens alone. Words
// are indexed a second after they were written, or as soon as somebody searches (backlog.go).
//
// Roll-ups have an hour's traces (by the trace's start) or calls (by the span's start) for each value of a dimension;
// a trace counts in the hour and under the values that it has now.
//
// # Who writes
//
// One process owns the file ([Lock]), and in it one goroutine (writer.go). Callers of Write prepare all they can (hash,
// split, compress) before they hand over; the writer takes what is waiting into one transaction.
package sqlite
