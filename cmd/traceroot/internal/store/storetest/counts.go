package storetest

import (
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func (s suite) TestFacets(t *testing.T) {
	zoo(t, s)
	facets := func(t *testing.T, query store.Query, limit int, fields ...store.Field) map[store.Field][]store.Count {
		t.Helper()
		got, err := s.Facets(t.Context(), project, query, fields, limit)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	t.Run("of all traces", func(t *testing.T) {
		got := facets(t, store.Query{}, 10, store.FieldStatus, store.FieldUser, store.FieldModel, store.FieldAgent, store.FieldTool, store.FieldTag, store.FieldEnvironment)
		same(t, "facets", got, map[store.Field][]store.Count{
			store.FieldStatus:      {{Value: "ok", Count: 2}, {Value: "failed", Count: 1}, {Value: "recovered", Count: 1}, {Value: "running", Count: 1}},
			store.FieldUser:        {{Value: "ann", Count: 2}, {Value: "ANN_b", Count: 1}, {Value: "bob", Count: 1}},
			store.FieldModel:       {{Value: "gpt-4o", Count: 2}, {Value: "tiny", Count: 1}},
			store.FieldAgent:       {{Value: "agent", Count: 2}, {Value: "planner", Count: 2}, {Value: "writer", Count: 1}},
			store.FieldTool:        {{Value: "lookup", Count: 4}, {Value: "fetch_page", Count: 1}},
			store.FieldTag:         {{Value: "beta", Count: 1}, {Value: "vip", Count: 1}},
			store.FieldEnvironment: {{Value: "prod", Count: 2}, {Value: "dev", Count: 1}},
		})
	})
	t.Run("the most frequent", func(t *testing.T) {
		got := facets(t, store.Query{}, 1, store.FieldTool)
		same(t, "facets", got[store.FieldTool], []store.Count{{Value: "lookup", Count: 4}})
	})
	t.Run("of the traces that match", func(t *testing.T) {
		for _, query := range []store.Query{
			{Where: []store.Condition{in(store.FieldUser, "ann")}},
			{Where: []store.Condition{in(store.FieldUser, "ann")}, Limit: 1, Sort: store.Sort{By: store.FieldCost}},
			{Where: []store.Condition{not(in(store.FieldUser, "bob")), has(store.FieldModel, "GPT")}},
			{From: at(1), To: at(4), Where: []store.Condition{not(in(store.FieldUser, "bob"))}},
		} {
			same(t, "facets", facets(t, query, 9, store.FieldStatus, store.FieldModel), map[store.Field][]store.Count{
				store.FieldStatus: {{Value: "ok", Count: 1}, {Value: "recovered", Count: 1}},
				store.FieldModel:  {{Value: "gpt-4o", Count: 2}},
			})
		}
	})
	t.Run("of words", func(t *testing.T) {
		got := facets(t, store.Query{Words: []store.Words{{Text: "question 1"}}}, 9, store.FieldUser)
		same(t, "facets", got[store.FieldUser], []store.Count{{Value: "ann", Count: 1}})
	})
}

func (s suite) TestSpanValues(t *testing.T) {
	zoo(t, s)
	for _, tt := range []struct {
		name     string
		field    store.Field
		from, to time.Time
		limit    int
		want     []store.Count
	}{
		{"rest-13 models", store.FieldModel, time.Time{}, time.Time{}, 10, []store.Count{{Value: "gpt-4o", Count: 2}, {Value: "tiny", Count: 1}}},
		{"rest-13 environments", store.FieldEnvironment, time.Time{}, time.Time{}, 10, []store.Count{{Value: "prod", Count: 6}, {Value: "dev", Count: 3}}},
		{"the most frequent", store.FieldModel, time.Time{}, time.Time{}, 1, []store.Count{{Value: "gpt-4o", Count: 2}}},
		{"by the start of the span", store.FieldModel, at(1).Add(time.Second), at(3), 10, []store.Count{{Value: "gpt-4o", Count: 1}, {Value: "tiny", Count: 1}}},
		{"not of the trace", store.FieldModel, at(3).Add(1001 * time.Millisecond), at(9), 10, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := s.SpanValues(t.Context(), project, tt.field, tt.from, tt.to, tt.limit)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "counts", got, tt.want)
		})
	}
}

