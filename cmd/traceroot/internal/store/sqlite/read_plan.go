package sqlite

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// plan is how the traces of a query are found. It leads along an index, and what SQL cannot tell is checked afterwards.
//
// The way in is, in this order: a set of traces that is small; the traces of one value, which trace_terms has by start;
// all traces of the window, which traces_start has by start.
type plan struct {
	project     int64
	where       clause   // on traces as t, but for the window and evaluations
	window      clause   // likewise
	sets        []clause // that t.id has to be in, each small
	term        int64    // the traces of this value; 0: none
	checks      []check  // the cheap ones first
	evaluations bool     // they match too
	never       bool     // nothing can match
	sort        order
}

// clause is a part of a condition with its arguments.
type clause struct {
	sql  []string
	args []any
}

func (c *clause) add(sql string, args ...any) {
	c.sql, c.args = append(c.sql, sql), append(c.args, args...)
}

// check tells what SQL cannot. It is asked about one trace at a time.
type check func(row *found) (bool, error)

// maxSet is how many traces are rather looked up one by one than met along the way.
const maxSet = 2000

func (r *snapshot) plan(query store.Query, way search) (*plan, error) {
	p := &plan{project: r.project, evaluations: query.Evaluations}
	if err := p.sort.set(query.Sort); err != nil {
		return nil, err
	}
	if !query.From.IsZero() {
		p.window.add("t.start >= ?", microsUp(query.From))
	}
	if !query.To.IsZero() {
		p.window.add("t.start < ?", microsUp(query.To))
	}
	fewest := int64(-1)
	for _, c := range query.Where {
		if err := r.addCondition(p, c, &fewest); err != nil {
			return nil, err
		}
	}
	for _, w := range query.Words {
		if err := r.addWords(p, w, way); err != nil {
			return nil, fmt.Errorf("search for %q: %w", w.Text, err)
		}
	}
	return p, nil
}

// all reports whether every trace of the window matches that is no evaluation.
func (p *plan) all() bool {
	return !p.never && p.term == 0 && len(p.sets)+len(p.where.sql)+len(p.checks) == 0
}

// ofWindow is the traces of the window, evaluations or all.
func (p *plan) ofWindow(evaluations bool) (from string, c clause) {
	from = "traces AS t INDEXED BY traces_start"
	if evaluations {
		from = "traces AS t INDEXED BY traces_evaluation"
		c.add("t.evaluation = 1")
	}
	c.add("t.project = ?", p.project)
	for i, sql := range p.window.sql {
		c.add(sql, p.window.args[i])
	}
	return from, c
}

func (r *snapshot) addCondition(p *plan, c store.Condition, fewest *int64) error {
	if c.Op != store.OpIn && c.Op != store.OpContains {
		return p.addNumber(c)
	}
	switch c.Field {
	case store.FieldMetadata, store.FieldAttribute:
		return r.addMember(p, c)
	case store.FieldTraceID:
		if c.Op == store.OpIn {
			p.addIDs(c)
			return nil
		}
		p.addText(c, func(f *found) []string { return []string{f.traceID} }, traceIDText)
	case store.FieldAnyID:
		p.addText(c, func(f *found) []string { return []string{f.traceID, f.name, f.session, f.user} },
			traceIDText, "t.name", "t.session_id", "t.user_id")
	case store.FieldName, store.FieldUser, store.FieldSession:
		switch {
		case c.Op == store.OpIn:
			return r.addTerms(p, c, fewest)
		case c.Field == store.FieldName:
			p.addText(c, func(f *found) []string { return []string{f.name} }, "t.name")
		case c.Field == store.FieldUser:
			p.addText(c, func(f *found) []string { return []string{f.user} }, "t.user_id")
		default:
			p.addText(c, func(f *found) []string { return []string{f.session} }, "t.session_id")
		}
	case store.FieldEnvironment, store.FieldStatus, store.FieldAgent, store.FieldTool, store.FieldModel, store.FieldTag,
		store.FieldService, store.FieldVersion:
		return r.addTerms(p, c, fewest)
	default:
		return fmt.Errorf("%s is no field of text", c.Field)
	}
	return nil
}

// addIDs selects traces by their ids.
func (p *plan) addIDs(c store.Condition) {
	args := []any{p.project}
	for _, id := range c.Values {
		args = append(args, idValue(id))
	}
	in := "(SELECT id FROM traces WHERE project = ? AND trace_id IN (" + marks(len(c.Values)) + "))"
	switch {
	case c.Not:
		p.where.add("t.id NOT IN "+in, args...)
	default:
		p.sets = append(p.sets, clause{[]string{"t.id IN " + in}, args})
	}
}

