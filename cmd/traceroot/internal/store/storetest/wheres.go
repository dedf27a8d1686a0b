package storetest

import (
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// zoo writes traces of which no two are alike:
//
//	1 ok         ann  s1  prod  gpt-4o   100+20 tokens  $0.003
//	2 failed     bob  s2  dev   tiny       5+5 tokens, no price
//	3 recovered  ann  s1  prod  gpt-4o, a tool that failed
//	4 running    –    –   –     no model
//	5 evaluation
//	6 ok         ANN_b, nothing else; 60 s
func zoo(t *testing.T, s store.Store) {
	t.Helper()
	env := func(env string) func(*store.Batch) {
		return func(b *store.Batch) {
			b.Traces[0].Environment = env
			for i := range b.Spans {
				b.Spans[i].Environment = env
			}
		}
	}
	one := run(1, asked("gpt-4o", 100, 20, 3_000_000), inSession("ann", "s1"), env("prod"))
	one.Traces[0].Name, one.Traces[0].Tags, one.Traces[0].Metadata = "Plan trip", []string{"vip"}, `{"plan":"pro","seats":3}`
	one.Spans[0].Name, one.Spans[0].Metadata, one.Spans[0].Tags = "planner", `{"step":"1","nested":{"a":1}}`, []string{"beta"}
	one.Spans[1].TimeToFirstToken, one.Spans[1].Service, one.Spans[1].Version = 250*time.Millisecond, "api", "1.2"
	one.Spans[1].Payload.Attributes = `{"http.method":"GET","retries":2,"stop":["a"],"url":"https://example.com/x?y=1"}`
	two := run(2, asked("tiny", 5, 5, -1), inSession("bob", "s2"), env("dev"), fail(0, "boom"), fail(2, "boom"), lasting(5500*time.Millisecond))
	two.Spans[0].Name, two.Spans[2].Name, two.Spans[2].Service = "writer", "fetch_page", "worker"
	two.Spans[2].Payload.Attributes = `{"http.method":"POST"}`
	three := run(3, asked("gpt-4o", 10, 0, 0), inSession("ann", "s1"), env("prod"), fail(2, "timeout"))
	three.Spans[0].Name = "planner"
	four := run(4, open(0))
	five := run(5, inSession("ann", "s1"), func(b *store.Batch) { b.Traces[0].IsEvaluation, b.Spans[0].Kind = true, store.KindEvaluation })
	six := run(6, lasting(time.Minute), inSession("ANN_b", ""))
	write(t, s, one, two, three, four, five, six)
	writeTo(t, s, "other", run(7, inSession("ann", "s1")))
}

func in(field store.Field, values ...string) store.Condition {
	return store.Condition{Field: field, Op: store.OpIn, Values: values}
}

func has(field store.Field, values ...string) store.Condition {
	return store.Condition{Field: field, Op: store.OpContains, Values: values}
}

func number(field store.Field, op store.Op, n float64) store.Condition {
	return store.Condition{Field: field, Op: op, Number: n}
}

func not(c store.Condition) store.Condition {
	c.Not = true
	return c
}

func keyed(c store.Condition, key string) store.Condition {
	c.Key = key
	return c
}

func (s suite) TestWhere(t *testing.T) {
	zoo(t, s)
	for _, tt := range []struct {
		name  string
		where []store.Condition
		want  []int
	}{
		{"everything", nil, []int{6, 4, 3, 2, 1}},
		{"trace id", []store.Condition{in(store.FieldTraceID, traceID(2), traceID(4), "x")}, []int{4, 2}},
		{"part of a trace id", []store.Condition{has(store.FieldTraceID, "0003")}, []int{3}},
		{"name", []store.Condition{in(store.FieldName, "Plan trip")}, []int{1}},
		{"name in another case is another", []store.Condition{in(store.FieldName, "plan trip")}, nil},
		{"rest-11 part of a name in any case", []store.Condition{has(store.FieldName, "LAN t")}, []int{1}},
		{"percent and underscore are themselves", []store.Condition{has(store.FieldName, "%", "_")}, nil},
		{"user", []store.Condition{in(store.FieldUser, "ann")}, []int{3, 1}},
		{"part of a user", []store.Condition{has(store.FieldUser, "ann_")}, []int{6}},
		{"one of two users", []store.Condition{in(store.FieldUser, "ann", "bob")}, []int{3, 2, 1}},
		{"not a user", []store.Condition{not(in(store.FieldUser, "ann"))}, []int{6, 4, 2}},
		{"session", []store.Condition{in(store.FieldSession, "s1")}, []int{3, 1}},
		{"environment", []store.Condition{in(store.FieldEnvironment, "prod")}, []int{3, 1}},
		{"running", []store.Condition{in(store.FieldStatus, "running")}, []int{4}},
		{"failed or recovered", []store.Condition{in(store.FieldStatus, "failed", "recovered")}, []int{3, 2}},
		{"not ok", []store.Condition{not(in(store.FieldStatus, "ok"))}, []int{4, 3, 2}},
		{"agent", []store.Condition{in(store.FieldAgent, "planner")}, []int{3, 1}},
		{"tool", []store.Condition{in(store.FieldTool, "fetch_page")}, []int{2}},
		{"part of a tool", []store.Condition{has(store.FieldTool, "FETCH")}, []int{2}},
		{"a tool is no agent", []store.Condition{in(store.FieldAgent, "lookup")}, nil},
		{"model", []store.Condition{in(store.FieldModel, "gpt-4o")}, []int{3, 1}},
		{"neither of two models", []store.Condition{not(in(store.FieldModel, "gpt-4o", "tiny"))}, []int{6, 4}},
		{"tag of the trace", []store.Condition{in(store.FieldTag, "vip")}, []int{1}},
		{"tag of a span", []store.Condition{in(store.FieldTag, "beta")}, []int{1}},
		{"service", []store.Condition{in(store.FieldService, "api", "worker")}, []int{2, 1}},
		{"version", []store.Condition{in(store.FieldVersion, "1.2")}, []int{1}},
		{"metadata of the trace", []store.Condition{keyed(in(store.FieldMetadata, "pro"), "plan")}, []int{1}},
		{"metadata that is a number", []store.Condition{keyed(in(store.FieldMetadata, "3"), "seats")}, []int{1}},
		{"metadata of a span", []store.Condition{keyed(in(store.FieldMetadata, "1"), "step")}, []int{1}},
		{"part of metadata", []store.Condition{keyed(has(store.FieldMetadata, "PR"), "plan")}, []int{1}},
		{"metadata of another key", []store.Condition{keyed(in(store.FieldMetadata, "pro"), "step")}, nil},
		{"attribute", []store.Condition{keyed(in(store.FieldAttribute, "GET"), "http.method")}, []int{1}},
		{"attribute that is a number", []store.Condition{keyed(in(store.FieldAttribute, "2"), "retries")}, []int{1}},
		{"attribute with a value of many signs", []store.Condition{keyed(in(store.FieldAttribute, "https://example.com/x?y=1"), "url")}, []int{1}},
		{"part of an attribute", []store.Condition{keyed(has(store.FieldAttribute, "os"), "http.method")}, []int{2}},
		{"not an attribute", []store.Condition{not(keyed(in(store.FieldAttribute, "GET"), "http.method"))}, []int{6, 4, 3, 2}},
		{"any id", []store.Condition{has(store.FieldAnyID, "S1", "nn_B")}, []int{6, 3, 1}},
		{"any id, the trace's", []store.Condition{has(store.FieldAnyID, traceID(4))}, []int{4}},
		{"slower than", []store.Condition{number(store.FieldDuration, store.OpGreater, 10_000)}, []int{6}},
		{"at least as slow as", []store.Condition{number(store.FieldDuration, store.OpAtLeast, 10_000)}, []int{6, 3, 1}},
		{"faster than", []store.Condition{number(store.FieldDuration, store.OpLess, 10_000)}, []int{2}},
		{"as slow as", []store.Condition{number(store.FieldDuration, store.OpEqual, 5500)}, []int{2}},
		{"not slower than, or not known", []store.Condition{not(number(store.FieldDuration, store.OpGreater, 10_000))}, []int{4, 3, 2, 1}},
		{"first token", []store.Condition{number(store.FieldFirstToken, store.OpAtMost, 250)}, []int{1}},
		{"cost", []store.Condition{number(store.FieldCost, store.OpAtLeast, 0.003)}, []int{1}},
		{"no cost", []store.Condition{number(store.FieldCost, store.OpEqual, 0)}, []int{6, 4, 3, 2}},
		{"tokens", []store.Condition{number(store.FieldTokens, store.OpGreater, 9), number(store.FieldTokens, store.OpLess, 120)}, []int{3, 2}},
		{"errors", []store.Condition{number(store.FieldErrors, store.OpAtLeast, 1)}, []int{3, 2}},
		{"spans", []store.Condition{number(store.FieldSpans, store.OpEqual, 3)}, []int{6, 4, 3, 2, 1}},
		{
			"rest-12 all have to hold",
			[]store.Condition{in(store.FieldUser, "ann"), in(store.FieldModel, "gpt-4o"), not(in(store.FieldStatus, "ok")), number(store.FieldTokens, store.OpLess, 50)},
			[]int{3},
		},
		{"twice the same field", []store.Condition{in(store.FieldTag, "vip"), in(store.FieldTag, "beta")}, []int{1}},
		{"nothing of it", []store.Condition{in(store.FieldUser, "nobody")}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantList(t, s, store.Query{Where: tt.where}, tt.want...)
			if total := list(t, s, store.Query{Where: tt.where, Total: true, Limit: 1}).Total; total != len(tt.want) {
				t.Errorf("Total = %d, want %d", total, len(tt.want))
			}
		})
	}
	t.Run("rest-24 evaluations are hidden unless asked for", func(t *testing.T) {
		wantList(t, s, store.Query{Evaluations: true}, 6, 5, 4, 3, 2, 1)
		wantList(t, s, store.Query{Evaluations: true, Where: []store.Condition{in(store.FieldUser, "ann")}}, 5, 3, 1)
	})
	t.Run("rest-05 the window's start is inside and its end is not", func(t *testing.T) {
		wantList(t, s, store.Query{From: at(2), To: at(4)}, 3, 2)
		wantList(t, s, store.Query{From: at(2), To: at(4), Where: []store.Condition{in(store.FieldUser, "ann")}}, 3)
		wantList(t, s, store.Query{From: at(2), To: at(4), Where: []store.Condition{not(in(store.FieldUser, "ann"))}}, 2)
	})
}

// TestWhereAfterChange looks for values that a trace no longer has.
func (s suite) TestWhereAfterChange(t *testing.T) {
	first := run(1, asked("gpt-4o", 1, 1, 1), inSession("ann", "s1"), fail(0, "x"))
	first.Spans[2].Name, first.Spans[2].Payload.Attributes, first.Spans[2].Metadata = "old", `{"k":"old"}`, `{"m":"old"}`
	write(t, s, first)
	second := run(1, asked("tiny", 1, 1, 1), inSession("bob", "s2"))
	second.Traces[0].Start = at(2)
	second.Spans[2].Name, second.Spans[2].Payload.Attributes, second.Spans[2].Metadata = "new", `{"k":"new"}`, `{"m":"new"}`
	write(t, s, second)
	for _, c := range []store.Condition{
		in(store.FieldUser, "ann"), in(store.FieldSession, "s1"), in(store.FieldModel, "gpt-4o"), in(store.FieldTool, "old"),
		in(store.FieldStatus, "failed"), keyed(in(store.FieldAttribute, "old"), "k"), keyed(in(store.FieldMetadata, "old"), "m"),
	} {
		wantList(t, s, store.Query{Where: []store.Condition{c}})
		wantList(t, s, store.Query{Where: []store.Condition{not(c)}}, 1)
	}
	for _, c := range []store.Condition{
		in(store.FieldUser, "bob"), in(store.FieldSession, "s2"), in(store.FieldModel, "tiny"), in(store.FieldTool, "new"),
		in(store.FieldStatus, "ok"), keyed(in(store.FieldAttribute, "new"), "k"), keyed(in(store.FieldMetadata, "new"), "m"),
	} {
		wantList(t, s, store.Query{Where: []store.Condition{c}}, 1)
		wantList(t, s, store.Query{Where: []store.Condition{c}, From: at(2)}, 1)
		wantList(t, s, store.Query{Where: []store.Condition{c}, To: at(2)})
	}
}