func metrics(t *testing.T, s store.Reader, query store.MetricsQuery) []store.Metric {
	t.Helper()
	got, err := s.Metrics(t.Context(), project, query)
	if err != nil {
		t.Fatalf("Metrics(%+v): %v", query, err)
	}
	return got
}

func (s suite) TestMetrics(t *testing.T) {
	zoo(t, s)
	write(t, s, run(30, asked("gpt-4o", 1, 1, 1)))
	hour := epoch.Truncate(time.Hour)
	ms := func(lengths ...int) store.Histogram {
		h := store.Histogram{}
		for _, n := range lengths {
			h.Add(time.Duration(n)*time.Millisecond, 1)
		}
		return h
	}
	tools := []store.Metric{
		{Hour: hour, Value: "fetch_page", Count: 1, Errors: 1, Latency: ms(1000)},
		{Hour: hour, Value: "lookup", Count: 5, Errors: 1, Latency: ms(1000, 1000, 1000, 1000, 1000)},
		{Hour: hour.Add(time.Hour), Value: "lookup", Count: 1, Latency: ms(1000)},
	}
	models := []store.Metric{
		{Hour: hour, Value: "", Count: 3, Latency: ms(2000, 2000, 2000)},
		{Hour: hour, Value: "gpt-4o", Count: 2, InputTokens: 110, OutputTokens: 20, Cost: 3_000_000, Latency: ms(2000, 2000), FirstToken: ms(250)},
		{Hour: hour, Value: "tiny", Count: 1, InputTokens: 5, OutputTokens: 5, Unpriced: 1, Latency: ms(2000)},
		{Hour: hour.Add(time.Hour), Value: "gpt-4o", Count: 1, InputTokens: 1, OutputTokens: 1, Cost: 1, Latency: ms(2000)},
	}
	same(t, "tools", metrics(t, s, store.MetricsQuery{By: store.ByTool}), tools)
	same(t, "models", metrics(t, s, store.MetricsQuery{By: store.ByModel}), models)
	same(t, "tools of three hours", metrics(t, s, store.MetricsQuery{By: store.ByTool, Step: 3 * time.Hour}), []store.Metric{
		tools[0], {Hour: hour, Value: "lookup", Count: 6, Errors: 1, Latency: ms(1000, 1000, 1000, 1000, 1000, 1000)},
	})
	same(t, "all", metrics(t, s, store.MetricsQuery{By: store.ByNothing}), []store.Metric{
		{
			Hour: hour, Count: 6, Errors: 1, Recovered: 1, InputTokens: 115, OutputTokens: 25, Cost: 3_000_000, Unpriced: 1,
			Latency: ms(10_000, 5500, 10_000, 10_000, 60_000), FirstToken: ms(250),
		},
		{Hour: hour.Add(time.Hour), Count: 1, InputTokens: 1, OutputTokens: 1, Cost: 1, Latency: ms(10_000)},
	})
	count := func(by store.Dimension) map[string]int64 {
		counts := map[string]int64{}
		for _, m := range metrics(t, s, store.MetricsQuery{By: by}) {
			counts[m.Value] += m.Count
		}
		return counts
	}
	same(t, "users", count(store.ByUser), map[string]int64{"": 2, "ann": 3, "bob": 1, "ANN_b": 1})
	same(t, "agents", count(store.ByAgent), map[string]int64{"agent": 3, "": 1, "planner": 2, "writer": 1})
	same(t, "environments", count(store.ByEnvironment), map[string]int64{"": 4, "prod": 2, "dev": 1})
	for _, m := range metrics(t, s, store.MetricsQuery{By: store.ByTag}) {
		if m.Value == "vip" && m.InputTokens != 100 {
			t.Errorf("tag vip: %+v", m)
		}
	}
	for name, tt := range map[string]struct {
		query store.MetricsQuery
		want  []store.Metric
	}{
		"whole hours that overlap": {store.MetricsQuery{From: hour.Add(59 * time.Minute), To: hour.Add(time.Hour)}, tools[:2]},
		"from the second":          {store.MetricsQuery{From: hour.Add(time.Hour)}, tools[2:]},
		"before the second":        {store.MetricsQuery{To: hour.Add(time.Hour)}, tools[:2]},
		"into the second":          {store.MetricsQuery{To: hour.Add(time.Hour + 1)}, tools},
	} {
		tt.query.By = store.ByTool
		same(t, name, metrics(t, s, tt.query), tt.want)
	}
}

