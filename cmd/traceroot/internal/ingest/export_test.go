package ingest

import "github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"

// Decoded is what a decoder makes of one request.
type Decoded struct {
	Spans    []vocab.RawSpan
	Rejected int
	Reason   string
	Err      error
}

// DecodeProtobuf reads a request in protobuf.
func DecodeProtobuf(request []byte, limits Limits) Decoded {
	return decodeWith((*decoder).protobuf, request, limits)
}

// DecodeJSON reads a request in JSON, which it spoils.
func DecodeJSON(request []byte, limits Limits) Decoded {
	return decodeWith((*decoder).json, request, limits)
}

func decodeWith(decode func(*decoder, []byte) error, request []byte, limits Limits) Decoded {
	limits = limits.orDefaults()
	d := newDecoder(&limits)
	err := decode(d, request)
	return Decoded{d.spans, d.rejected.count, d.rejected.String(), err}
}

// BoundDepth is boundDepth.
var BoundDepth = boundDepth
