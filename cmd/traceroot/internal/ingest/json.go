package ingest

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// spanDepth is how many lists and objects of a request stand around an attribute's value, and valueDepth how many are
// around a value inside a value.
const (
	spanDepth  = 12
	valueDepth = 4
)

// json reads an ExportTraceServiceRequest in OTLP's own JSON: ids in hex, 64-bit numbers as text or as numbers. A member
// of the wrong type counts as missing.
func (d *decoder) json(request []byte) error {
	boundDepth(request, spanDepth+valueDepth*(d.limits.Depth+1))
	if !gjson.ValidBytes(request) {
		return badRequest("Failed to parse OTLP JSON: malformed JSON")
	}
	d.effort = 8*len(request) + 1<<20
	document := gjson.ParseBytes(request)
	if !document.IsObject() {
		return badRequest("Failed to parse OTLP JSON: not an object")
	}
	elements(member(document, "resourceSpans"), func(resourceSpans gjson.Result) {
		d.jsonResourceSpans(resourceSpans)
	})
	return nil
}

func (d *decoder) jsonResourceSpans(resourceSpans gjson.Result) {
	d.cut = nil // those of a resource have no span to be told on
	resource := d.jsonAttributes(member(member(resourceSpans, "resource"), "attributes"))
	elements(member(resourceSpans, "scopeSpans"), func(scopeSpans gjson.Result) {
		scope := member(scopeSpans, "scope")
		from := origin{resource, d.jsonName(member(scope, "name")), d.jsonName(member(scope, "version"))}
		elements(member(scopeSpans, "spans"), func(sent gjson.Result) {
			raw, problem := d.begin(&from)
			if problem == "" {
				d.jsonSpan(sent, &raw)
			}
			d.end(&raw, problem)
		})
	})
}

func (d *decoder) jsonSpan(sent gjson.Result, raw *vocab.RawSpan) {
	members(sent, func(name string, member gjson.Result) {
		switch name {
		case "traceId":
			raw.TraceID = jsonID(member)
		case "spanId":
			raw.SpanID = jsonID(member)
		case "parentSpanId":
			raw.ParentSpanID = jsonID(member)
		case "name":
			raw.Name = d.spanText("name", jsonText(member), d.limits.NameBytes)
		case "startTimeUnixNano":
			raw.Start = instant(jsonUint(member))
		case "endTimeUnixNano":
			raw.End = instant(jsonUint(member))
		case "attributes":
			raw.Attributes = d.jsonAttributes(member)
		case "events":
			elements(member, func(event gjson.Result) { d.jsonEvent(event, raw) })
		case "links":
			elements(member, func(link gjson.Result) { d.jsonLink(link, raw) })
		case "status":
			d.jsonStatus(member, raw)
		}
	})
	if raw.Attributes == nil {
		raw.Attributes = vocab.Attributes{}
	}
}

func (d *decoder) jsonStatus(sent gjson.Result, raw *vocab.RawSpan) {
	code := member(sent, "code")
	raw.Failed = code.Int() == statusCodeError || code.Str == "STATUS_CODE_ERROR"
	raw.StatusMessage = d.spanText("error", jsonText(member(sent, "message")), d.limits.ValueBytes)
}

func (d *decoder) jsonEvent(sent gjson.Result, raw *vocab.RawSpan) {
	if d.full() || len(raw.Events) >= d.limits.Events {
		d.noteCut("events", len(sent.Raw))
		return
	}
	raw.Events = append(raw.Events, vocab.Event{
		Name:       d.jsonName(member(sent, "name")),
		Time:       instant(jsonUint(member(sent, "timeUnixNano"))),
		Attributes: d.jsonAttributes(member(sent, "attributes")),
	})
}

func (d *decoder) jsonLink(sent gjson.Result, raw *vocab.RawSpan) {
	if d.full() || len(raw.Links) >= d.limits.Links {
		d.noteCut("links", len(sent.Raw))
		return
	}
	raw.Links = append(raw.Links, vocab.Link{
		TraceID:    jsonID(member(sent, "traceId")),
		SpanID:     jsonID(member(sent, "spanId")),
		Attributes: d.jsonAttributes(member(sent, "attributes")),
	})
}

func (d *decoder) jsonAttributes(list gjson.Result) vocab.Attributes {
	all := make(vocab.Attributes)
	elements(list, func(keyValue gjson.Result) { d.jsonAttribute(keyValue, all) })
	return all
}

