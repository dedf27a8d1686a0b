package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

const (
	maxValue  = 4 << 10 // bytes of a name or an id, which is cut
	maxTags   = 100     // of a span; more are left out
	maxOffset = 1 << 30 // no text is as long
)

// message is one line of a request.
type message struct {
	T      string `json:"t"` // "start", "end" or "text"; others are of senders that know more
	Trace  string `json:"trace"`
	Span   string `json:"span"`
	Parent string `json:"parent"` // empty on a root

	Name    string   `json:"name"`
	Kind    string   `json:"kind"` // in the words of the SDK; empty where it is not known
	Start   int64    `json:"start"`
	User    string   `json:"user"`
	Session string   `json:"session"`
	Tags    []string `json:"tags"`
	Env     string   `json:"env"`
	Model   string   `json:"model"`
	Service string   `json:"service"`

	End    int64 `json:"end"`
	Failed bool  `json:"failed"`

	Offset int    `json:"offset"` // in bytes; what was known of the text from there on is replaced
	Text   string `json:"text"`
}

// report is what a request tells.
type report struct {
	starts   []message
	ends     []message
	texts    []message
	rejected int
	reason   string // of the first that is rejected
}

func parse(body []byte) report {
	var told report
	for line := range bytes.Lines(body) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if err := told.add(line); err != nil {
			if told.rejected++; told.reason == "" {
				told.reason = err.Error()
			}
		}
	}
	return told
}

func (r *report) add(line []byte) error {
	if len(r.starts)+len(r.ends)+len(r.texts) == maxMessages {
		return fmt.Errorf("more than %d messages", maxMessages)
	}
	var m message
	if err := json.Unmarshal(line, &m); err != nil {
		return errors.New("a line is not the JSON of a message")
	}
	if err := m.check(); err != nil {
		return err
	}
	switch m.T {
	case "start":
		m.cut()
		r.starts = append(r.starts, m)
	case "end":
		r.ends = append(r.ends, m)
	case "text":
		r.texts = append(r.texts, m)
	}
	return nil
}

func (m *message) check() error {
	switch {
	case !isID(m.Trace, 32) || !isID(m.Span, 16) || m.Parent != "" && !isID(m.Parent, 16):
		return errors.New("an id is not lower-case hex digits, 32 of a trace and 16 of a span, or is zero")
	case m.T == "start" && m.Start <= 0:
		return errors.New("a start has no time")
	case m.T == "end" && m.End <= 0:
		return errors.New("an end has no time")
	case m.Offset < 0 || m.Offset > maxOffset:
		return errors.New("an offset is out of range")
	default:
		return nil
	}
}

func isID(id string, digits int) bool {
	zero := true
	for _, c := range []byte(id) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
		zero = zero && c == '0'
	}
	return len(id) == digits && !zero
}

// cut bounds what is stored of a start.
func (m *message) cut() {
	for _, text := range []*string{&m.Name, &m.Kind, &m.User, &m.Session, &m.Env, &m.Model, &m.Service} {
		*text = beginning(*text)
	}
	m.Tags = m.Tags[:min(len(m.Tags), maxTags)]
	for i := range m.Tags {
		m.Tags[i] = beginning(m.Tags[i])
	}
}

func beginning(text string) string {
	if len(text) <= maxValue {
		return text
	}
	n := maxValue
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// batchOf are the rows of spans that have begun, as those of the same spans will be when they have ended.
func batchOf(starts []message) vocab.Batch {
	raws := make([]vocab.RawSpan, len(starts))
	for i := range starts {
		raws[i] = starts[i].raw()
	}
	return vocab.Read(raws)
}

func (m *message) raw() vocab.RawSpan {
	attributes, resource := vocab.Attributes{}, vocab.Attributes{}
	add := func(to vocab.Attributes, key, text string) {
		if text != "" {
			to[key] = text
		}
	}
	add(attributes, attr.SpanType, m.Kind)
	add(attributes, attr.LLMModel, m.Model)
	add(attributes, attr.Environment, m.Env)
	add(attributes, attr.TraceUserID, m.User)
	add(attributes, attr.TraceSessionID, m.Session)
	add(resource, attr.ServiceName, m.Service)
	if len(m.Tags) > 0 {
		tags := make([]any, len(m.Tags))
		for i, tag := range m.Tags {
			tags[i] = tag
		}
		attributes[attr.SpanTags] = tags
	}
	return vocab.RawSpan{
		TraceID: m.Trace, SpanID: m.Span, ParentSpanID: m.Parent, Resource: resource,
		Name: m.Name, Start: time.Unix(0, m.Start).UTC(), Attributes: attributes,
	}
}
