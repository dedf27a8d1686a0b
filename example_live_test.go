package traceroot_test

import "github.com/traceroot-ai/traceroot-go"

func ExampleWithLive() {
	// A server of your own on another machine may show running traces, too.
	enabled(traceroot.WithHostURL("https://traces.example.com"), traceroot.WithAPIKey("tr-key"), traceroot.WithLive(true))
	// Nothing is told of a span before it ends.
	enabled(traceroot.WithHostURL("http://localhost:8317"), traceroot.WithLive(false))
	// Output:
	// true <nil>
	// true <nil>
}