func (s suite) TestWindow(t *testing.T) {
	write(t, s, run(1), run(2), run(3))
	wantList(t, s, store.Query{From: at(2).Add(1000)}, 3)
	wantList(t, s, store.Query{To: at(2)}, 1)
	wantList(t, s, store.Query{From: at(3), To: at(1)})
	page := list(t, s, store.Query{From: at(2), Limit: 1, Total: true})
	same(t, "total", page.Total, 2)
}

// TestWhereLetters looks for parts that differ in case, in letters that some engines fold and others do not.
func (s suite) TestWhereLetters(t *testing.T) {
	write(t, s, run(1, inSession("Ünal_100%", "Straße")), run(2, inSession(`back\slash`, "ΩMEGA")))
	for _, tt := range []struct {
		condition store.Condition
		want      []int
	}{
		{has(store.FieldUser, "üNA"), []int{1}},
		{has(store.FieldUser, "_100%"), []int{1}},
		{has(store.FieldUser, `K\\S`), nil},
		{has(store.FieldUser, `K\S`), []int{2}},
		{has(store.FieldSession, "ωmega", "nobody"), []int{2}},
		{not(has(store.FieldAnyID, "ωm")), []int{1}},
		{has(store.FieldSession, "STRA"), []int{1}},
		{in(store.FieldUser, "ünal_100%"), nil},
		{in(store.FieldAnyID, "Straße"), []int{1}},
		{in(store.FieldAnyID), nil},
		{not(in(store.FieldAnyID)), []int{2, 1}},
		{in(store.FieldTraceID), nil},
		{not(in(store.FieldTraceID)), []int{2, 1}},
		{in(store.FieldUser), nil},
	} {
		wantList(t, s, store.Query{Where: []store.Condition{tt.condition}, Total: true}, tt.want...)
	}
}

func (s suite) TestMistakes(t *testing.T) {
	write(t, s, run(1))
	for _, query := range []store.Query{
		{Where: []store.Condition{in("nonsense", "x")}},
		{Where: []store.Condition{in(store.FieldCost, "x")}},
		{Where: []store.Condition{number(store.FieldUser, store.OpGreater, 1)}},
		{Where: []store.Condition{number(store.FieldCost, "nonsense", 1)}},
		{Sort: store.Sort{By: store.FieldUser}},
	} {
		if _, err := s.Traces(t.Context(), project, query); err == nil {
			t.Errorf("Traces(%+v) is no error", query)
		}
	}
	if _, err := s.Metrics(t.Context(), project, store.MetricsQuery{By: "nonsense"}); err == nil {
		t.Error("Metrics by nonsense is no error")
	}
}
