package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// counted are the fields that traces can be counted by: those of terms.
var counted = []store.Field{
	store.FieldName, store.FieldUser, store.FieldSession, store.FieldEnvironment, store.FieldStatus, store.FieldAgent,
	store.FieldTool, store.FieldModel, store.FieldTag, store.FieldService, store.FieldVersion,
}

// Facets counts the traces that match by the values of each field.
func (s *Store) Facets(ctx context.Context, project string, query store.Query, fields []store.Field, limit int) (map[store.Field][]store.Count, error) {
	facets := map[store.Field][]store.Count{}
	err := s.searching(ctx, project, &query, func(r *snapshot) error {
		query.Sort = store.Sort{}
		p, err := r.plan(query, byIndex)
		if err != nil {
			return err
		}
		among, err := r.among(p)
		if err != nil {
			return err
		}
		for _, field := range fields {
			if !slices.Contains(counted, field) {
				return fmt.Errorf("traces cannot be counted by %s", field)
			}
			if facets[field], err = r.facet(p, field, among, limit); err != nil {
				return fmt.Errorf("count by %s: %w", field, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return facets, nil
}

// among is what holds of the rows of trace_terms as x in the window whose traces match.
func (r *snapshot) among(p *plan) (c clause, err error) {
	switch {
	case !p.all():
		list, err := r.matching(p)
		if err != nil {
			return c, err
		}
		c.add("x.trace IN (SELECT value FROM json_each(?))", list)
	case !p.evaluations:
		from, evaluations := p.ofWindow(true)
		c.add("x.trace NOT IN (SELECT t.id FROM "+from+" WHERE "+strings.Join(evaluations.sql, " AND ")+")", evaluations.args...)
	}
	return c, nil
}

// matching are the ids of the traces that match, for json_each.
func (r *snapshot) matching(p *plan) (list string, err error) {
	if p.never || len(p.checks) > 0 {
		var ids []int64
		err = r.walk(p, nil, maxBatch, func(f *found) error {
			ids = append(ids, f.ID)
			return nil
		})
		return jsonIDs(ids), err
	}
	from, _, _, c := p.from()
	err = r.query("SELECT json_group_array(t.id) FROM "+from+" WHERE "+strings.Join(c.sql, " AND "), c.args,
		func(row []any) error {
			list = textOf(row[0])
			return nil
		})
	return list, err
}

func (r *snapshot) facet(p *plan, field store.Field, among clause, limit int) ([]store.Count, error) {
	c := clause{}
	c.add("v.project = ?", r.project)
	c.add("v.field = ?", string(field))
	for i, sql := range p.window.sql {
		c.add("x."+strings.TrimPrefix(sql, "t."), p.window.args[i])
	}
	c.sql, c.args = append(c.sql, among.sql...), append(c.args, among.args...)
	return r.counts("SELECT v.value, count(*) AS n FROM terms AS v CROSS JOIN trace_terms AS x ON x.term = v.id WHERE "+
		strings.Join(c.sql, " AND ")+" GROUP BY v.id ORDER BY n DESC, v.value LIMIT ?", append(c.args, limit)...)
}

func (r *snapshot) counts(query string, args ...any) ([]store.Count, error) {
	var counts []store.Count
	err := r.query(query, args, func(row []any) error {
		counts = append(counts, store.Count{Value: textOf(row[0]), Count: int(intOf(row[1]))})
		return nil
	})
	return counts, err
}

// SpanValues counts the spans of a window by model or environment.
func (s *Store) SpanValues(ctx context.Context, project string, field store.Field, from, to time.Time, limit int) ([]store.Count, error) {
	columns := map[store.Field]string{store.FieldModel: "model", store.FieldEnvironment: "environment"}
	column := columns[field]
	if column == "" {
		return nil, fmt.Errorf("spans cannot be counted by %s", field)
	}
	var counts []store.Count
	err := s.snapshot(ctx, project, func(r *snapshot) (err error) {
		c := clause{}
		c.add("project = ?", r.project)
		if !from.IsZero() {
			c.add("start >= ?", microsUp(from))
		}
		if !to.IsZero() {
			c.add("start < ?", microsUp(to))
		}
		c.add(column + " IS NOT NULL")
		counts, err = r.counts("SELECT "+column+", count(*) AS n FROM spans INDEXED BY spans_start WHERE "+
			strings.Join(c.sql, " AND ")+" GROUP BY 1 ORDER BY n DESC, 1 LIMIT ?", append(c.args, limit)...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count spans by %s: %w", field, err)
	}
	return counts, nil
}

// dimensions are those that rollups has.
var dimensions = []store.Dimension{
	store.ByNothing, store.ByModel, store.ByTool, store.ByAgent, store.ByUser, store.ByEnvironment, store.ByTag,
}

// Metrics are the hours of a dimension.
func (s *Store) Metrics(ctx context.Context, project string, query store.MetricsQuery) ([]store.Metric, error) {
	if !slices.Contains(dimensions, query.By) {
		return nil, fmt.Errorf("%q is no dimension", query.By)
	}
	steps := steps{of: map[stepKey]*store.Metric{}, length: max(query.Step, time.Hour)}
	err := s.snapshot(ctx, project, func(r *snapshot) error {
		c := clause{}
		c.add("project = ?", r.project)
		c.add("dimension = ?", string(query.By))
		if !query.From.IsZero() {
			c.add("hour >= ?", hourOf(query.From))
		}
		if !query.To.IsZero() {
			c.add("hour < ?", hourOf(query.To.Add(time.Hour-1)))
		}
		return r.query(`SELECT hour, value, count, errors, recovered, input_tokens, output_tokens, cache_read, cost, unpriced,
			latency, first_token FROM rollups WHERE `+strings.Join(c.sql, " AND "), c.args, steps.addHour)
	})
	if err != nil {
		return nil, fmt.Errorf("read the metrics by %s: %w", query.By, err)
	}
	return steps.sorted(), nil
}

// Seq is that of the last change.
func (s *Store) Seq(ctx context.Context) (seq int64, err error) {
	err = s.snapshot(ctx, "", func(r *snapshot) error {
		seq, err = r.number("SELECT seq FROM counters WHERE only = 1")
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read the number of changes: %w", err)
	}
	return seq, nil
}

// Changes are the changes after a seq.
func (s *Store) Changes(ctx context.Context, project string, after int64, limit int) ([]store.Change, error) {
	var changes []store.Change
	err := s.snapshot(ctx, project, func(r *snapshot) error {
		for _, query := range []string{
			"SELECT seq, trace_id, 0 FROM traces INDEXED BY traces_seq WHERE seq > ? AND project = ? ORDER BY seq LIMIT ?",
			`SELECT seq, trace_id, 1 FROM deletions AS d WHERE seq > ? AND project = ? AND NOT EXISTS
				(SELECT 1 FROM traces AS t WHERE t.project = d.project AND t.trace_id = d.trace_id) ORDER BY seq LIMIT ?`,
		} {
			err := r.query(query, []any{after, r.project, limit}, func(row []any) error {
				changes = append(changes, store.Change{Seq: intOf(row[0]), TraceID: idText(row[1]), Deleted: intOf(row[2]) != 0})
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the changes: %w", err)
	}
	slices.SortFunc(changes, func(a, b store.Change) int { return int(a.Seq - b.Seq) })
	return lastOfEach(changes[:min(limit, len(changes))]), nil
}

// lastOfEach leaves out what a later change of the same trace makes moot.
func lastOfEach(changes []store.Change) []store.Change {
	last := make(map[string]int64, len(changes))
	for _, c := range changes {
		last[c.TraceID] = c.Seq
	}
	return slices.DeleteFunc(changes, func(c store.Change) bool { return c.Seq != last[c.TraceID] })
}
