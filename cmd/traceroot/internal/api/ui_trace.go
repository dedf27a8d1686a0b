package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

// traceView is a trace without the payloads of its spans.
type traceView struct {
	Row      traceRow          `json:"row"`
	Input    string            `json:"input,omitempty"` // the first 64 KiB, as of output
	Output   string            `json:"output,omitempty"`
	Metadata map[string]string `json:"metadata,omitempty"`
	GitRepo  string            `json:"gitRepo,omitempty"`
	GitRef   string            `json:"gitRef,omitempty"`
	Spans    spanColumns       `json:"spans"`
	Calls    []int             `json:"calls"` // indices of model calls in order: #1 is calls[0]
	Links    [][2]int          `json:"links"` // model call, tool span that it asked for
	Groups   []groupView       `json:"groups"`
	Verdict  *verdictView      `json:"verdict,omitempty"`
	Previous string            `json:"previous,omitempty"` // an earlier successful trace of the same agent, to compare with
	Turn     *turnPlace        `json:"turn,omitempty"`
	Seq      int64             `json:"seq"`
}

// spanColumns are columns: index i in each array is span i, ordered by start; parents come before their children.
type spanColumns struct {
	ID       []string  `json:"id"`
	Parent   []int     `json:"parent"`   // index of the parent; -1 for none, -2 for one that has not arrived
	ParentID []string  `json:"parentId"` // of those whose parent has not arrived, else ""
	Name     []int     `json:"name"`     // index into names
	Names    []string  `json:"names"`
	Kind     string    `json:"kind"`   // one letter a span: A L T S
	Status   string    `json:"status"` // one letter a span: "." ok, "!" failed (root cause), "^" failed through a child, "?" recovered, "+" running
	Start    []float64 `json:"start"`  // ms since the trace's start
	MS       []float64 `json:"ms"`     // -1 while it runs
	TTFT     []float64 `json:"ttft"`   // ms; 0 where unknown
	Input    []int64   `json:"in"`     // tokens, as are the next two
	Output   []int64   `json:"out"`
	Cached   []int64   `json:"cached"`
	Cost     []float64 `json:"cost"` // -1: tokens without a price
	Note     []string  `json:"note"` // short, such as "503" or "4 tries"; mostly ""
}

// groupView is many siblings of one kind and name.
type groupView struct {
	ID        string  `json:"id"`
	Parent    int     `json:"parent"`
	Name      string  `json:"name"`
	Kind      kind    `json:"kind"`
	Members   []int   `json:"members"`
	P50       float64 `json:"p50"` // ms, as are the next two
	P95       float64 `json:"p95"`
	Max       float64 `json:"max"`
	Recovered int     `json:"recovered"`
	Failed    int     `json:"failed"`
}

// turnPlace is where a trace stands in its session.
type turnPlace struct {
	Session string `json:"session"`
	Index   int    `json:"index"` // from 0
	Of      int    `json:"of"`
}

// verdictView is what is to be said of a trace.
type verdictView struct {
	Rule      string         `json:"rule"`
	Status    verdict.Status `json:"status"`
	Parts     []verdict.Part `json:"parts"`
	Cause     string         `json:"cause,omitempty"` // span ids for the buttons
	Slowest   string         `json:"slowest,omitempty"`
	Costliest string         `json:"costliest,omitempty"`
}

func (s *server) trace(r *http.Request, who Identity) (any, error) {
	v, err := s.views.get(r.Context(), who.Project, r.PathValue("trace_id"))
	if err != nil {
		return nil, err
	}
	row, err := s.rowOfView(r.Context(), who.Project, v)
	if err != nil {
		return nil, err
	}
	columns := v.getColumns()
	reply := traceView{
		Row: row, Input: cutText(v.sum.Input), Output: cutText(v.sum.Output), Metadata: metadataMap(v.sum.Metadata),
		GitRepo: v.sum.GitRepo, GitRef: v.sum.GitRef,
		Spans: columns.spans, Calls: columns.calls, Links: columns.links, Groups: columns.groups,
		Verdict: v.verdict(s.now()), Seq: v.sum.Seq,
	}
	if reply.Previous, err = s.previous(r.Context(), who.Project, v); err != nil {
		return nil, err
	}
	if reply.Turn, err = s.turn(r.Context(), who.Project, v); err != nil {
		return nil, err
	}
	if v.sum.Status == store.TraceRunning { // what is said of it changes with time
		return reply, nil
	}
	return tagged(reply, fmt.Sprint(s.started, v.sum.Seq, reply.Previous, reply.Turn)), nil
}

func (s *server) rowOfView(ctx context.Context, project string, v *view) (traceRow, error) {
	previews, err := s.store.Previews(ctx, project, []string{v.sum.TraceID})
	if err != nil || len(previews) == 0 {
		return rowOf(&v.sum, nil), err
	}
	return rowOf(&v.sum, &previews[0]), nil
}

// maxText is how much of a text is shown before it is asked for.
const maxText = 64 << 10

func cutText(text *string) string {
	if text == nil {
		return ""
	}
	return cut(*text, maxText)
}

// verdict is nil where all is well.
func (v *view) verdict(now time.Time) *verdictView {
	var judged *verdict.Verdict
	v.ask(func(t *verdict.Trace) { judged = verdict.Judge(t, now) })
	if judged == nil {
		return nil
	}
	shown := &verdictView{Rule: string(judged.Rule), Status: judged.Status, Parts: judged.Parts, Cause: v.first}
	var slowest time.Duration
	var costliest store.NanoUSD
	for i := range v.spans {
		span := &v.spans[i]
		if d := spanned(span); d > slowest && (span.Kind == store.KindLLM || span.Kind == store.KindTool) {
			slowest, shown.Slowest = d, span.SpanID
		}
		if span.Cost != nil && span.Cost.Total > costliest {
			costliest, shown.Costliest = span.Cost.Total, span.SpanID
		}
	}
	return shown
}

// previous is the latest good trace of the same agent before this one, if it is among the latest few.
func (s *server) previous(ctx context.Context, project string, v *view) (string, error) {
	page, err := s.store.Traces(ctx, project, store.Query{
		To: v.sum.Start, Limit: 10,
		Where: []store.Condition{
			v.sameAgent(),
			{Field: store.FieldStatus, Op: store.OpIn, Values: []string{string(store.TraceOK), string(store.TraceRecovered)}},
		},
	})
	for i := range page.Rows {
		if row := &page.Rows[i]; row.Agent == v.sum.Agent {
			return row.TraceID, err
		}
	}
	return "", err
}

func (s *server) turn(ctx context.Context, project string, v *view) (*turnPlace, error) {
	if v.sum.SessionID == "" || v.sum.IsEvaluation {
		return nil, nil
	}
	_, traces, err := s.store.Session(ctx, project, v.sum.SessionID, store.SessionQuery{})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	at := slices.IndexFunc(traces, func(sum store.Summary) bool { return sum.TraceID == v.sum.TraceID })
	if err != nil || at < 0 {
		return nil, err
	}
	return &turnPlace{v.sum.SessionID, at, len(traces)}, nil
}
