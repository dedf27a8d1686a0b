package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func TestFacets(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		s.write(run(1), run(2, row(func(r *store.Trace) { r.UserID = "bob" })), support(3, "972O1"))
		type facets map[string][]struct {
			Value string
			Count int
		}
		all := ask[facets](s, "/api/ui/facets")
		if len(all["status"]) != 2 || all["user"] == nil || all["service"] == nil {
			s.Errorf("facets %v", all)
		}
		failed := ask[facets](s, "/api/ui/facets?q=status:failed")
		if len(failed["status"]) != 2 {
			s.Errorf("a facet's own terms count: %v", failed["status"])
		}
		if len(failed["user"]) != 1 || failed["user"][0].Value != "ann" || failed["tool"][0].Value != "create_label" {
			s.Errorf("facets of failed traces %v", failed)
		}
		s.refused(query("/api/ui/facets", "q", `"open`), http.StatusBadRequest)
	})
}

func TestHistogram(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		s.write(run(1), run(2), run(50, span(1, func(s *store.Span) { s.End = time.Time{} })), support(3, "972O1"))
		type histogram struct {
			From, To            time.Time
			BucketMS            int64
			OK, Failed, Running []int
			Traces, FailedTotal int
			Cost                float64
			P50, P95            *float64
		}
		got := ask[histogram](s, "/api/ui/histogram?from=-1h&buckets=13")
		if got.BucketMS != 300_000 || got.Traces != 4 || got.FailedTotal != 1 || got.P50 == nil || *got.P50 > *got.P95 {
			s.Fatalf("histogram %+v", got)
		}
		if len(got.OK) != len(got.Failed) || got.To.Sub(got.From) != time.Duration(len(got.OK))*5*time.Minute {
			s.Errorf("%d buckets from %v to %v", len(got.OK), got.From, got.To)
		}
		at := func(n int) int { return int(start.Add(time.Duration(n)*time.Minute).Sub(got.From) / (5 * time.Minute)) }
		if got.OK[at(1)]+got.OK[at(2)] < 2 || got.Failed[at(3)] != 1 || got.Running[at(50)] != 1 {
			s.Errorf("histogram %+v", got)
		}
		if got := ask[histogram](s, "/api/ui/histogram?buckets=10"); got.Traces != 4 || len(got.OK) > 10 {
			s.Errorf("of all time %+v", got)
		}
		if got := ask[histogram](s, "/api/ui/histogram?q=user:nobody"); got.Traces != 0 || got.P50 != nil {
			s.Errorf("of nothing %+v", got)
		}
		s.refused("/api/ui/histogram?buckets=1000", http.StatusBadRequest)
	})
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		s.write(run(1, row(func(r *store.Trace) { r.UserID = "ann lee" })), run(2, row(func(r *store.Trace) { r.UserID = "joann" })), support(3, "972O1"))
		for _, tt := range []struct {
			q    string
			at   string
			want string
		}{
			{"", "0", "status:|agent:|tool:"},
			{"sta", "3", "status:"},
			{"-sta", "4", "status:"},
			{"user:", "5", `ann|"ann lee"|joann`},
			{"user:an", "7", `ann|"ann lee"|joann`},
			{"user:bob,jo", "11", "joann"},
			{`user:"ann `, "10", `"ann lee"`},
			{"user:ann status:failed", "8", "ann"},
			{"status:failed user:", "19", "ann"},
			{"𝄞 user:jo", "10", "joann"},
			{"cost:", "5", ""},
			{"nothing:x", "9", ""},
		} {
			got := ask[struct {
				Data []struct {
					Text     string
					From, To int
				}
			}](s, query("/api/ui/suggest", "q", tt.q, "at", tt.at)).Data
			var texts []string
			for _, suggestion := range got {
				texts = append(texts, suggestion.Text)
			}
			if joined := strings.Join(texts[:min(len(texts), 3)], "|"); joined != tt.want {
				s.Errorf("%s at %s: %s, want %s", tt.q, tt.at, joined, tt.want)
			}
			if len(got) > 0 && strings.HasPrefix(tt.q, "𝄞") && (got[0].From != 8 || got[0].To != 10) {
				s.Errorf("%s: from %d to %d", tt.q, got[0].From, got[0].To)
			}
		}
	})
}

