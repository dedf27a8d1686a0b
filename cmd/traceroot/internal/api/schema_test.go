package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/api"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/storetest/memory"
)

// elsewhere are the routes that other rooms serve; those rooms hold theirs against the same file.
var elsewhere = []string{
	"GET /healthz", "GET /readyz", "GET /metrics", "POST /v1/traces", "POST /api/v1/public/traces",
	"POST /api/ui/sign-in", "POST /api/ui/sign-out",
	"GET /api/admin/keys", "POST /api/admin/keys", "DELETE /api/admin/keys/{id}", "DELETE /api/admin/traces",
	"GET /api/admin/backup", "GET /api/admin/stats", "GET /api/admin/export", "POST /api/admin/import",
}

func TestEveryRouteIsDescribed(t *testing.T) {
	t.Parallel()
	described, err := api.Documented()
	if err != nil {
		t.Fatal(err)
	}
	served := slices.Concat(api.Routes(), elsewhere)
	slices.Sort(served)
	for _, route := range served {
		if !slices.Contains(described, route) {
			t.Errorf("%s is not described", route)
		}
	}
	for _, route := range described {
		if !slices.Contains(served, route) {
			t.Errorf("%s is described, but not served", route)
		}
	}
}

// TestRepliesAreAsDescribed asks each route of the API once and more, and holds the replies to their schemas.
func TestRepliesAreAsDescribed(t *testing.T) {
	t.Parallel()
	d := readDescription(t)
	onEach(t, func(s *service) {
		s.write(run(1, row(func(r *store.Trace) { r.SessionID, r.UserID, r.Metadata = "talk", "ann", `{"a":1}` }), span(0, everything)),
			run(2, span(1, func(s *store.Span) { s.End, s.Usage, s.Cost = time.Time{}, nil, nil })),
			run(3, span(1, func(s *store.Span) { s.Usage.Estimated, s.Cost, s.Status = true, nil, store.StatusError })),
			support(20, "972O1"), many(21, 12),
		)
		asked := map[string]bool{}
		for _, request := range []struct {
			route, target string
		}{
			{"/health", "/health"},
			{"/api/openapi.json", "/api/openapi.json"},
			{public + "/whoami", public + "/whoami"},
			{public + "/traces", public + "/traces"},
			{public + "/traces", public + "/traces?limit=0"},
			{public + "/traces/filter-values/{field}", public + "/traces/filter-values/model_name"},
			{public + "/traces/{trace_id}", public + "/traces/" + traceID(1)},
			{public + "/traces/{trace_id}", public + "/traces/" + traceID(2) + "?fields=full"},
			{public + "/traces/{trace_id}", public + "/traces/" + traceID(9)},
			{public + "/traces/{trace_id}/export", public + "/traces/" + traceID(1) + "/export"},
			{public + "/traces/{trace_id}/export", public + "/traces/" + traceID(3) + "/export?fields=core"},
			{public + "/sessions", public + "/sessions"},
			{public + "/sessions/{session_id}", public + "/sessions/talk"},
			{public + "/detectors", public + "/detectors"},
			{public + "/detectors/findings", public + "/detectors/findings"},
			{public + "/detectors/findings/{finding_id}", public + "/detectors/findings/f"},
			{public + "/detectors/traces/{trace_id}/finding", public + "/detectors/traces/" + traceID(1) + "/finding"},
			{public + "/detectors/{detector_id}", public + "/detectors/d"},
			{"/api/ui/traces", "/api/ui/traces?limit=2"},
			{"/api/ui/traces", "/api/ui/traces?q=" + url.QueryEscape(`"open`)},
			{"/api/ui/traces", "/api/ui/traces?total=true"},
			{"/api/ui/facets", "/api/ui/facets?q=status:failed"},
			{"/api/ui/histogram", "/api/ui/histogram"},
			{"/api/ui/suggest", "/api/ui/suggest?q=user:a"},
			{"/api/ui/traces/{trace_id}", "/api/ui/traces/" + traceID(1)},
			{"/api/ui/traces/{trace_id}", "/api/ui/traces/" + traceID(2)},
			{"/api/ui/traces/{trace_id}", "/api/ui/traces/" + traceID(20)},
			{"/api/ui/traces/{trace_id}", "/api/ui/traces/" + traceID(99)},
			{"/api/ui/traces/{trace_id}/groups/{group_id}", "/api/ui/traces/" + traceID(21) + "/groups/" + groupOf(s, 21)},
			{"/api/ui/traces/{trace_id}/find", "/api/ui/traces/" + traceID(20) + "/find?q=alder"},
			{"/api/ui/traces/{trace_id}/conversation", "/api/ui/traces/" + traceID(20) + "/conversation"},
			{"/api/ui/spans/{span_id}", "/api/ui/spans/" + spanID(1, 0)},
			{"/api/ui/spans/{span_id}", "/api/ui/spans/" + spanID(20, 0)},
			{"/api/ui/spans/{span_id}", "/api/ui/spans/" + spanID(20, 1) + "?trace=" + traceID(20)},
			{"/api/ui/spans/{span_id}", "/api/ui/spans/" + spanID(20, 3)},
			{"/api/ui/spans/{span_id}", "/api/ui/spans/" + spanID(20, 4)},
			{"/api/ui/messages", "/api/ui/messages?h=" + userSays.Hash.String() + "&h=" + store.HashOf("none").String()},
			{"/api/ui/messages", "/api/ui/messages?h=" + asksForLabel.Hash.String() + "&h=" + picture.Hash.String()},
			{"/api/ui/blobs/{blob}", "/api/ui/blobs/none"},
			{"/api/ui/sessions", "/api/ui/sessions"},
			{"/api/ui/sessions/{session_id}", "/api/ui/sessions/talk"},
			{"/api/ui/metrics", "/api/ui/metrics?by=model"},
			{"/api/ui/metrics", "/api/ui/metrics?by=error"},
			{"/api/ui/compare", "/api/ui/compare?a=" + traceID(20) + "&b=" + traceID(1)},
			{"/api/ui/compare", "/api/ui/compare?a=" + traceID(20)},
			{"/api/ui/source", "/api/ui/source?span=" + spanID(1, 0)},
			{"/api/ui/events", "/api/ui/events?topics=weather"},
		} {
			asked["GET "+request.route] = true
			w := s.do(http.MethodGet, request.target)
			var reply any
			if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil {
				s.Fatalf("%s: %v", request.target, err)
			}
			schema := d.replySchema(s.T, request.route, w.Code)
			for _, problem := range d.check(schema, reply, request.target) {
				s.Error(problem)
			}
		}
		for _, route := range api.Routes() {
			if !asked[route] {
				s.Errorf("nobody asked %s", route)
			}
		}
	})
}

