package traceroot

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

const (
	maxLiveBody  = 256 << 10 // bytes after which a request takes no further message
	maxLivePiece = 64 << 10  // bytes of text in one message, six times as much in JSON at worst
	maxLiveValue = 1 << 10   // bytes of a name, an id or a tag
	maxLiveTags  = 32
)

// liveMessage is one line of a request: that a span has begun or has ended, or what its stream has said from an offset
// on, in bytes of UTF-8. What the host knew from the offset on is replaced.
type liveMessage struct {
	T      string `json:"t"` // "start", "end" or "text"
	Trace  string `json:"trace"`
	Span   string `json:"span"`
	Parent string `json:"parent,omitempty"`

	Name    string   `json:"name,omitempty"`
	Kind    string   `json:"kind,omitempty"`
	Start   int64    `json:"start,omitempty"` // Unix nanoseconds
	User    string   `json:"user,omitempty"`
	Session string   `json:"session,omitempty"`
	Tags    []string `json:"tags,omitempty"`
	Env     string   `json:"env,omitempty"`
	Model   string   `json:"model,omitempty"`
	Service string   `json:"service,omitempty"`

	End    int64 `json:"end,omitempty"` // Unix nanoseconds
	Failed bool  `json:"failed,omitempty"`

	Offset *int    `json:"offset,omitempty"`
	Text   *string `json:"text,omitempty"`
}

// liveEnd is a span that has ended.
type liveEnd struct {
	span   *Span
	at     time.Time
	failed bool
}

// liveReport is what one request tells.
type liveReport struct {
	body     []byte
	messages int
	starts   []*Span     // that are told of
	texts    []*liveText // of which something is told
}

// take makes a request of what waits. What finds no room waits for the next one.
func (f *liveFeed) take() liveReport {
	f.mu.Lock()
	starts, ends, texts := f.starts, f.ends, f.texts
	f.starts, f.ends, f.texts = nil, nil, nil
	f.mu.Unlock()
	var report liveReport
	for len(starts) > 0 && len(report.body) < maxLiveBody {
		if m, ok := f.startMessage(starts[0]); ok {
			report.add(m)
			report.starts = append(report.starts, starts[0])
		}
		starts = starts[1:]
	}
	for len(starts) == 0 && len(ends) > 0 && len(report.body) < maxLiveBody {
		report.add(ends[0].message())
		ends = ends[1:]
	}
	for len(starts)+len(ends) == 0 && len(texts) > 0 && len(report.body) < maxLiveBody {
		report.addText(texts[0])
		texts = texts[1:]
	}
	f.putBack(starts, ends, texts)
	return report
}

func (r *liveReport) addText(t *liveText) {
	piece, ok := t.next()
	if !ok {
		return
	}
	if m, changed := t.message(piece); changed {
		r.add(m)
		r.texts = append(r.texts, t)
	}
}

func (r *liveReport) add(m liveMessage) {
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	if e.Encode(m) != nil {
		return // it holds texts and numbers alone
	}
	r.body = append(r.body, line.Bytes()...)
	r.messages++
}

// putBack has what found no room wait in front of what has come since.
func (f *liveFeed) putBack(starts []*Span, ends []liveEnd, texts []*liveText) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed.Load() {
		return
	}
	f.starts = append(starts, f.starts...)
	f.ends = append(ends, f.ends...)
	f.texts = append(texts, f.texts...)
	if len(f.starts)+len(f.ends)+len(f.texts) > 0 {
		f.wakeUp()
	}
}

// lose counts what a failed request was to tell, and gives up its texts. Of a span that the host has not heard of it need
// not hear that it ended.
func (f *liveFeed) lose(report liveReport) {
	f.dropped.Add(int64(report.messages))
	for _, s := range report.starts {
		s.toldLive.Store(false)
	}
	for _, t := range report.texts {
		t.giveUp()
	}
}

// startMessage says that a span has begun; false for one that has ended since, about which its finished form says more.
func (f *liveFeed) startMessage(s *Span) (liveMessage, bool) {
	s.toldLive.Store(true) // before looking: a span that ends meanwhile sees it, and has its end told
	ro, ok := s.otel.(sdktrace.ReadWriteSpan)
	if !ok || !s.otel.IsRecording() {
		return liveMessage{}, false
	}
	m := liveMessage{
		T: "start", Trace: s.TraceID(), Span: s.SpanID(),
		Name: liveValue(ro.Name()), Start: ro.StartTime().UnixNano(), Service: f.service(ro),
	}
	if parent := ro.Parent(); parent.IsValid() {
		m.Parent = parent.SpanID().String()
	}
	m.describe(f.client.redactor.Attributes(wantedLive(ro.Attributes())))
	return m, true
}

// message carries no more than the host needs to stop the clock: the finished span says what came of it.
func (e liveEnd) message() liveMessage {
	return liveMessage{T: "end", Trace: e.span.TraceID(), Span: e.span.SpanID(), End: e.at.UnixNano(), Failed: e.failed}
}

// wantedLive are the attributes that a start tells of. The masks see no others: some of them are large.
func wantedLive(attributes []attribute.KeyValue) []attribute.KeyValue {
	var wanted []attribute.KeyValue
	for _, kv := range attributes {
		switch kv.Key {
		case attr.SpanType, attr.LLMModel, attr.GenAIRequestModel, attr.Environment, attr.TraceUserID, attr.UserID,
			attr.TraceSessionID, attr.SessionID, attr.TraceTags, attr.Tags, attr.SpanTags:
			wanted = append(wanted, kv)
		}
	}
	return wanted
}

func (m *liveMessage) describe(attributes []attribute.KeyValue) {
	texts := map[attribute.Key]string{}
	for _, kv := range attributes {
		if kv.Value.Type() == attribute.STRING {
			texts[kv.Key] = liveValue(kv.Value.AsString())
		} else {
			m.addTags(stringList(kv.Value))
		}
	}
	m.Kind = texts[attr.SpanType]
	m.Model = cmp.Or(texts[attr.LLMModel], texts[attr.GenAIRequestModel])
	m.Env = texts[attr.Environment]
	m.User = cmp.Or(texts[attr.TraceUserID], texts[attr.UserID])
	m.Session = cmp.Or(texts[attr.TraceSessionID], texts[attr.SessionID])
}

func (m *liveMessage) addTags(tags []string) {
	for _, tag := range tags {
		if tag = liveValue(tag); len(m.Tags) < maxLiveTags && !slices.Contains(m.Tags, tag) {
			m.Tags = append(m.Tags, tag)
		}
	}
}

func (f *liveFeed) service(span sdktrace.ReadOnlySpan) string {
	from := f.client.resource
	if from == nil {
		from = span.Resource()
	}
	name, _ := from.Set().Value(attr.ServiceName)
	return liveValue(name.AsString())
}

// liveValue is a text as far as a running span shows it.
func liveValue(text string) string {
	beginning, _ := capture.CutText(text, maxLiveValue)
	return beginning
}