func TestSessionViews(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		long := "It begins like this. " + strings.Repeat("word ", 100)
		s.write(support(20, "972O1", row(func(r *store.Trace) { r.Input = &long }), span(0, func(s *store.Span) { s.Input = &long })),
			run(21, row(func(r *store.Trace) { r.SessionID, r.UserID = "talk", "bob" })), run(22, row(func(r *store.Trace) { r.SessionID = "other" })))
		type session struct {
			ID, Asked, Outcome string
			Traces, Failed     int
			Users              []string
		}
		type page struct{ Data []session }
		all := ask[page](s, "/api/ui/sessions").Data
		if len(all) != 2 || all[1].ID != "talk" || all[1].Traces != 2 || all[1].Failed != 1 || !slices.Equal(all[1].Users, []string{"ann", "bob"}) {
			s.Errorf("sessions %+v", all)
		}
		if !strings.HasPrefix(all[1].Asked, "It begins") || all[1].Outcome != "out" {
			s.Errorf("asked %q, outcome %q", all[1].Asked, all[1].Outcome)
		}
		for q, want := range map[string]int{"tal": 1, "user:bob": 1, "status:ok": 2, "user:nobody": 0} {
			if got := ask[page](s, query("/api/ui/sessions", "q", q)).Data; len(got) != want {
				s.Errorf("%s: %+v, want %d", q, got, want)
			}
		}
		one := ask[struct {
			Row   session
			Turns []struct {
				ID, Asked             string
				Context, Calls, Tools int
				Steps                 []struct{ N, In int }
				Verdict               *struct{ Status string }
			}
		}](s, "/api/ui/sessions/talk")
		if one.Row.Traces != 2 || len(one.Turns) != 2 {
			s.Fatalf("session %+v", one)
		}
		turn := one.Turns[0]
		if turn.ID != traceID(20) || turn.Context != 100 || turn.Calls != 2 || turn.Tools != 1 || len(turn.Steps) != 3 || turn.Steps[2].N != 2 {
			s.Errorf("turn %+v", turn)
		}
		if turn.Verdict == nil || turn.Verdict.Status != "failed" || one.Turns[1].Verdict != nil || turn.Asked != long {
			s.Errorf("verdicts %+v, %+v; asked %q", turn.Verdict, one.Turns[1].Verdict, turn.Asked)
		}
		s.refused("/api/ui/sessions/none", http.StatusNotFound)
	})
}

func TestMetricsView(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		s.write(run(1), run(2), support(40, "972O1"), run(-600))
		type metrics struct {
			StepMS int64
			Series []struct {
				Value  string
				Count  []int
				Failed []int
			}
			Table []struct {
				Value, Query, Kind string
				Count, Failed      int
				Cost               float64
				Before             *struct{ Count int }
			}
			Total *struct{ Count, Failed, Recovered int }
			Marks []struct{ Text string }
		}
		for _, target := range []string{"/api/ui/metrics?by=model&from=-2h", "/api/ui/metrics?by=model&from=-48h", "/api/ui/metrics?by=model&from=-48h&q=-user:nobody"} {
			got := ask[metrics](s, target)
			calls := 2
			if !strings.Contains(target, "-2h") {
				calls = 3
			}
			if len(got.Table) != 2 || got.Table[0].Value != "gpt-4o" || got.Table[0].Count != 2 || got.Table[1].Count != calls {
				s.Errorf("%s: table %+v", target, got.Table)
			}
			counted := 0
			for _, n := range got.Series[1].Count {
				counted += n
			}
			if counted != calls || got.Total == nil || got.Total.Count != calls+1 || got.Total.Failed != 1 {
				s.Errorf("%s: %+v, total %+v", target, got.Series[1], got.Total)
			}
			if len(got.Marks) != 1 || got.Marks[0].Text != "v1" {
				s.Errorf("%s: marks %+v", target, got.Marks)
			}
		}
		before := ask[metrics](s, "/api/ui/metrics?by=all&from=-8h")
		if before.Table[0].Count != 3 || before.Table[0].Before == nil || before.Table[0].Before.Count != 1 {
			s.Errorf("table %+v", before.Table)
		}
		errors := ask[metrics](s, "/api/ui/metrics?by=error&from=-8h").Table
		if len(errors) != 1 || errors[0].Value != "create_label: 422 address_invalid: no such place" || errors[0].Query != "status:failed tool:create_label" || errors[0].Kind != "tool" {
			s.Errorf("errors %+v", errors)
		}
		s.refused("/api/ui/metrics?by=colour", http.StatusBadRequest)
	})
}