// addTerms selects traces by values that trace_terms has.
func (r *snapshot) addTerms(p *plan, c store.Condition, fewest *int64) error {
	terms, err := r.terms(c)
	if err != nil {
		return err
	}
	if len(terms) == 0 {
		p.never = p.never || !c.Not
		return nil
	}
	list := jsonIDs(terms)
	has := "EXISTS (SELECT 1 FROM trace_terms WHERE term IN (SELECT value FROM json_each(?)) AND start = t.start AND trace = t.id)"
	if c.Not {
		p.where.add("NOT "+has, list)
		return nil
	}
	const ofTerms = "FROM trace_terms WHERE term IN (SELECT value FROM json_each(?))"
	n, err := r.number("SELECT count(*) FROM (SELECT 1 "+ofTerms+" LIMIT ?)", list, maxSet+1)
	if err != nil {
		return err
	}
	if n <= maxSet {
		p.sets = append(p.sets, clause{[]string{"t.id IN (SELECT trace " + ofTerms + ")"}, []any{list}})
		return nil
	}
	p.where.add(has, list)
	if len(terms) == 1 && (*fewest < 0 || n < *fewest) {
		*fewest, p.term = n, terms[0]
	}
	return nil
}

// terms are the ids of the values that a condition means.
func (r *snapshot) terms(c store.Condition) ([]int64, error) {
	var terms []int64
	if c.Op == store.OpIn {
		query := "SELECT id FROM terms WHERE project = ? AND field = ? AND value IN (" + marks(len(c.Values)) + ")"
		args := []any{r.project, string(c.Field)}
		for _, value := range c.Values {
			args = append(args, value)
		}
		return terms, r.query(query, args, func(row []any) error {
			terms = append(terms, intOf(row[0]))
			return nil
		})
	}
	return terms, r.query("SELECT id, value FROM terms WHERE project = ? AND field = ?", []any{r.project, string(c.Field)},
		func(row []any) error {
			if hasPart(textOf(row[1]), c.Values) {
				terms = append(terms, intOf(row[0]))
			}
			return nil
		})
}

// traceIDText is the trace id as text.
const traceIDText = "CASE typeof(t.trace_id) WHEN 'blob' THEN lower(hex(t.trace_id)) ELSE t.trace_id END"

// addText selects traces by some of their columns, which a row has in values. SQL knows the two cases of ASCII alone; what
// has other letters is checked.
func (p *plan) addText(c store.Condition, values func(f *found) []string, columns ...string) {
	if c.Op == store.OpContains && slices.ContainsFunc(c.Values, notASCII) {
		p.checks = append(p.checks, func(f *found) (bool, error) {
			holds := slices.ContainsFunc(values(f), func(value string) bool { return value != "" && hasPart(value, c.Values) })
			return holds != c.Not, nil
		})
		return
	}
	var either clause
	for _, column := range columns {
		for _, value := range c.Values {
			if c.Op == store.OpIn {
				either.add(column+" = ?", value)
			} else {
				either.add(column+` LIKE ? ESCAPE '\'`, "%"+likeEscape.Replace(value)+"%")
			}
		}
	}
	condition := "coalesce(" + strings.Join(either.sql, " OR ") + ", 0)"
	switch {
	case len(either.sql) == 0:
		p.never = p.never || !c.Not
	case c.Not:
		p.where.add("NOT "+condition, either.args...)
	default:
		p.where.add(condition, either.args...)
	}
}

var likeEscape = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

func notASCII(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
}

func hasPart(text string, parts []string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, strings.ToLower(part)) })
}

// numbers are the fields of numbers, as SQL in the field's unit; NULL where it is not known.
var numbers = map[store.Field]string{
	store.FieldDuration:   "CASE WHEN t.status <> 'running' THEN max(t.latest - t.earliest, 0) / 1000 END",
	store.FieldFirstToken: "nullif(t.first_token, 0) / 1000000",
	store.FieldCost:       "t.cost / 1e9",
	store.FieldTokens:     "t.input_tokens + t.output_tokens",
	store.FieldErrors:     "t.errors",
	store.FieldSpans:      "t.spans",
}

var operators = map[store.Op]string{
	store.OpEqual: "=", store.OpGreater: ">", store.OpAtLeast: ">=", store.OpLess: "<", store.OpAtMost: "<=",
}

func (p *plan) addNumber(c store.Condition) error {
	number, operator := numbers[c.Field], operators[c.Op]
	switch {
	case operator == "":
		return fmt.Errorf("%q is no operator", c.Op)
	case number == "":
		return fmt.Errorf("%s is no field of numbers", c.Field)
	}
	condition := fmt.Sprintf("coalesce(%s %s ?, 0)", number, operator)
	if c.Not {
		condition = "NOT " + condition
	}
	p.where.add(condition, c.Number)
	return nil
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }
