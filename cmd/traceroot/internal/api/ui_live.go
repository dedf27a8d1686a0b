package api

// Events as pages get them, told apart by type.

// helloEvent is the first of a connection. A seq other than that asked for: what is shown has to be read again.
type helloEvent struct {
	Type string `json:"type" ts:"\"hello\""`
	Seq  int64  `json:"seq"`
}

// rowEvent tells of a new trace, or of a change to one.
type rowEvent struct {
	Type string   `json:"type" ts:"\"trace.row\""`
	Row  traceRow `json:"row"`
}

// goneEvent tells that a trace was deleted.
type goneEvent struct {
	Type string `json:"type" ts:"\"trace.gone\""`
	ID   string `json:"id"`
}

// changedEvent tells that a trace that is shown has to be read again.
type changedEvent struct {
	Type string `json:"type" ts:"\"trace.changed\""`
	ID   string `json:"id"`
	Seq  int64  `json:"seq"`
}

// startEvent tells that a span began.
type startEvent struct {
	Type   string `json:"type" ts:"\"span.start\""`
	Trace  string `json:"trace"`
	Span   string `json:"span"`
	Parent string `json:"parent,omitempty"`
	Name   string `json:"name"`
	Kind   kind   `json:"kind"`
	At     moment `json:"at"`
}

// deltaEvent is text that a span has put out.
type deltaEvent struct {
	Type   string `json:"type" ts:"\"span.delta\""`
	Trace  string `json:"trace"`
	Span   string `json:"span"`
	Offset int    `json:"offset"` // in UTF-16 units
	Text   string `json:"text"`
}

// endEvent tells that a span ended: with a time before it is stored, and again without when it is.
type endEvent struct {
	Type   string  `json:"type" ts:"\"span.end\""`
	Trace  string  `json:"trace"`
	Span   string  `json:"span"`
	At     *moment `json:"at,omitempty"`
	Failed bool    `json:"failed,omitempty"`
}

// refusedEvent tells of a request with spans that was not taken.
type refusedEvent struct {
	Type   string `json:"type" ts:"\"ingest.refused\""`
	Status int    `json:"status"`
	Reason string `json:"reason"`
	Path   string `json:"path"`
	Agent  string `json:"agent"`
}

// reloadEvent tells a page that it has changed itself.
type reloadEvent struct {
	Type string `json:"type" ts:"\"ui.reload\""`
}

// tellLive passes an event on. Text waits a moment for more.
func (st *stream) tellLive(event LiveEvent) error {
	switch event := event.(type) {
	case SpanStart:
		if st.shows(event.Trace) {
			return st.send(st.seq, startEvent{
				"span.start", event.Trace, event.Span, event.Parent, event.Name, kindOf(event.Kind), moment(event.At),
			})
		}
	case SpanDelta:
		if st.shows(event.Trace) {
			return st.addDelta(event)
		}
	case SpanEnd:
		if st.shows(event.Trace) {
			if err := st.tellDeltas(); err != nil {
				return err
			}
			told := endEvent{Type: "span.end", Trace: event.Trace, Span: event.Span, Failed: event.Failed}
			if !event.At.IsZero() {
				told.At = new(moment(event.At))
			}
			return st.send(st.seq, told)
		}
	case Refused:
		return st.send(st.seq, refusedEvent{"ingest.refused", event.Status, event.Reason, event.Path, event.Agent})
	case Reload:
		return st.send(st.seq, reloadEvent{"ui.reload"})
	}
	return nil
}

func (st *stream) shows(trace string) bool { return st.rows || st.traces[trace] }

// addDelta joins text to what waits, where it continues that.
func (st *stream) addDelta(delta SpanDelta) error {
	for i := range st.deltas {
		waiting := &st.deltas[i]
		if waiting.Span != delta.Span || waiting.Trace != delta.Trace {
			continue
		}
		if delta.Offset == waiting.Offset+utf16Length(waiting.Text) {
			waiting.Text += delta.Text
			return nil
		}
		if err := st.tellDeltas(); err != nil {
			return err
		}
		break
	}
	st.deltas = append(st.deltas, delta)
	return nil
}

func (st *stream) tellDeltas() error {
	for _, d := range st.deltas {
		if err := st.send(st.seq, deltaEvent{"span.delta", d.Trace, d.Span, d.Offset, d.Text}); err != nil {
			return err
		}
	}
	st.deltas = st.deltas[:0]
	return nil
}