// everything gives a span all that it can have.
func everything(s *store.Span) {
	s.Model, s.Usage = "m", &store.Usage{Input: 5, Output: 6, CacheRead: 1, CacheWrite: 2, CacheWrite1h: 1, Reasoning: 1}
	s.Cost = &store.Cost{Input: 1, CacheRead: 1, CacheWrite: 1, Output: 1, Total: 4}
	s.Source = store.Source{File: "a.go", Line: 1, Function: "f"}
	s.Status, s.StatusMessage = store.StatusError, "failed"
	s.Errors = []store.Error{{Type: "T", Message: "m", Causes: [][]store.Error{{{Type: "U", Message: "n"}}}}}
	s.Metadata, s.Tags, s.Environment = `{"a":1}`, []string{"x"}, "prod"
	s.Streaming, s.TimeToFirstToken = true, time.Millisecond
}

// TestSchemasRefuse checks the checker: a description that lets everything pass would describe nothing.
func TestSchemasRefuse(t *testing.T) {
	t.Parallel()
	d := readDescription(t)
	for name, reply := range map[string]string{
		"a member too many":   `{"status":"ok","more":1}`,
		"a member missing":    `{}`,
		"another type":        `{"status":1}`,
		"another constant":    `{"status":"bad"}`,
		"not even an object":  `[]`,
		"null where it is no": `{"status":null}`,
	} {
		var value any
		if err := json.Unmarshal([]byte(reply), &value); err != nil {
			t.Fatal(err)
		}
		if len(d.check(d.replySchema(t, "/health", http.StatusOK), value, name)) == 0 {
			t.Errorf("%s passes", name)
		}
	}
}

