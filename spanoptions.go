package traceroot

import (
	"log/slog"
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/capture"
	"github.com/traceroot-ai/traceroot-go/internal/source"
)

// SpanKind says what a span stands for. It is a string, so an untyped "tool" works wherever one is asked for. Case is
// ignored; a value that is no kind counts as [KindSpan], with one warning.
type SpanKind string

// The kinds of span. Offline evaluation adds "evaluation", "task" and "scorer", which pass, too.
const (
	KindSpan  SpanKind = attr.KindSpan // the default
	KindAgent SpanKind = attr.KindAgent
	KindTool  SpanKind = attr.KindTool
	KindLLM   SpanKind = attr.KindLLM
)

var knownKinds = []SpanKind{
	KindSpan, KindAgent, KindTool, KindLLM, attr.KindEvaluation, attr.KindTask, attr.KindScorer,
}

// normal is the kind as it is sent, and whether k is one at all.
func (k SpanKind) normal() (SpanKind, bool) {
	lower := SpanKind(strings.ToLower(string(k)))
	if lower == "" {
		return KindSpan, true
	}
	if !slices.Contains(knownKinds, lower) {
		return KindSpan, false
	}
	return lower, true
}

// SpanOption describes a span. Where two options speak of the same thing, the last one wins. A reusable set is a slice,
// passed as tool...:
//
//	tool := []traceroot.SpanOption{traceroot.Type("tool"), traceroot.Tags("v2")}
type SpanOption func(*spanConfig)

// spanConfig is what the options of one span, or of one wrapper, say.
type spanConfig struct {
	name      string
	kind      SpanKind
	metadata  map[string]any
	tags      []string
	sessionID string
	userID    string

	hideInput, hideOutput bool
	input                 any
	hasInput              bool
	encoded               *capture.Value // the input as it was when the call was made, for spans that start later
	argNames              []string
	mapInput, mapOutput   func(any) any

	otel        []trace.SpanStartOption
	source      source.Location
	integration Integration // on whose behalf the span is started; "" for the program's own
}

// Name names the span; "" keeps the default, which is the name of the function.
func Name(name string) SpanOption {
	return func(c *spanConfig) {
		if name != "" {
			c.name = name
		}
	}
}

// Type sets the span's kind: one of the Kind constants, or the same as a string.
func Type(kind SpanKind) SpanOption { return func(c *spanConfig) { c.kind = kind } }

// Metadata adds facts to the span, sent as one JSON object. m is copied; given twice, the maps are merged and a later key
// wins.
func Metadata(m map[string]any) SpanOption {
	return func(c *spanConfig) {
		if c.metadata == nil {
			c.metadata = make(map[string]any, len(m))
		}
		maps.Copy(c.metadata, m)
	}
}

// Tags label the span. Empty tags and repeats are dropped, the order is kept.
func Tags(tags ...string) SpanOption {
	return func(c *spanConfig) { c.tags = distinctTags(tags) }
}

// SessionID sets the session of the trace, on this span and on the local root unless that has one of its own; spans that
// start under this one carry it, too.
func SessionID(id string) SpanOption { return func(c *spanConfig) { setString(&c.sessionID, id) } }

// UserID sets the user of the trace, as [SessionID] sets the session.
func UserID(id string) SpanOption { return func(c *spanConfig) { setString(&c.userID, id) } }

// CaptureInput says whether arguments, and what [Input] gives, are recorded. The default is true.
func CaptureInput(on bool) SpanOption { return func(c *spanConfig) { c.hideInput = !on } }

// CaptureOutput says whether results are recorded. The default is true. What a [SpanUpdate] gives is recorded either way.
func CaptureOutput(on bool) SpanOption { return func(c *spanConfig) { c.hideOutput = !on } }

// Input gives the span's input where there are no arguments to see (Do, Run, Seq, Chan, Start); on a wrapper it replaces
// the arguments.
func Input(v any) SpanOption { return func(c *spanConfig) { c.input, c.hasInput = v, true } }

// ArgNames makes the captured arguments of a wrapped function an object with these keys, in order, the context left out.
// With the wrong number of names the arguments stay a list, which is warned about once.
func ArgNames(names ...string) SpanOption {
	return func(c *spanConfig) { c.argNames = slices.Clone(names) }
}

// MapInput has f change the input before it is encoded, on the caller's goroutine: to leave something out, or to choose
// what is worth seeing. A nil result sends no input. A panic in f is recorded as "<map failed>".
func MapInput(f func(in any) any) SpanOption { return func(c *spanConfig) { c.mapInput = f } }

// MapOutput has f change the output, as [MapInput] does the input. What a [SpanUpdate] gives is recorded as given.
func MapOutput(f func(out any) any) SpanOption { return func(c *spanConfig) { c.mapOutput = f } }

// OTel passes options on to OpenTelemetry: links, a new root, timestamps, raw attributes.
func OTel(opts ...trace.SpanStartOption) SpanOption {
	return func(c *spanConfig) { c.otel = append(c.otel, opts...) }
}

// FromIntegration is for packages that trace a framework: it marks a span that the framework's hooks start on the program's
// behalf. The span's instrumentation scope is "traceroot." and the name, and the line that it reports is the nearest one
// on the call stack that stands in the program's own modules, in place of the framework's. Where there is none, as on a
// goroutine that the framework has started, it reports no line. On a wrapped function, it sets the scope alone.
func FromIntegration(name Integration) SpanOption {
	return func(c *spanConfig) { c.integration = name }
}

func (c *spanConfig) apply(opts []SpanOption) {
	for _, opt := range opts {
		if opt != nil {
			opt(c)
		}
	}
}

// checkKind replaces a kind that is none, and says so.
func (c *spanConfig) checkKind(client *Client) {
	kind, ok := c.kind.normal()
	if !ok {
		client.warn("unknown span kind, span used", slog.String("kind", string(c.kind)),
			slog.String("want", "span, agent, tool or llm"))
	}
	c.kind = kind
}

// encodeInput fixes the input of a span that starts later than the call.
func (c *spanConfig) encodeInput(client *Client) {
	if c.hasInput && !c.hideInput && !client.noContent {
		c.encoded = new(capture.Text(mapped(c.mapInput, c.input), client.limits.ValueBytes))
	}
}
