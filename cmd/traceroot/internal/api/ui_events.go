package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// Pace of a stream of events.
const (
	rowsEvery   = 100 * time.Millisecond
	deltasEvery = 33 * time.Millisecond
	beatEvery   = 15 * time.Second
	writeWithin = 30 * time.Second
)

// maxChanges is how many changes are told one by one. A page that missed more reads its lists again.
const maxChanges = 200

// events is a stream of server-sent events: of all traces (topics=traces), of single ones (trace:{id}), or of both. The
// id of an event is a seq. A client that comes back with the last one it saw, as Last-Event-ID or since, gets what it
// missed after a hello with that seq; a hello with another one tells it to read everything again.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	who, known := r.Context().Value(identityKey{}).(Identity)
	if !known {
		refuse(w, r, refusal{status: http.StatusUnauthorized, detail: "Missing Authorization header"})
		return
	}
	stream, err := s.newStream(w, r, who)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no")
	if err := stream.run(r.Context()); err != nil && r.Context().Err() == nil && !errors.Is(err, errGone) {
		s.log.LogAttrs(r.Context(), slog.LevelError, "event stream ended", slog.Any("error", err))
	}
}

// errGone is for a client that takes no more events.
var errGone = errors.New("the client is gone")

// stream is one connection. It has no goroutine but that of its request.
type stream struct {
	*server

	project string
	rows    bool            // tell of all traces
	traces  map[string]bool // tell of these
	seq     int64           // the last change that was told
	w       http.ResponseWriter
	control *http.ResponseController
	deltas  []SpanDelta // to be told with the next beat, one of each span
}

func (s *server) newStream(w http.ResponseWriter, r *http.Request, who Identity) (*stream, error) {
	st := &stream{server: s, project: who.Project, traces: map[string]bool{}, w: w, control: http.NewResponseController(w)}
	for topic := range strings.SplitSeq(r.URL.Query().Get("topics"), ",") {
		id, isTrace := strings.CutPrefix(topic, "trace:")
		switch {
		case topic == "traces":
			st.rows = true
		case isTrace && id != "":
			st.traces[id] = true
		case topic != "":
			return nil, invalid("topics are traces and trace:{id}, parted by commas, not %q", topic)
		}
	}
	now, err := s.store.Seq(r.Context())
	if err != nil {
		return nil, err
	}
	st.seq = now
	values := r.URL.Query()
	since := cmp.Or(r.Header.Get("Last-Event-ID"), values.Get("since"), values.Get("after"))
	if since == "" {
		return st, nil
	}
	seen, err := strconv.ParseInt(since, 10, 64)
	if err != nil || seen < 0 {
		return nil, invalid("since is the id of an event, not %q", since)
	}
	if seen <= now { // a larger one is of another store
		st.seq = seen
	}
	return st, nil
}

func (st *stream) run(ctx context.Context) error {
	var live <-chan LiveEvent
	if st.live != nil {
		var stop func()
		live, stop = st.live.Subscribe(st.project)
		defer stop()
	}
	if err := st.hello(); err != nil {
		return err
	}
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	pause := time.NewTimer(0) // ends when rows may be told again
	defer pause.Stop()
	flush := time.NewTimer(time.Hour)
	flush.Stop()
	defer flush.Stop()
	var changed <-chan struct{}
	var told time.Time
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-st.closing:
			return nil
		case <-changed:
			changed = nil
			pause.Reset(max(rowsEvery-time.Since(told), 0))
		case <-pause.C:
			changed = st.store.Changed() // before reading, so that nothing is missed
			told = time.Now()
			err = st.tellChanges(ctx)
		case event, open := <-live:
			if !open {
				live = nil
				continue
			}
			waiting := len(st.deltas) > 0
			if err = st.tellLive(event); !waiting && len(st.deltas) > 0 {
				flush.Reset(deltasEvery)
			}
		case <-flush.C:
			err = st.tellDeltas()
		case <-beat.C:
			err = st.write([]byte(": still here\n\n"))
		}
		if err != nil {
			return err
		}
	}
}

func (st *stream) hello() error { return st.send(st.seq, helloEvent{"hello", st.seq}) }

// tellChanges tells of what changed since the last time.
func (st *stream) tellChanges(ctx context.Context) error {
	changes, err := st.store.Changes(ctx, st.project, st.seq, maxChanges+1)
	if err != nil || len(changes) == 0 {
		return err
	}
	if len(changes) > maxChanges {
		if st.seq, err = st.store.Seq(ctx); err != nil {
			return err
		}
		return st.hello()
	}
	rows, err := st.changedRows(ctx, changes)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if err := st.tellChange(c, rows[c.TraceID]); err != nil {
			return err
		}
		st.seq = c.Seq
	}
	return nil
}

func (st *stream) tellChange(c store.Change, row *traceRow) error {
	told := st.traces[c.TraceID]
	switch {
	case c.Deleted && (st.rows || told):
		return st.send(c.Seq, goneEvent{"trace.gone", c.TraceID})
	case c.Deleted:
		return nil
	}
	if row != nil {
		if err := st.send(c.Seq, rowEvent{"trace.row", *row}); err != nil {
			return err
		}
	}
	if told {
		return st.send(c.Seq, changedEvent{"trace.changed", c.TraceID, c.Seq})
	}
	return nil
}

// changedRows are the rows of those that are listed, of which evaluations are none.
func (st *stream) changedRows(ctx context.Context, changes []store.Change) (map[string]*traceRow, error) {
	var ids []string
	for _, c := range changes {
		if !c.Deleted && st.rows {
			ids = append(ids, c.TraceID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	page, err := st.store.Traces(ctx, st.project, store.Query{Where: ofIDs(ids...), Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	previews, err := st.previews(ctx, st.project, ids)
	if err != nil {
		return nil, err
	}
	rows := make(map[string]*traceRow, len(page.Rows))
	for i := range page.Rows {
		id := page.Rows[i].TraceID
		rows[id] = new(rowOf(&page.Rows[i], previews[id]))
	}
	return rows, nil
}

// send writes an event. Clients keep the id of the last one.
func (st *stream) send(id int64, event any) error {
	var text bytes.Buffer
	text.WriteString("id: ")
	text.WriteString(strconv.FormatInt(id, 10))
	text.WriteString("\ndata: ")
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(event); err != nil { // ends the line
		return err
	}
	text.WriteByte('\n')
	return st.write(text.Bytes())
}

func (st *stream) write(text []byte) error {
	deadline := st.control.SetWriteDeadline(time.Now().Add(writeWithin)) // a dead client is not waited for
	if deadline != nil && !errors.Is(deadline, http.ErrNotSupported) {
		return errGone
	}
	if _, err := st.w.Write(text); err != nil {
		return errGone
	}
	if err := st.control.Flush(); err != nil {
		return errGone
	}
	return nil
}
