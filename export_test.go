package traceroot

import (
	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go/internal/source"
)

// LiveSpans is how many open spans the client knows.
func (c *Client) LiveSpans() int { return c.live.len() }

// BoundLiveSpans changes how many open spans the client knows at most.
func (c *Client) BoundLiveSpans(bound int) { c.live.bound = bound }

// SourceAttributes are those of a span from a line of file, in a program whose repository is checked out in root.
func SourceAttributes(root, file string, line int) []attribute.KeyValue {
	c := &Client{sources: newResolver(gitContext{Root: root})}
	return c.sourceAttributes(source.Location{File: file, Function: "work", Line: line})
}
