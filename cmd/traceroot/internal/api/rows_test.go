package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

const uiTraces = "/api/ui/traces"

func TestRows(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		s.write(run(1,
			row(func(r *store.Trace) {
				r.UserID, r.SessionID, r.Environment, r.Tags = "ann", "talk", "prod", []string{"beta"}
			}),
			span(0, func(s *store.Span) { s.Input, s.Output = new("where is it?"), new("On its way.") }),
			span(1, func(s *store.Span) {
				s.TimeToFirstToken, s.Usage.CacheRead, s.Usage.Estimated = 250*time.Millisecond, 40, true
				s.Output = new("On its way.")
			})))
		got := data(s.T, s.get(uiTraces, http.StatusOK))[0]
		if got["seq"] == 0.0 {
			s.Error("no seq")
		}
		delete(got, "seq")
		want := object{
			"id": traceID(1), "name": "run-1", "start": "2025-10-09T08:54:20Z", "ms": 2000.0, "status": "ok",
			"spans": 2.0, "in": 100.0, "out": 10.0, "cached": 40.0, "estimated": true, "cost": 0.0003,
			"ttft": 250.0, "agent": "agent", "user": "ann", "session": "talk", "env": "prod", "tags": []any{"beta"},
			"asked": "where is it?", "outcome": "On its way.", "shape": "L500-750",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			s.Error(diff)
		}
	})
}

func TestRowsThatFailOrRun(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		s.write(run(1, span(0, func(s *store.Span) { s.Status = store.StatusError }), span(1, func(s *store.Span) {
			s.Status, s.StatusMessage, s.Cost = store.StatusError, "429 quota", nil
		})),
			run(2, span(1, func(s *store.Span) { s.End = time.Time{} })),
		)
		rows := data(s.T, s.get(uiTraces, http.StatusOK))
		if r := rows[0]; r["status"] != "running" || r["ms"] != nil || r["shape"] != "L500-1000o" {
			s.Errorf("a running trace: %v", r)
		}
		if r := rows[1]; r["status"] != "failed" || r["outcome"] != "429 quota" || r["failed"] != 1.0 || r["partial"] != true ||
			r["shape"] != "L500-750e" {
			s.Errorf("a failed trace: %v", r)
		}
	})
}

func TestRowsAreFoundAndSorted(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		cost := func(nano store.NanoUSD) func(*store.Batch) {
			return span(1, func(s *store.Span) { s.Cost = &store.Cost{Total: nano} })
		}
		s.write(run(1, cost(2_000_000_000), span(1, func(s *store.Span) { s.Output = new("the bent cage") })),
			run(2, cost(1_000_000_000), span(0, func(s *store.Span) { s.Tags = []string{"beta"} })), run(3))
		for _, tt := range []struct{ params, want string }{
			{"", "run-3 run-2 run-1"},
			{"q=%22bent+cage%22", "run-1"},
			{"q=cage+-tag:beta", "run-1"},
			{"q=-cage", "run-3 run-2"},
			{"q=cost:>1", "run-1"},
			{"q=cost:1..2", "run-2 run-1"},
			{"q=tag:beta", "run-2"},
			{"q=agent:agent&from=2025-10-09T08:55:20&to=2025-10-09T08:56:20", "run-2"},
			{"from=-57m", "run-3"}, // an hour ago is when the first would have begun
			{"q=from:-57m", "run-3"},
			{"q=from:-59m&from=-58m&to=-57m", "run-2"},
			{"sort=-cost", "run-1 run-2 run-3"},
			{"sort=cost", "run-3 run-2 run-1"},
			{"sort=start", "run-1 run-2 run-3"},
			{"limit=1", "run-3"},
		} {
			if got := names(s.T, s.get(uiTraces+"?"+tt.params, http.StatusOK), "name"); got != tt.want {
				s.Errorf("%s: %q, want %q", tt.params, got, tt.want)
			}
		}
	})
}

func TestRowsByPages(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		for n := range 5 {
			s.write(run(n))
		}
		var seen []string
		cursor := ""
		for range 3 {
			page := s.get(query(uiTraces, "q", "agent:agent", "limit", "2", "cursor", cursor), http.StatusOK)
			seen = append(seen, names(s.T, page, "name"))
			cursor, _ = page["next"].(string)
		}
		if got := strings.Join(seen, ","); got != "run-4 run-3,run-2 run-1,run-0" || cursor != "" {
			s.Errorf("pages %q, then %q", got, cursor)
		}
		first := s.get(uiTraces+"?limit=2", http.StatusOK)
		cursor, _ = first["next"].(string)
		s.refused(query(uiTraces, "sort", "-cost", "cursor", cursor), http.StatusBadRequest)
	})
}

func TestRowsRefuse(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		for params, want := range map[string]string{
			"limit=0": "limit must be", "limit=1001": "limit must be", "sort=name": "sort is one of", "sort=-": "sort is one of",
			"from=soon": "from: is a time", "cursor=x": "cursor:", "q=foo:1": "there is no key",
		} {
			if got := s.refused(uiTraces+"?"+params, http.StatusBadRequest); !strings.HasPrefix(got, want) {
				s.Errorf("%s: %q, want %q", params, got, want)
			}
		}
		where := s.get(uiTraces+"?q=refund+foo:1", http.StatusBadRequest)["where"]
		if diff := cmp.Diff(any([]any{7.0, 10.0}), where); diff != "" {
			s.Error(diff)
		}
	})
}

// A hundred rows as people see them must not take more than 40 KB.
func TestAHundredRowsAreSmall(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		for n := range 100 {
			batch := run(n, row(func(r *store.Trace) { r.Name, r.UserID, r.SessionID = "support-agent", "user-4821", "sess_2291" }),
				span(0, func(s *store.Span) {
					s.Name = "support-agent"
					s.Input = new("The derailleur arrived with a bent cage. Can it go back?")
					s.Output = new("The label is on its way and the rest ships today.")
				}))
			for i := range 4 {
				call := batch.Spans[1]
				call.SpanID = spanID(n, 2+i)
				call.Start = call.Start.Add(time.Duration(i) * 100 * time.Millisecond)
				batch.Spans = append(batch.Spans, call)
			}
			s.write(batch)
		}
		w := s.do(http.MethodGet, uiTraces+"?limit=100")
		if got := w.Body.Len(); got > 40_000 {
			s.Errorf("100 rows take %d bytes", got)
		}
	})
}