// TestMetricsOfChanges takes back what a resend changes and a deletion undoes.
func (s suite) TestMetricsOfChanges(t *testing.T) {
	write(t, s, run(1, asked("gpt-4o", 100, 10, 500), fail(0, "x"), fail(1, "x"), inSession("ann", "")))
	second := run(1, asked("tiny", 3, 2, 1), inSession("bob", ""), lasting(20*time.Second))
	write(t, s, second, second)
	latency := func(d time.Duration) store.Histogram {
		h := store.Histogram{}
		h.Add(d, 1)
		return h
	}
	hour := epoch.Truncate(time.Hour)
	trace := store.Metric{Hour: hour, Count: 1, InputTokens: 3, OutputTokens: 2, Cost: 1, Latency: latency(20 * time.Second)}
	same(t, "all", metrics(t, s, store.MetricsQuery{By: store.ByNothing}), []store.Metric{trace})
	trace.Value = "bob"
	same(t, "users", metrics(t, s, store.MetricsQuery{By: store.ByUser}), []store.Metric{trace})
	call := trace
	call.Value, call.Latency = "tiny", latency(2*time.Second)
	same(t, "models", metrics(t, s, store.MetricsQuery{By: store.ByModel}), []store.Metric{call})
}

// TestMetricsOf holds what is computed from traces against what was kept as they came, and its own against the corpus.
func (s suite) TestMetricsOf(t *testing.T) {
	zoo(t, s)
	write(t, s, run(30, asked("gpt-4o", 1, 1, 1), inSession("ann", "")))
	of := func(query store.Query, by store.Dimension, step time.Duration) []store.Metric {
		t.Helper()
		got, err := s.MetricsOf(t.Context(), project, query, by, step)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, by := range []store.Dimension{
		store.ByNothing, store.ByModel, store.ByTool, store.ByAgent, store.ByUser, store.ByEnvironment, store.ByTag,
	} {
		same(t, string(by), of(store.Query{Evaluations: true}, by, time.Hour), metrics(t, s, store.MetricsQuery{By: by}))
	}
	count := func(query store.Query, by store.Dimension) map[string]int64 {
		counts := map[string]int64{}
		for _, m := range of(query, by, time.Minute) {
			counts[m.Hour.Format("15:04 ")+m.Value] += m.Count
		}
		return counts
	}
	window := store.Query{From: at(1), To: at(4), Where: []store.Condition{not(in(store.FieldUser, "bob"))}}
	same(t, "statuses by the minute", count(window, store.ByStatus), map[string]int64{"03:46 ok": 1, "03:48 recovered": 1})
	same(t, "models by the minute", count(window, store.ByModel), map[string]int64{"03:46 gpt-4o": 1, "03:48 gpt-4o": 1})
	words := store.Query{Words: []store.Words{{Text: "question 1"}}}
	same(t, "of words", count(words, store.ByNothing), map[string]int64{"03:46 ": 1})
	same(t, "of nothing", of(store.Query{Where: []store.Condition{in(store.FieldUser, "nobody")}}, store.ByTool, time.Hour), []store.Metric(nil))
	if _, err := s.MetricsOf(t.Context(), project, store.Query{}, "colour", time.Hour); err == nil {
		t.Error("colour is a dimension")
	}
}
