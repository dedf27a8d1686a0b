package vocab

import (
	"reflect"
	"time"
)

// payload keeps all that was sent and that no other field of the row holds whole.
func (f *facts) payload() {
	p := &f.span.Payload
	p.Scope = f.raw.Scope
	rest := make([]string, 0, len(f.keys))
	for _, key := range f.keys {
		if !f.holds(key) {
			rest = append(rest, key)
		}
	}
	if len(rest) > 0 {
		p.Attributes = f.members(f.a, rest)
	}
	if len(f.raw.Resource) > 0 {
		p.Resource = f.resource()
	}
	if len(f.raw.Events) > 0 {
		p.Events = eventList(f.raw.Events)
	}
	if len(f.raw.Links) > 0 {
		p.Links = linkList(f.raw.Links)
	}
}

// members is the JSON object of those attributes that keys names.
func (f *facts) members(a Attributes, keys []string) string {
	f.shared.scratch = appendMembers(f.shared.scratch[:0], a, keys)
	return string(f.shared.scratch)
}

// resource is the JSON of the sender's attributes, which spans that come together have in common.
func (f *facts) resource() string {
	s := f.shared
	if reflect.ValueOf(s.resource).Pointer() != reflect.ValueOf(f.raw.Resource).Pointer() {
		s.resource, s.json = f.raw.Resource, f.members(f.raw.Resource, sortedKeys(f.raw.Resource))
	}
	return s.json
}

func eventList(events []Event) string {
	dst := []byte{'['}
	for i := range events {
		dst = nextItem(dst)
		o := object{dst: append(dst, '{')}
		o.text("name", events[i].Name)
		if !events[i].Time.IsZero() {
			o.text("time", events[i].Time.UTC().Format(time.RFC3339Nano))
		}
		o.member("attributes")
		dst = append(appendValue(o.dst, events[i].Attributes), '}')
	}
	return string(append(dst, ']'))
}

func linkList(links []Link) string {
	dst := []byte{'['}
	for i := range links {
		dst = nextItem(dst)
		o := object{dst: append(dst, '{')}
		o.text("trace_id", links[i].TraceID)
		o.text("span_id", links[i].SpanID)
		o.member("attributes")
		dst = append(appendValue(o.dst, links[i].Attributes), '}')
	}
	return string(append(dst, ']'))
}
