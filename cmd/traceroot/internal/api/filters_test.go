package api_test

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func testFilters(s *service) {
	s.write(run(1),
		run(2, row(func(r *store.Trace) { r.Metadata = `{"plan":"Pro"}` }), span(1, func(s *store.Span) {
			s.Model, s.Environment, s.Status = "golden-cache", "prod", store.StatusError
			s.Cost = &store.Cost{Total: 2_000_000_000}
		})),
		run(-60*48, span(1, func(s *store.Span) { s.Model = "golden-cache" })), // two days before
	)
	for filters, want := range map[string]string{
		`[]`: "run-2 run-1 run--2880",
		`[{"field":"trace_id","op":"eq","value":"` + traceID(1) + `"}]`:                                          "run-1",
		`[{"field":"trace_id","op":"contains","value":"0002"}]`:                                                  "run-2",
		`[{"field":"model_name","op":"in","value":["golden-cache","x"]}]`:                                        "run-2",
		`[{"field":"environment","op":"in","value":["prod"]},{"field":"model_name","op":"in","value":["none"]}]`: "",
		`[{"field":"cost","op":"gt","value":0.5}]`:                                                               "run-2",
		`[{"field":"cost","op":"eq","value":2}]`:                                                                 "run-2",
		`[{"field":"cost","op":"lte","value":1e-3}]`:                                                             "run-1",
		`[{"field":"total_tokens","op":"gte","value":110}]`:                                                      "run-2 run-1",
		`[{"field":"total_tokens","op":"lt","value":110.0}]`:                                                     "",
		`[{"field":"duration_ms","op":"eq","value":2000}]`:                                                       "run-2 run-1",
		`[{"field":"errors","op":"gte","value":1,"key":null}]`:                                                   "run-2",
		`[{"field":"metadata","key":"plan","op":"eq","value":"Pro"}]`:                                            "run-2",
		`[{"field":"metadata","key":"plan","op":"eq","value":"pro"}]`:                                            "",
		`[{"field":"metadata","key":"plan","op":"contains","value":"pr"}]`:                                       "run-2",
	} {
		if got := names(s.T, s.get(query(public+"/traces", "filters", filters), http.StatusOK), "name"); got != want {
			s.Errorf("%s: %q, want %q", filters, got, want)
		}
	}
	old := query(public+"/traces", "filters", `[{"field":"model_name","op":"in","value":["golden-cache"]}]`, "start_after", "2025-01-01")
	if got := names(s.T, s.get(old, http.StatusOK), "name"); got != "run-2 run--2880" {
		s.Errorf("with a window of its own: %q", got)
	}
	long := strconv.Quote(strings.Repeat("ä", 1025))
	for filters, want := range map[string]string{
		`x`:                                     "filters is not valid JSON",
		`{}`:                                    "filters must be a JSON array of predicate objects",
		`[1]`:                                   "each filter must be an object, got: 1",
		`[` + strings.Repeat(`{},`, 20) + `{}]`: "filters carries more than the maximum of 20 predicates",
		`[{"field":"cost","op":"eq"}]`:          "invalid filter predicate: ",
		`[{"field":1,"op":"eq","value":1}]`:     "invalid filter predicate: ",
		`[{"field":"user","op":"eq","value":"x"}]`:                                              "unknown filter field: 'user'",
		`[{"field":"cost","op":"in","value":[1]}]`:                                              "operator 'in' not allowed for field 'cost'",
		`[{"field":"cost","op":"eq","value":1,"key":"k"}]`:                                      "field 'cost' does not take a key",
		`[{"field":"metadata","op":"eq","value":"x"}]`:                                          "filter on 'metadata' requires a non-empty string key",
		`[{"field":"metadata","op":"eq","value":"x","key":7}]`:                                  "filter on 'metadata' requires a non-empty string key",
		`[{"field":"metadata","op":"eq","value":"x","key":"` + strings.Repeat("k", 257) + `"}]`: "key on 'metadata' exceeds the maximum length of 256 characters",
		`[{"field":"trace_id","op":"eq","value":""}]`:                                           "'eq' filter on 'trace_id' requires a non-empty string",
		`[{"field":"trace_id","op":"eq","value":null}]`:                                         "'eq' filter on 'trace_id' requires a non-empty string",
		`[{"field":"trace_id","op":"contains","value":` + long + `}]`:                           "value on 'trace_id' exceeds the maximum length of 1024 characters",
		`[{"field":"model_name","op":"in","value":[]}]`:                                         "'in' filter on 'model_name' requires a non-empty list of strings",
		`[{"field":"model_name","op":"in","value":["a",1]}]`:                                    "'in' filter on 'model_name' requires a non-empty list of strings",
		`[{"field":"model_name","op":"in","value":[` + long + `]}]`:                             "value on 'model_name' exceeds the maximum length of 1024 characters",
		`[{"field":"cost","op":"eq","value":"1"}]`:                                              `'eq' filter on 'cost' requires a number (got "1")`,
		`[{"field":"cost","op":"eq","value":true}]`:                                             "'eq' filter on 'cost' requires a number (got true)",
		`[{"field":"cost","op":"eq","value":-1}]`:                                               "'eq' filter on 'cost' takes non-negative numbers (got -1)",
		`[{"field":"cost","op":"eq","value":1000000000}]`:                                       "'eq' filter on 'cost' exceeds its maximum value",
		`[{"field":"errors","op":"gt","value":1e999}]`:                                          "'gt' filter on 'errors' exceeds its maximum value",
		`[{"field":"errors","op":"gt","value":1.5}]`:                                            "'gt' filter on 'errors' takes whole numbers only (got 1.5)",
	} {
		if got := s.refused(query(public+"/traces", "filters", filters), http.StatusBadRequest); !strings.HasPrefix(got, want) {
			s.Errorf("%s: %q, want %q", filters, got, want)
		}
	}
}
