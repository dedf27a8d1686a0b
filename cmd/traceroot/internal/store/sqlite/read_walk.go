package sqlite

import (
	"fmt"
	"strings"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// order is the order of a list.
type order struct {
	number    string // SQL of what is sorted by; empty: the start
	ascending bool
}

func (o *order) set(sort store.Sort) error {
	o.ascending = sort.Ascending
	switch sort.By {
	case "", store.FieldStart:
	case store.FieldDuration:
		o.number = "CASE WHEN t.status <> 'running' THEN max(t.latest - t.earliest, 0) ELSE -1 END"
	case store.FieldFirstToken:
		o.number = "t.first_token"
	case store.FieldCost:
		o.number = "t.cost"
	default:
		if o.number = numbers[sort.By]; o.number == "" {
			return fmt.Errorf("%s is no field of numbers", sort.By)
		}
	}
	return nil
}

// spot is where a row stands in a list.
type spot struct {
	Number int64 `json:"n,omitempty"`
	Start  int64 `json:"s"`
	ID     int64 `json:"i"`
}

// found is a trace on the way.
type found struct {
	spot
	traceID, name, user, session string // only where the plan has checks
}

// from is the way in and what holds of all traces on it. Start and id are the columns that have the order.
func (p *plan) from() (from, start, id string, c clause) {
	start, id = "t.start", "t.id"
	switch {
	case len(p.sets) > 0:
		from = "traces AS t"
		c.add("+t.project = ?", p.project)
		for _, set := range p.sets {
			c.add(set.sql[0], set.args...)
		}
		for i, sql := range p.window.sql {
			c.add("+"+sql, p.window.args[i])
		}
	case p.term != 0:
		from, start, id = "trace_terms AS d CROSS JOIN traces AS t ON t.id = d.trace", "d.start", "d.trace"
		c.add("d.term = ?", p.term)
		for i, sql := range p.window.sql {
			c.add("d."+strings.TrimPrefix(sql, "t."), p.window.args[i])
		}
	default:
		from, c = p.ofWindow(false)
	}
	if !p.evaluations {
		c.add("t.evaluation = 0")
	}
	c.sql, c.args = append(c.sql, p.where.sql...), append(c.args, p.where.args...)
	return from, start, id, c
}

// batches is how many rows are read at once, at first and at most.
const (
	firstBatch = 64
	maxBatch   = 4096
)

// walk calls each with the traces that match, in order, those after a place, until it returns errEnough.
func (r *snapshot) walk(p *plan, after *spot, wanted int, each func(f *found) error) error {
	if p.never || r.project == 0 {
		return nil
	}
	size := wanted
	if len(p.checks) > 0 {
		size = max(size, firstBatch)
	}
	for {
		batch, err := r.batch(p, after, size)
		if err != nil {
			return err
		}
		for i := range batch {
			ok, err := p.holds(&batch[i])
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			if err := each(&batch[i]); err != nil {
				return err
			}
		}
		if len(batch) < size {
			return nil
		}
		after = &batch[len(batch)-1].spot
		size = min(2*size, maxBatch)
	}
}

func (p *plan) holds(f *found) (bool, error) {
	for _, holds := range p.checks {
		if ok, err := holds(f); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// batch reads the next traces on the way.
func (r *snapshot) batch(p *plan, after *spot, size int) ([]found, error) {
	from, start, id, c := p.from()
	number, by := "0", fmt.Sprintf("%s DESC, %s DESC", start, id)
	switch {
	case p.sort.number != "":
		number = p.sort.number
		by = "n DESC, " + by
		beyond := fmt.Sprintf("(%s, %s, %s) < (?, ?, ?)", number, start, id)
		if p.sort.ascending {
			by = "n, " + by[len("n DESC, "):]
			beyond = fmt.Sprintf("(-(%s), %s, %s) < (-?, ?, ?)", number, start, id)
		}
		if after != nil {
			c.add(beyond, after.Number, after.Start, after.ID)
		}
	case p.sort.ascending:
		by = fmt.Sprintf("%s, %s", start, id)
		if after != nil {
			c.add(fmt.Sprintf("(%s, %s) > (?, ?)", start, id), after.Start, after.ID)
		}
	case after != nil:
		c.add(fmt.Sprintf("(%s, %s) < (?, ?)", start, id), after.Start, after.ID)
	}
	columns, count := number+" AS n, "+start+", "+id, 3
	if len(p.checks) > 0 {
		columns, count = columns+", t.trace_id, t.name, t.user_id, t.session_id", 7
	}
	query := fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT ?", columns, from, strings.Join(c.sql, " AND "), by)
	var batch []found
	err := r.query(query, append(c.args, size), func(row []any) error {
		f := found{spot: spot{intOf(row[0]), intOf(row[1]), intOf(row[2])}}
		if count > 3 {
			f.traceID, f.name, f.user, f.session = idText(row[3]), textOf(row[4]), textOf(row[5]), textOf(row[6])
		}
		batch = append(batch, f)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list traces: %w", err)
	}
	return batch, nil
}

// count is how many traces match.
func (r *snapshot) count(p *plan) (int, error) {
	if p.never || r.project == 0 {
		return 0, nil
	}
	if len(p.checks) > 0 {
		n := 0
		err := r.walk(p, nil, maxBatch, func(*found) error {
			n++
			return nil
		})
		return n, err
	}
	from, _, _, c := p.from()
	if p.all() { // indices tell, without a look at the traces
		from, c = p.ofWindow(false)
	}
	n, err := r.countIn(from, c)
	if err != nil || !p.all() || p.evaluations {
		return n, err
	}
	evaluations, err := r.countIn(p.ofWindow(true))
	return n - evaluations, err
}

func (r *snapshot) countIn(from string, c clause) (int, error) {
	n, err := r.number("SELECT count(*) FROM "+from+" WHERE "+strings.Join(c.sql, " AND "), c.args...)
	if err != nil {
		return 0, fmt.Errorf("count traces: %w", err)
	}
	return int(n), nil
}
