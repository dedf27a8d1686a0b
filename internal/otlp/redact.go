package otlp

import (
	"sync/atomic"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

// masked replaces a value whose mask panicked: what the user wanted hidden must not leave because hiding it went wrong.
const masked = "[masked]"

// Mask returns what to send in place of text, or "" to send nothing. The field is "input", "output", "prompt", "metadata",
// "messages", "model_parameters", "error", "tags", "user_id" or "session_id", or else the attribute's key. The text is exactly
// what would be sent and is never empty; of a list each element is a text of its own.
type Mask func(field, text string) string

// Redactor decides what of a span may leave: every text passes its masks, and content is removed when it is unwanted.
//
// Masks see each text in the attributes of the span, its events, its links and its resource, and the status description.
// They do not see names (of spans, events, scopes, attributes), nor what identifies a span rather than says something about
// it: ids, the paths of names, ids and start times, the span's type, git context and source location, the SDK's and the
// service's name and version. A text that a mask empties is not sent at all.
//
// A nil Redactor lets everything pass. A Redactor is safe for concurrent use if its masks are.
type Redactor struct {
	content bool
	masks   []Mask
	fails   atomic.Int64

	// resource is the last one masked. Nearly always it is the only one, and a mask need not see it again for each span.
	resource atomic.Pointer[maskedResource]
}

type maskedResource struct{ original, masked *resource.Resource }

// NewRedactor returns a Redactor that applies masks in their order, each on the result of the one before. Unless content is
// true it also removes inputs, outputs, prompts, messages and tool definitions, those of third-party spans included;
// metadata, model parameters, usage and error texts stay.
func NewRedactor(content bool, masks ...Mask) *Redactor {
	return &Redactor{content: content, masks: masks}
}

// Fails returns how many texts were replaced by "[masked]" because a mask panicked.
func (r *Redactor) Fails() int64 {
	if r == nil {
		return 0
	}
	return r.fails.Load()
}

// Span returns s as it may leave: s itself when there is nothing to do, else a view of it. The masks run now and only now,
// on the caller's goroutine.
func (r *Redactor) Span(s sdktrace.ReadOnlySpan) sdktrace.ReadOnlySpan {
	if r == nil || r.content && len(r.masks) == 0 {
		return s
	}
	v := &view{
		ReadOnlySpan: s,
		attributes:   r.attributes(s.Attributes()),
		events:       r.events(s.Events()),
		links:        r.links(s.Links()),
		status:       s.Status(),
		resource:     r.maskResource(s.Resource()),
	}
	v.status.Description = r.mask(fieldError, v.status.Description)
	return v
}

// view is a span with some of its parts replaced.
type view struct {
	sdktrace.ReadOnlySpan

	attributes []attribute.KeyValue
	events     []sdktrace.Event
	links      []sdktrace.Link
	status     sdktrace.Status
	resource   *resource.Resource
}

func (v *view) Attributes() []attribute.KeyValue { return v.attributes }
func (v *view) Events() []sdktrace.Event         { return v.events }
func (v *view) Links() []sdktrace.Link           { return v.links }
func (v *view) Status() sdktrace.Status          { return v.status }
func (v *view) Resource() *resource.Resource     { return v.resource }

// Attributes are attributes of one span as they may leave, for what is sent of it before it ends.
func (r *Redactor) Attributes(attributes []attribute.KeyValue) []attribute.KeyValue {
	if r == nil {
		return attributes
	}
	return r.attributes(attributes)
}

func (r *Redactor) attributes(attributes []attribute.KeyValue) []attribute.KeyValue {
	kept := make([]attribute.KeyValue, 0, len(attributes))
	for _, kv := range attributes {
		key := string(kv.Key)
		if !r.content && isContent(key) {
			continue
		}
		if !isIdentity(key) {
			value, ok := r.value(fieldOf(key), kv.Value)
			if !ok {
				continue
			}
			kv.Value = value
		}
		kept = append(kept, kv)
	}
	return kept
}

func (r *Redactor) events(events []sdktrace.Event) []sdktrace.Event {
	kept := make([]sdktrace.Event, 0, len(events))
	for _, event := range events {
		if !r.content && isContentEvent(event.Name) {
			continue
		}
		event.Attributes = r.attributes(event.Attributes)
		kept = append(kept, event)
	}
	return kept
}

func (r *Redactor) links(links []sdktrace.Link) []sdktrace.Link {
	kept := make([]sdktrace.Link, 0, len(links))
	for _, link := range links {
		link.Attributes = r.attributes(link.Attributes)
		kept = append(kept, link)
	}
	return kept
}

// maskResource masks the attributes of the process, which may quote its command line.
func (r *Redactor) maskResource(original *resource.Resource) *resource.Resource {
	if original == nil || len(r.masks) == 0 {
		return original
	}
	if last := r.resource.Load(); last != nil && last.original == original {
		return last.masked
	}
	attributes := make([]attribute.KeyValue, 0, original.Len())
	for _, kv := range original.Attributes() {
		key := string(kv.Key)
		if !under(key, "service") && !under(key, "telemetry") {
			value, ok := r.value(fieldOf(key), kv.Value)
			if !ok {
				continue
			}
			kv.Value = value
		}
		attributes = append(attributes, kv)
	}
	changed := resource.NewWithAttributes(original.SchemaURL(), attributes...)
	r.resource.Store(&maskedResource{original, changed})
	return changed
}

// value masks every text in v. It reports false when nothing of v is left to send.
func (r *Redactor) value(field string, v attribute.Value) (attribute.Value, bool) {
	switch v.Type() {
	case attribute.STRING:
		text := v.AsString()
		changed := r.mask(field, text)
		return attribute.StringValue(changed), changed != "" || text == ""

	case attribute.BYTESLICE:
		// Bytes that read as text may hold what a mask looks for; others mean nothing to it.
		text := string(v.AsByteSlice())
		if !utf8.ValidString(text) {
			return v, true
		}
		changed := r.mask(field, text)
		return attribute.ByteSliceValue([]byte(changed)), changed != "" || text == ""

	case attribute.STRINGSLICE:
		texts := v.AsStringSlice()
		kept := make([]string, 0, len(texts))
		for _, text := range texts {
			if changed := r.mask(field, text); changed != "" || text == "" {
				kept = append(kept, changed)
			}
		}
		return attribute.StringSliceValue(kept), len(kept) > 0 || len(texts) == 0

	case attribute.SLICE:
		values := v.AsSlice()
		kept := make([]attribute.Value, 0, len(values))
		for _, element := range values {
			if changed, ok := r.value(field, element); ok {
				kept = append(kept, changed)
			}
		}
		return attribute.SliceValue(kept...), len(kept) > 0 || len(values) == 0

	case attribute.MAP:
		members := v.AsMap()
		kept := make([]attribute.KeyValue, 0, len(members))
		for _, member := range members {
			if changed, ok := r.value(field, member.Value); ok {
				kept = append(kept, attribute.KeyValue{Key: member.Key, Value: changed})
			}
		}
		return attribute.MapValue(kept...), len(kept) > 0 || len(members) == 0

	default: // numbers, booleans and their lists
		return v, true
	}
}

// mask returns text after all masks. A text that is empty, or that one of them emptied, is shown to no further mask.
func (r *Redactor) mask(field, text string) (result string) {
	defer func() {
		if recover() != nil {
			r.fails.Add(1)
			result = masked
		}
	}()
	for _, mask := range r.masks {
		if text == "" {
			break
		}
		text = mask(field, capture.ValidUTF8(text))
	}
	return text
}
