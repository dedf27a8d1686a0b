package ingest

import (
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// decoder collects the spans of one request, from whatever encoding. It belongs to one goroutine.
type decoder struct {
	limits *Limits

	spans    []vocab.RawSpan
	rejected rejected

	position int               // of the span being read, from 1
	values   int               // attributes, events, links and members of lists so far
	effort   int               // bytes of nested JSON that may still be read: each level of nesting reads all below again
	names    map[string]string // those that many spans share, each once in memory
	cut      map[string]int    // sizes of what was cut in the span being read, by attribute; often nil
}

func newDecoder(limits *Limits) *decoder {
	return &decoder{limits: limits, names: make(map[string]string)}
}

// origin is what the spans of one scope share.
type origin struct {
	resource vocab.Attributes
	scope    string
	version  string
}

// begin readies the decoder for the next span, or says that there are too many.
func (d *decoder) begin(from *origin) (raw vocab.RawSpan, problem string) {
	d.position++
	d.cut = nil
	raw = vocab.RawSpan{Resource: from.resource, Scope: from.scope, ScopeVersion: from.version}
	if len(d.spans) >= d.limits.Spans {
		return raw, fmt.Sprintf("more than %d spans in a request", d.limits.Spans)
	}
	return raw, ""
}

// end keeps the span, unless there is a problem with it.
func (d *decoder) end(raw *vocab.RawSpan, problem string) {
	if problem == "" {
		problem = d.flaw(raw)
	}
	if problem != "" {
		d.rejected.span(d.position, raw, problem)
		return
	}
	raw.MarkCut(d.cut)
	d.spans = append(d.spans, *raw)
}

// flaw is why a span that could be read cannot be kept.
func (d *decoder) flaw(raw *vocab.RawSpan) string {
	switch {
	case len(raw.TraceID) != 32:
		return "no valid trace id"
	case len(raw.SpanID) != 16:
		return "no valid span id"
	case raw.ParentSpanID != "" && len(raw.ParentSpanID) != 16:
		return "no valid parent span id"
	case raw.Start.IsZero():
		return "no start time"
	case !plausible(raw.Start):
		return "start time in the year " + raw.Start.Format("2006")
	case !raw.End.IsZero() && !plausible(raw.End):
		return "end time in the year " + raw.End.Format("2006")
	case d.values > d.limits.Values:
		return fmt.Sprintf("more than %d values in a request", d.limits.Values)
	}
	return ""
}

// plausible excludes what comes of seconds or milliseconds sent as nanoseconds, and of clocks never set: such a trace
// would stand at the end of every list for good.
func plausible(t time.Time) bool { return t.Year() >= 2000 && t.Year() < 2100 }

// instant is the zero time for 0, else the time as far as one can tell it.
func instant(unixNano uint64) time.Time {
	if unixNano == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(min(unixNano, math.MaxInt64))).UTC()
}

// id is empty for bytes that are all zero: OpenTelemetry's way to say that there is none.
func id(b []byte) string {
	const longest = 64 // of those that end up in a message
	for _, octet := range b {
		if octet != 0 {
			return hex.EncodeToString(b[:min(len(b), longest)])
		}
	}
	return ""
}

// full reports that another value is one too many; that the span then is not kept follows from [decoder.flaw].
func (d *decoder) full() bool {
	d.values++
	return d.values > d.limits.Values
}

// noteCut remembers what was cut or left out.
func (d *decoder) noteCut(key string, size int) {
	if d.cut == nil {
		d.cut = make(map[string]int)
	}
	d.cut[key] = max(d.cut[key], size)
}

// name is a text that is likely to come again, such as a key.
func (d *decoder) name(b []byte) string {
	const longest = 128 // of those that do
	if known, ok := d.names[string(b)]; ok {
		return known
	}
	name := cutText(text(b), d.limits.NameBytes)
	if len(b) <= longest {
		d.names[string(b)] = name
	}
	return name
}

// text is valid UTF-8 whatever was sent.
func text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return strings.ToValidUTF8(string(b), string(utf8.RuneError))
}

// cutText is at most limit bytes of text, and never a part of a character.
func cutText(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return strings.Clone(text[:limit])
}

// finite writes what JSON has no number for as the SDKs do.
func finite(f float64) any {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return f
}