func (d *decoder) jsonAttribute(keyValue gjson.Result, all vocab.Attributes) {
	key := jsonText(member(keyValue, "key"))
	if d.full() || len(key) > d.limits.NameBytes {
		d.noteCut(clip(text(key)), len(keyValue.Raw))
		return
	}
	name := d.name(key)
	if _, again := all[name]; !again && len(all) >= d.limits.Attributes {
		d.noteCut("attributes", len(keyValue.Raw))
		return
	}
	v := value{decoder: d, room: d.limits.ValueBytes}
	all[name] = v.json(member(keyValue, "value"), d.limits.Depth)
	if v.cut {
		d.noteCut(name, len(keyValue.Raw))
	}
}

// json is the value of an AnyValue, in which depth lists and maps may be nested.
func (v *value) json(sent gjson.Result, depth int) (read any) {
	members(sent, func(name string, member gjson.Result) {
		switch name {
		case "stringValue":
			read = nil
			if member.Type == gjson.String {
				read = v.text(jsonText(member))
			}
		case "boolValue":
			read = nil
			if member.IsBool() {
				read = member.Bool()
			}
		case "intValue":
			read = jsonInt(member)
		case "doubleValue":
			read = jsonDouble(member)
		case "bytesValue":
			read = nil // no column holds it
		case "arrayValue", "kvlistValue":
			if v.effort -= len(member.Raw); depth == 0 || v.effort < 0 {
				read, v.cut = nil, true
				return
			}
			read = v.jsonNested(name, member, depth-1)
		}
	})
	return read
}

func (v *value) jsonNested(kind string, sent gjson.Result, depth int) any {
	values := member(sent, "values")
	if kind == "arrayValue" {
		list := []any{}
		elements(values, func(element gjson.Result) {
			if v.takes(overhead) {
				list = append(list, v.json(element, depth))
			}
		})
		return list
	}
	all := make(map[string]any)
	elements(values, func(keyValue gjson.Result) {
		key := jsonText(member(keyValue, "key"))
		if len(key) > v.limits.NameBytes || !v.takes(overhead+len(key)) {
			v.cut = true
			return
		}
		all[v.name(key)] = v.json(member(keyValue, "value"), depth)
	})
	return all
}

// elements calls f for the elements of a list; anything else has none.
func elements(list gjson.Result, f func(gjson.Result)) {
	if !list.IsArray() {
		return
	}
	list.ForEach(func(_, element gjson.Result) bool {
		f(element)
		return true
	})
}

// members calls f for the members of an object; anything else has none.
func members(object gjson.Result, f func(name string, member gjson.Result)) {
	if !object.IsObject() {
		return
	}
	object.ForEach(func(name, member gjson.Result) bool {
		f(name.Str, member)
		return true
	})
}

// member is the last member of that name. Names are compared as they are: [gjson.Result.Get] would read them as paths.
func member(object gjson.Result, wanted string) (found gjson.Result) {
	members(object, func(name string, member gjson.Result) {
		if name == wanted {
			found = member
		}
	})
	return found
}

func (d *decoder) jsonName(sent gjson.Result) string { return d.name(jsonText(sent)) }

func jsonText(sent gjson.Result) []byte {
	if sent.Type != gjson.String {
		return nil
	}
	return []byte(sent.Str)
}

// jsonID is what cannot be an id where it is no hex.
func jsonID(sent gjson.Result) string {
	if sent.Type == gjson.Null || sent.Str == "" && sent.Type == gjson.String {
		return ""
	}
	octets, err := hex.DecodeString(sent.Str)
	if err != nil || len(octets) == 0 {
		return "not hex"
	}
	return id(octets)
}

// jsonUint is 0 for what is no such number.
func jsonUint(sent gjson.Result) uint64 {
	n, _ := strconv.ParseUint(jsonNumber(sent), 10, 64)
	return n
}

// jsonInt is nil for what is no such number.
func jsonInt(sent gjson.Result) any {
	digits := jsonNumber(sent)
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return n
	}
	// Writers in JavaScript have 1e+21 for large numbers.
	if f, err := strconv.ParseFloat(digits, 64); err == nil && f == float64(int64(f)) {
		return int64(f)
	}
	return nil
}

// jsonDouble is nil for what is no number; what JSON has no number for is text in protobuf's JSON.
func jsonDouble(sent gjson.Result) any {
	f, err := strconv.ParseFloat(strings.TrimSpace(jsonNumber(sent)), 64)
	if err != nil {
		return nil
	}
	return finite(f)
}

func jsonNumber(sent gjson.Result) string {
	if sent.Type == gjson.Number {
		return sent.Raw
	}
	return sent.Str // of a text alone
}