func TestCompare(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		good := support(19, "97201", func(b *store.Batch) {
			b.Spans[0].Status, b.Spans[0].StatusMessage = store.StatusOK, ""
			b.Spans[2].Status, b.Spans[2].StatusMessage, b.Spans[2].Output = store.StatusOK, "", new(`{"label":"RL-1"}`)
			b.Spans = b.Spans[:4]
		})
		s.write(good, support(20, "972O1"))
		type compared struct {
			Steps []struct {
				A, B *struct{ Span, Text string }
				Same bool
				What string
			}
			First, Step   int
			Summary       string
			SameInput     bool
			Input, Output struct {
				Lines []struct {
					Op, Text string
					Odd      []int
				}
			}
		}
		got := ask[compared](s, "/api/ui/compare?a="+traceID(20)+"&b="+traceID(19))
		var whats []string
		for _, step := range got.Steps {
			whats = append(whats, step.What)
		}
		if want := []string{"arguments", "arguments", "", "only A"}; !slices.Equal(whats, want) || !got.Steps[2].Same {
			s.Errorf("steps %v, want %v", whats, want)
		}
		if got.First != 0 || got.Step != 0 || !got.SameInput ||
			got.Summary != "They differ from the first step on. There A wrote 972O1, B wrote 97201 as postal_code of create_label." {
			s.Errorf("first %d, step %d, %v, %s", got.First, got.Step, got.SameInput, got.Summary)
		}
		var lines []string
		for _, line := range got.Output.Lines {
			if line.Op != "=" {
				lines = append(lines, line.Op+line.Text)
			}
		}
		if want := []string{"#assistant", `-  "postal_code": "972O1"`, `+  "postal_code": "97201"`}; !slices.Equal(lines, want) {
			s.Errorf("lines %q, want %q", lines, want)
		}
		if got := ask[compared](s, "/api/ui/compare?a="+traceID(20)+"&b="+traceID(19)+"&step=3"); got.Step != 3 || len(got.Output.Lines) == 0 {
			s.Errorf("a chosen step: %+v", got)
		}
		if got := ask[compared](s, "/api/ui/compare?a="+traceID(20)+"&b="+traceID(20)); got.First != -1 || got.Summary != "Both took the same 4 steps, with the same results." {
			s.Errorf("with itself: %+v", got)
		}
		offers := ask[struct {
			Offers []struct {
				Why string
				Row struct{ ID string }
			}
		}](s, "/api/ui/compare?a="+traceID(20)).Offers
		if len(offers) != 1 || offers[0].Row.ID != traceID(19) || offers[0].Why != "previous success" {
			s.Errorf("offers %+v", offers)
		}
		s.refused("/api/ui/compare", http.StatusBadRequest)
		s.refused("/api/ui/compare?a="+traceID(20)+"&b="+traceID(99), http.StatusNotFound)
	})
}
