package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

const public = "/api/v1/public"

// TestParity holds the public API to the rows of the parity list.
func TestParity(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(*service){
		"rest-01 whoami has eight members":                   testWhoami,
		"rest-02 errors have a detail":                       testErrors,
		"rest-03 newest traces first":                        testNewestFirst,
		"rest-04 limit is 1 to 200":                          testLimit,
		"rest-05 windows take their start and not their end": testWindow,
		"rest-06 times are naive UTC":                        testTimes,
		"rest-07 a running trace has no duration":            testRunning,
		"rest-08 spans sent twice count once":                testTotals,
		"rest-09 trace_url has escaped ids":                  testTraceURL,
		"rest-10 metadata_map has strings":                   testMetadataMap,
		"rest-11 name, user_id and search_query":             testSearch,
		"rest-12 filters":                                    testFilters,
		"rest-13 filter-values by frequency":                 testFilterValues,
		"rest-14 a trace with its spans by start":            testTrace,
		"rest-15 no texts of spans by default":               testSkeleton,
		"rest-16 fields=full has texts of spans":             testFull,
		"rest-17 unknown fields":                             testUnknownFields,
		"rest-18 an unknown trace":                           testUnknownTrace,
		"rest-19 export has four parts and all texts":        testExport,
		"rest-20 git_context lists spans with a place":       testGitContext,
		"rest-21 no finding of a trace":                      testNoFinding,
		"rest-22 empty lists of detectors and findings":      testDetectors,
		"rest-23 sessions":                                   testSessions,
		"rest-24 evaluations are hidden":                     testEvaluations,
		"rest-25 traces of other projects are not found":     testProjects,
		"rest-26 health needs no key":                        testHealth,
	} {
		for engine, open := range stores {
			t.Run(engine+"/"+name, func(t *testing.T) {
				t.Parallel()
				test(serve(t, opened(t, open)))
			})
		}
	}
}

func testWhoami(s *service) {
	want := object{
		"project_id": "proj_demo", "project_name": "Demo", "workspace_id": "ws_demo", "workspace_name": "Demo workspace",
		"key_name": "dev key", "key_hint": "tr-d0a3-57e3",
		"host": "http://example.com", "ui_base_url": "https://ui.example",
	}
	if diff := cmp.Diff(want, s.get(public+"/whoami", http.StatusOK)); diff != "" {
		s.Error(diff)
	}
	got := s.as("other").get(public+"/whoami", http.StatusOK)
	for _, unknown := range []string{"project_name", "workspace_name", "key_name", "key_hint"} {
		if value, there := got[unknown]; !there || value != nil {
			s.Errorf("%s is %v, want null", unknown, value)
		}
	}
}

func testErrors(s *service) {
	for target, status := range map[string]int{
		"/traces?limit=x": 422, "/traces?filters=x": 400, "/traces/x": 404, "/traces/x/export": 404, "/traces/x?fields=y": 400,
		"/sessions/x": 404, "/sessions?limit=0": 422, "/detectors/x": 404, "/detectors?end_before=y": 422, "/x": 404,
		"/traces/filter-values/x": 400, "/traces?include_evaluations=perhaps": 422,
	} {
		s.refused(public+target, status)
	}
	if got := s.refused(public+"/traces?limit=x&start_after=y&include_evaluations=z", 422); !strings.HasSuffix(got, " (and 2 more error(s))") {
		s.Errorf("three errors: %q", got)
	}
}

func testNewestFirst(s *service) {
	s.write(run(2), run(1), run(3))
	reply := s.get(public+"/traces?limit=2", http.StatusOK)
	if got := names(s.T, reply, "name"); got != "run-3 run-2" {
		s.Errorf("names %q", got)
	}
	if diff := cmp.Diff(object{"page": 0.0, "limit": 2.0, "total": 3.0}, reply["meta"]); diff != "" {
		s.Error(diff)
	}
}

func testLimit(s *service) {
	for limit, want := range map[string]float64{"": 50, "?limit=1": 1, "?limit=200": 200} {
		for _, list := range []string{"/traces", "/sessions", "/detectors", "/detectors/findings"} {
			meta, _ := s.get(public+list+limit, http.StatusOK)["meta"].(object)
			if meta["limit"] != want {
				s.Errorf("%s%s: limit %v, want %v", list, limit, meta["limit"], want)
			}
		}
	}
	for _, bad := range []string{"0", "201", "-1", "1.5", "x", ""} {
		if got := s.refused(public+"/traces?limit="+bad, http.StatusUnprocessableEntity); !strings.HasPrefix(got, "limit must be a whole number from 1 to 200") {
			s.Errorf("limit %q: %q", bad, got)
		}
	}
}