// description is what the tests read of the OpenAPI file.
type description struct {
	Paths map[string]map[string]struct {
		Responses map[string]response `json:"responses"`
	} `json:"paths"`
	Components struct {
		Schemas   map[string]any      `json:"schemas"`
		Responses map[string]response `json:"responses"`
	} `json:"components"`
}

type response struct {
	Ref     string `json:"$ref"`
	Content map[string]struct {
		Schema any `json:"schema"`
	} `json:"content"`
}

func readDescription(t *testing.T) *description {
	t.Helper()
	w := serve(t, memory.New()).do(http.MethodGet, "/api/openapi.json")
	var d description
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	return &d
}

func (d *description) replySchema(t *testing.T, route string, status int) any {
	t.Helper()
	responses := d.Paths[route]["get"].Responses
	r, described := responses[fmt.Sprint(status)]
	if !described {
		r = responses["default"]
	}
	if r.Ref != "" {
		r = d.Components.Responses[strings.TrimPrefix(r.Ref, "#/components/responses/")]
	}
	schema := r.Content["application/json"].Schema
	if schema == nil {
		t.Fatalf("%s: no schema for status %d", route, status)
	}
	return schema
}

// check says what a value has that its schema does not allow. It knows the words of JSON Schema that the file uses, and
// no others.
func (d *description) check(schema, value any, at string) []string {
	s, ok := schema.(object)
	if !ok {
		return []string{at + ": no schema"}
	}
	if ref, ok := s["$ref"].(string); ok {
		return d.check(d.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")], value, at)
	}
	var problems []string
	problem := func(format string, args ...any) {
		problems = append(problems, at+": "+fmt.Sprintf(format, args...))
	}
	if choices, given := s["anyOf"].([]any); given && !slices.ContainsFunc(choices, func(choice any) bool {
		return len(d.check(choice, value, at)) == 0
	}) {
		problem("%v is none of anyOf", value)
	}
	if want, given := s["type"]; given && !slices.ContainsFunc(types(want), func(name string) bool { return isType(name, value) }) {
		problem("%v is no %v", value, want)
		return problems
	}
	if want, given := s["const"]; given && want != value {
		problem("%v is not %v", value, want)
	}
	if allowed, given := s["enum"].([]any); given && !slices.Contains(allowed, value) {
		problem("%v is none of %v", value, allowed)
	}
	switch value := value.(type) {
	case string:
		if pattern, given := s["pattern"].(string); given && !regexp.MustCompile(pattern).MatchString(value) {
			problem("%q does not match %s", value, pattern)
		}
		if s["format"] == "date-time" {
			if _, err := time.Parse(time.RFC3339, value); err != nil {
				problem("%v", err)
			}
		}
	case []any:
		if items, given := s["items"]; given {
			for i, element := range value {
				problems = append(problems, d.check(items, element, fmt.Sprintf("%s[%d]", at, i))...)
			}
		}
	case object:
		problems = append(problems, d.checkObject(s, value, at)...)
	}
	return problems
}

func (d *description) checkObject(schema, value object, at string) []string {
	var problems []string
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if _, there := value[fmt.Sprint(name)]; !there {
			problems = append(problems, fmt.Sprintf("%s: %v is missing", at, name))
		}
	}
	properties, _ := schema["properties"].(object)
	for _, name := range slices.Sorted(maps.Keys(value)) {
		property, described := properties[name]
		if !described {
			property = schema["additionalProperties"]
		}
		switch property {
		case false:
			problems = append(problems, fmt.Sprintf("%s: %s is not described", at, name))
		case nil:
		default:
			problems = append(problems, d.check(property, value[name], at+"."+name)...)
		}
	}
	return problems
}

func types(want any) []string {
	list, ok := want.([]any)
	if !ok {
		return []string{fmt.Sprint(want)}
	}
	var names []string
	for _, name := range list {
		names = append(names, fmt.Sprint(name))
	}
	return names
}

func isType(name string, value any) bool {
	switch value := value.(type) {
	case nil:
		return name == "null"
	case string:
		return name == "string"
	case bool:
		return name == "boolean"
	case float64:
		return name == "number" || name == "integer" && value == float64(int64(value))
	case []any:
		return name == "array"
	case object:
		return name == "object"
	}
	return false
}
