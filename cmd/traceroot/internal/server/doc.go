// Package server is the running server: it opens the store, listens, decides who may do what, and hands each request to
// the room that answers it. It serves OTLP over HTTP and gRPC, the public API, the API of the web UI, and an API of its
// own for the command line, which holds keys, deletions, imports and backups.
//
// It knows no SQL, no attribute and no table of prices; it wires the rooms that do.
package server