func testWindow(s *service) {
	s.write(run(0), run(1), run(2))
	for window, want := range map[string]string{
		"start_after=2025-10-09T08:54:20.000Z":                                "run-2 run-1",
		"start_after=2025-10-09T08:54:20.000001Z":                             "run-2",
		"end_before=2025-10-09T08:54:20":                                      "run-0",
		"start_after=2025-10-09T10:53:20%2B02:00&end_before=2025-10-09T08:54": "run-0",
		"start_after=2025-10-10":                                              "",
	} {
		if got := names(s.T, s.get(public+"/traces?"+window, http.StatusOK), "name"); got != want {
			s.Errorf("%s: %q, want %q", window, got, want)
		}
	}
	s.refused(public+"/traces?start_after=yesterday", http.StatusUnprocessableEntity)
}

func testTimes(s *service) {
	at := start.Add(900 * time.Millisecond)
	s.write(run(0), run(1, row(func(r *store.Trace) { r.Start = at.In(time.FixedZone("", 3600)) }), span(0, func(s *store.Span) {
		s.Start, s.End = at, at.Add(1234567*time.Microsecond)
	})))
	got := data(s.T, s.get(public+"/traces", http.StatusOK))
	if got[0]["trace_start_time"] != "2025-10-09T08:53:20.900000" || got[1]["trace_start_time"] != "2025-10-09T08:53:20" {
		s.Errorf("times %v and %v", got[0]["trace_start_time"], got[1]["trace_start_time"])
	}
	spans := spansOf(s.T, s.get(public+"/traces/"+traceID(1), http.StatusOK))
	if spans[0]["span_end_time"] != "2025-10-09T08:53:22.134567" {
		s.Errorf("end %v", spans[0]["span_end_time"])
	}
}

func testRunning(s *service) {
	s.write(run(0),
		run(1, span(1, func(s *store.Span) { s.End = time.Time{} })),
		run(2, row(func(r *store.Trace) { r.HasRoot = false }), func(b *store.Batch) { b.Spans = b.Spans[1:] }),
	)
	want := []any{nil, nil, 2000.0}
	for i, row := range data(s.T, s.get(public+"/traces", http.StatusOK)) {
		if row["duration_ms"] != want[i] {
			s.Errorf("%v: duration %v, want %v", row["name"], row["duration_ms"], want[i])
		}
	}
	if got := spansOf(s.T, s.get(public+"/traces/"+traceID(1), http.StatusOK))[1]["span_end_time"]; got != nil {
		s.Errorf("end of a running span: %v", got)
	}
}

func testTotals(s *service) {
	failed := run(0, span(1, func(s *store.Span) { s.Status = store.StatusError }))
	s.write(failed, failed)
	got := data(s.T, s.get(public+"/traces", http.StatusOK))[0]
	for member, want := range map[string]any{
		"span_count": 2.0, "error_count": 1.0, "total_input_tokens": 100.0, "total_output_tokens": 10.0, "total_cost": 0.0003,
	} {
		if got[member] != want {
			s.Errorf("%s is %v, want %v", member, got[member], want)
		}
	}
}

func testTraceURL(s *service) {
	other := s.as("a b/c")
	other.write(run(7))
	want := "https://ui.example/projects/a%20b%2Fc/traces?traceId=" + traceID(7)
	if got := data(s.T, other.get(public+"/traces", http.StatusOK))[0]["trace_url"]; got != want {
		s.Errorf("trace_url %v, want %v", got, want)
	}
	if got := other.get(public+"/traces/"+traceID(7), http.StatusOK)["trace_url"]; got != want {
		s.Errorf("trace_url of one trace %v, want %v", got, want)
	}
}

func testMetadataMap(s *service) {
	for n, metadata := range []string{
		`{"plan":"pro","seats":5,"deep":{"a": [1]},"no":null,"traceroot.span.path":["x"],"esc":"ä\"b"}`,
		`["no object"]`, "", "no JSON",
		`{"big":123456789012345678901234567890}`,
		`{"big":{"inside":1e999}}`,
	} {
		s.write(run(n, row(func(r *store.Trace) { r.Metadata = metadata })))
	}
	rows := data(s.T, s.get(public+"/traces", http.StatusOK))
	want := object{"plan": "pro", "seats": "5", "deep": `{"a": [1]}`, "no": "null", "esc": `ä"b`}
	if diff := cmp.Diff(want, rows[len(rows)-1]["metadata_map"]); diff != "" {
		s.Error(diff)
	}
	for _, row := range rows[:len(rows)-1] {
		if diff := cmp.Diff(object{}, row["metadata_map"]); diff != "" {
			s.Error(row["name"], diff)
		}
	}
}

