// Package fakesdk stands for the SDK in tests: its functions look for the call that is not theirs.
package fakesdk

import (
	"iter"
	"strings"

	"github.com/traceroot-ai/traceroot-go/internal/source"
)

// Inside tells whether a function is one of this package.
func Inside(function string) bool {
	return strings.HasSuffix(source.Package(function), "/fakesdk")
}

// Start returns where it was called.
func Start() source.Location { return source.Caller(Inside) }

// StartAt returns where it was called, from below so many frames of its own.
//
//go:noinline
func StartAt(depth int) source.Location {
	if depth == 0 {
		return Start()
	}
	return StartAt(depth - 1)
}

// StartOf is generic.
func StartOf[T any](T) source.Location { return Start() }

// Seq stores where its sequence is ranged over. It is small enough to be inlined, and then the compiler names the
// literal for the function that ranges.
func Seq(location *source.Location) iter.Seq[int] {
	return func(yield func(int) bool) {
		*location = Start()
		yield(1)
	}
}

// Callback stores where it was called, for others to call.
func Callback[T any](location *source.Location) func(T) bool {
	return func(T) bool {
		*location = Start()
		return true
	}
}

// Client has a method, to be called through an interface.
type Client struct{ Last source.Location }

// Start stores where it was called.
func (c *Client) Start() { c.Last = Start() }

// StartAndTell does the same, and closes done.
func (c *Client) StartAndTell(done chan<- struct{}) {
	defer close(done)
	c.Start()
}