func testSearch(s *service) {
	s.write(run(1, row(func(r *store.Trace) { r.Name, r.UserID = "Weather_Agent", "ann" })),
		run(2, row(func(r *store.Trace) { r.Name, r.UserID, r.SessionID = "weatherXagent", "anna", "talk-ANN" })),
	)
	for params, want := range map[string]string{
		"name=weather":           "weatherXagent Weather_Agent",
		"name=weather_":          "Weather_Agent",
		"name=%25":               "",
		"user_id=ann":            "Weather_Agent",
		"search_query=ann":       "weatherXagent Weather_Agent",
		"search_query=talk":      "weatherXagent",
		"search_query=00000001":  "Weather_Agent",
		"name=&user_id=":         "weatherXagent Weather_Agent",
		"nonsense=1&name=agent":  "weatherXagent Weather_Agent",
		"name=weather&user_id=x": "",
	} {
		if got := names(s.T, s.get(public+"/traces?"+params, http.StatusOK), "name"); got != want {
			s.Errorf("%s: %q, want %q", params, got, want)
		}
	}
}

func testFilterValues(s *service) {
	s.write(run(0), run(1), run(2, span(1, func(s *store.Span) { s.Model, s.Environment = "golden-cache", "prod" })))
	got := s.get(public+"/traces/filter-values/model_name", http.StatusOK)
	want := object{"field": "model_name", "values": []any{
		object{"value": "golden-chat", "count": 2.0}, object{"value": "golden-cache", "count": 1.0},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		s.Error(diff)
	}
	got = s.get(public+"/traces/filter-values/environment?start_after=2025-10-09T10:00:00", http.StatusOK)
	if diff := cmp.Diff(object{"field": "environment", "values": []any{}}, got); diff != "" {
		s.Error(diff)
	}
	if got := s.refused(public+"/traces/filter-values/x", http.StatusBadRequest); got != "Unknown filter field: x" {
		s.Errorf("unknown field: %q", got)
	}
	if got := s.refused(public+"/traces/filter-values/cost", http.StatusBadRequest); got != "Field 'cost' does not support distinct-value listing" {
		s.Errorf("a field of numbers: %q", got)
	}
}

// spansOf are the spans of a trace.
func spansOf(t *testing.T, trace object) []object {
	t.Helper()
	return data(t, object{"data": trace["spans"]})
}

func testTrace(s *service) {
	batch := run(1, row(func(r *store.Trace) { r.GitRepo, r.UserID = "acme/agent", "ann" }))
	batch.Spans[0], batch.Spans[1] = batch.Spans[1], batch.Spans[0]
	s.write(batch)
	got := s.get(public+"/traces/"+traceID(1), http.StatusOK)
	if got["name"] != "run-1" || got["git_repo"] != "acme/agent" || got["git_ref"] != nil || got["user_id"] != "ann" || got["input"] != "in" {
		s.Errorf("trace %v", got)
	}
	spans := spansOf(s.T, got)
	if len(spans) != 2 || spans[0]["name"] != "agent" || spans[1]["parent_span_id"] != spans[0]["span_id"] {
		s.Fatalf("spans %v", spans)
	}
	for member, want := range map[string]any{
		"span_kind": "LLM", "model_name": "golden-chat", "cost": 0.0003,
		"input_tokens": 100.0, "output_tokens": 10.0, "total_tokens": 110.0,
		"usage_details": object{"cache_read_tokens": 0.0, "cache_write_tokens": 0.0, "reasoning_tokens": 0.0},
		"cost_details": object{
			"input_uncached_cost": 0.0002, "cache_read_cost": 0.0, "cache_write_cost": 0.0, "output_cost": 0.0001,
		},
		"usage_estimated": false, "status": "OK", "status_message": nil,
	} {
		if diff := cmp.Diff(want, spans[1][member]); diff != "" {
			s.Error(member, diff)
		}
	}
	if diff := cmp.Diff(object{}, spans[0]["cost_details"]); diff != "" || spans[0]["cost"] != nil || spans[0]["total_tokens"] != nil {
		s.Errorf("a span without usage: %v", spans[0])
	}
}

func testSkeleton(s *service) {
	s.write(run(1, span(1, func(s *store.Span) { s.Input, s.Output, s.Metadata = new("i"), new("o"), "{}" })))
	for _, fields := range []string{"", "?fields=", "?fields=,", "?fields=skeleton", "?fields=%20Core%20,usage"} {
		for _, span := range spansOf(s.T, s.get(public+"/traces/"+traceID(1)+fields, http.StatusOK)) {
			for _, member := range []string{"input", "output", "metadata"} {
				if value, there := span[member]; !there || value != nil {
					s.Errorf("%q: %s is %v, want null", fields, member, value)
				}
			}
		}
	}
}

func testFull(s *service) {
	s.write(run(1, span(1, func(s *store.Span) { s.Input, s.Output, s.Metadata = new("i"), new("o"), `{"a":1}` })))
	for fields, want := range map[string][3]any{
		"full": {"i", "o", `{"a":1}`}, "FULL": {"i", "o", `{"a":1}`}, "io": {"i", "o", nil}, "core,metadata": {nil, nil, `{"a":1}`},
	} {
		span := spansOf(s.T, s.get(public+"/traces/"+traceID(1)+"?fields="+fields, http.StatusOK))[1]
		if got := [3]any{span["input"], span["output"], span["metadata"]}; got != want {
			s.Errorf("fields=%s: %v, want %v", fields, got, want)
		}
	}
}

func testUnknownFields(s *service) {
	s.write(run(1))
	const want = "Unknown fields group(s): Tokens, x. Valid groups: core, full, io, metadata, skeleton, usage."
	for _, path := range []string{"", "/export"} {
		if got := s.refused(public+"/traces/"+traceID(1)+path+"?fields=io,Tokens,x", http.StatusBadRequest); got != want {
			s.Errorf("%q, want %q", got, want)
		}
	}
}

func testUnknownTrace(s *service) {
	for _, path := range []string{"/traces/" + traceID(1), "/traces/" + traceID(1) + "/export", "/traces/not-an-id"} {
		if got := s.refused(public+path, http.StatusNotFound); got != "Trace not found" {
			s.Errorf("%s: %q", path, got)
		}
	}
}

func testExport(s *service) {
	s.write(run(1))
	got := s.get(public+"/traces/"+traceID(1)+"/export", http.StatusOK)
	wantManifest := object{
		"trace_id": traceID(1), "project_id": "proj_demo", "bundle_version": "v1",
		"files": []any{"trace.json", "spans.json", "git_context.json", "manifest.json"},
	}
	if diff := cmp.Diff(wantManifest, got["manifest"]); diff != "" {
		s.Error(diff)
	}
	full := s.get(public+"/traces/"+traceID(1)+"?fields=full", http.StatusOK)
	if diff := cmp.Diff(any(full), got["trace"]); diff != "" {
		s.Error(diff)
	}
	if diff := cmp.Diff(full["spans"], got["spans"]); diff != "" {
		s.Error(diff)
	}
	narrow, _ := s.get(public+"/traces/"+traceID(1)+"/export?fields=core", http.StatusOK)["trace"].(object)
	if spansOf(s.T, narrow)[0]["input"] != nil {
		s.Error("an export of the core alone has texts")
	}
}

func testGitContext(s *service) {
	batch := run(1, row(func(r *store.Trace) { r.GitRepo = "acme/agent" }),
		span(0, func(s *store.Span) { s.Source = store.Source{File: "a.go", Line: 42, Function: "Run"} }),
		span(1, func(s *store.Span) { s.Source = store.Source{Function: "main.chat"} }))
	other := batch.Spans[1]
	other.SpanID, other.Source = spanID(1, 2), store.Source{}
	batch.Spans = append(batch.Spans, other)
	s.write(batch)
	want := object{"git_repo": "acme/agent", "git_ref": nil, "sources": []any{
		object{"span_id": spanID(1, 0), "file": "a.go", "line": 42.0, "function": "Run"},
		object{"span_id": spanID(1, 1), "file": nil, "line": nil, "function": "main.chat"},
	}}
	if diff := cmp.Diff(any(want), s.get(public+"/traces/"+traceID(1)+"/export", http.StatusOK)["git_context"]); diff != "" {
		s.Error(diff)
	}
}

func testNoFinding(s *service) {
	s.write(run(1))
	for path, want := range map[string]string{
		"/detectors/traces/" + traceID(1) + "/finding": "Finding not found",
		"/detectors/findings/fnd_1":                    "Finding not found",
		"/detectors/det_1":                             "Detector not found",
	} {
		if got := s.refused(public+path, http.StatusNotFound); got != want {
			s.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func testDetectors(s *service) {
	want := object{"data": []any{}, "meta": object{"page": 0.0, "limit": 50.0, "total": 0.0}}
	for _, path := range []string{"/detectors", "/detectors/findings", "/detectors/findings?detector=x&trace_id=y"} {
		if diff := cmp.Diff(want, s.get(public+path, http.StatusOK)); diff != "" {
			s.Error(path, diff)
		}
	}
}

func testSessions(s *service) {
	talk := func(user string) func(*store.Batch) {
		return row(func(r *store.Trace) { r.SessionID, r.UserID = "talk/1", user })
	}
	s.write(run(1, talk("ann"), row(func(r *store.Trace) { r.Input = new("{}") }), span(0, func(s *store.Span) { s.Input = nil }),
		span(1, func(s *store.Span) { s.Input, s.Status = new("asked"), store.StatusError })),
		run(2, talk("")),
		run(3, row(func(r *store.Trace) { r.SessionID = "other" }), span(1, func(s *store.Span) { s.Cost = nil })),
		run(4),
	)
	reply := s.get(public+"/sessions?limit=1", http.StatusOK)
	if meta, _ := reply["meta"].(object); meta["total"] != 2.0 || names(s.T, reply, "session_id") != "other" {
		s.Errorf("sessions %v", reply)
	}
	if got := data(s.T, reply)[0]["total_cost"]; got != nil {
		s.Errorf("cost of a session without prices: %v", got)
	}
	want := object{
		"session_id": "talk/1", "trace_count": 2.0, "user_ids": []any{"ann"},
		"first_trace_time": "2025-10-09T08:54:20", "last_trace_time": "2025-10-09T08:55:20",
		"duration_ms": 4000.0, "total_input_tokens": 200.0, "total_output_tokens": 20.0, "total_cost": 0.0006,
		"input": "asked", "output": "out",
	}
	found := data(s.T, s.get(public+"/sessions?search_query=TALK", http.StatusOK))
	if diff := cmp.Diff([]object{want}, found); diff != "" {
		s.Fatal(diff)
	}
	got := s.get(public+"/sessions/talk%2F1", http.StatusOK)
	first := data(s.T, object{"data": got["traces"]})[0]
	wantFirst := object{
		"trace_id": traceID(1), "name": "run-1", "trace_start_time": "2025-10-09T08:54:20", "user_id": "ann",
		"input": "asked", "output": "out", "duration_ms": 2000.0, "status": "error",
	}
	if diff := cmp.Diff(wantFirst, first); diff != "" {
		s.Error(diff)
	}
	if got := s.refused(public+"/sessions/none", http.StatusNotFound); got != "Session not found" {
		s.Errorf("unknown session: %q", got)
	}
	if got := s.refused(public+"/sessions/talk%2F1?start_after=2026-01-01", http.StatusNotFound); got != "Session not found" {
		s.Errorf("session outside the window: %q", got)
	}
}

func testEvaluations(s *service) {
	s.write(run(1), run(2, row(func(r *store.Trace) { r.IsEvaluation, r.SessionID = true, "s" })))
	for params, want := range map[string]string{
		"": "run-1", "?include_evaluations=false": "run-1", "?include_evaluations=true": "run-2 run-1", "?include_evaluations=1": "run-2 run-1",
	} {
		if got := names(s.T, s.get(public+"/traces"+params, http.StatusOK), "name"); got != want {
			s.Errorf("%s: %q, want %q", params, got, want)
		}
	}
	if got := names(s.T, s.get(public+"/sessions", http.StatusOK), "session_id"); got != "" {
		s.Errorf("sessions %q", got)
	}
}

func testProjects(s *service) {
	s.write(run(1, row(func(r *store.Trace) { r.SessionID = "talk" })))
	other := s.as("other")
	for _, path := range []string{"/traces/" + traceID(1), "/traces/" + traceID(1) + "/export"} {
		if got := other.refused(public+path, http.StatusNotFound); got != "Trace not found" {
			s.Errorf("%s: %q", path, got)
		}
	}
	other.refused(public+"/sessions/talk", http.StatusNotFound)
	for _, list := range []string{"/traces", "/sessions", "/traces?project_id=proj_demo"} {
		if rows := data(s.T, other.get(public+list, http.StatusOK)); len(rows) != 0 {
			s.Errorf("%s: %v", list, rows)
		}
	}
}

func testHealth(s *service) {
	s.who = nil
	if diff := cmp.Diff(object{"status": "ok"}, s.get("/health", http.StatusOK)); diff != "" {
		s.Error(diff)
	}
}
