package sqlite

import (
	"errors"
	"fmt"
)

// Literals of spans of a trace that come together are packed together, on a sheet: senders name the same attributes for
// each span. Spans that run get blobs of their own, since they are sent again.
const (
	maxSheet       = 24 << 10 // one span is not to cost unpacking much more than that
	maxSharedSheet = 12 << 10 // of a span; larger ones are packed alone
)

// sheet is a row of sheets before it is written.
type sheet struct {
	body    []byte // as packBody gives it
	number  int64  // given by the writer; zero before
	written bool
}

// layOut puts the literals of spans on sheets, and packs those that have none.
func (p *prepared) layOut() {
	byTrace := make([][]*draft, len(p.traces))
	for i := range p.spans {
		s := &p.spans[i]
		if s.span.Running() || len(s.texts.literals) > maxSharedSheet {
			s.texts.pack()
			continue
		}
		byTrace[s.trace] = append(byTrace[s.trace], s.texts)
	}
	for _, drafts := range byTrace {
		for len(drafts) > 0 {
			drafts = drafts[p.fill(drafts):]
		}
	}
}

// fill makes a sheet of the first of some drafts, and says of how many.
func (p *prepared) fill(drafts []*draft) int {
	size, n := 0, 0
	for _, d := range drafts {
		if n > 0 && size+len(d.literals) > maxSheet {
			break
		}
		size += len(d.literals)
		n++
	}
	if n == 1 {
		drafts[0].pack()
		return 1
	}
	s, literals := &sheet{}, p.scratch[:0]
	for _, d := range drafts[:n] {
		d.sheet, d.place = s, len(literals)
		literals = append(literals, d.literals...)
	}
	p.scratch, s.body = literals, packBody(literals)
	p.sheets = append(p.sheets, s)
	return n
}

// number gives a sheet its number in the trace.
func (t *traceState) number(s *sheet) {
	if s != nil && s.number == 0 {
		t.sheets++
		s.number = t.sheets
	}
}

// writeSheet writes a sheet once a span needs it.
func (tx *txn) writeSheet(t *traceState, s *sheet) error {
	if s == nil || s.written {
		return nil
	}
	s.written = true
	_, err := tx.exec("INSERT INTO sheets (trace, sheet, body) VALUES (?, ?, ?)", t.id, s.number, s.body)
	return err
}

// sheetReader reads the sheets of one trace, each once.
type sheetReader struct {
	body func(sheet int64) ([]byte, error)
	read map[int64]string
}

var errNoSheet = errors.New("a stored blob names a sheet that is not there")

func (r *sheetReader) text(sheet int64) (string, error) {
	if text, ok := r.read[sheet]; ok {
		return text, nil
	}
	if r.body == nil {
		return "", errNoSheet
	}
	body, err := r.body(sheet)
	if err != nil {
		return "", err
	}
	if body == nil {
		return "", errNoSheet
	}
	text, err := unpackBody(body)
	if err != nil {
		return "", fmt.Errorf("sheet %d: %w", sheet, err)
	}
	if r.read == nil {
		r.read = make(map[int64]string)
	}
	r.read[sheet] = text
	return text, nil
}

const sheetSQL = "SELECT body FROM sheets WHERE trace = ? AND sheet = ?"

// sheets reads those of a trace one by one.
func (r *snapshot) sheets(trace int64) *sheetReader {
	return &sheetReader{body: func(sheet int64) (body []byte, err error) {
		err = r.query(sheetSQL, []any{trace, sheet}, func(row []any) error {
			body = bytesOf(row[0])
			return nil
		})
		return body, err
	}}
}

// allSheets reads those of a trace at once.
func (r *snapshot) allSheets(trace int64) (*sheetReader, error) {
	all := &sheetReader{read: make(map[int64]string)}
	err := r.query("SELECT sheet, body FROM sheets WHERE trace = ?", []any{trace}, func(row []any) (err error) {
		all.read[intOf(row[0])], err = unpackBody(bytesOf(row[1]))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the sheets: %w", err)
	}
	return all, nil
}

// sheetsOf reads those of a trace one by one.
func (tx *txn) sheetsOf(trace int64) *sheetReader {
	return &sheetReader{body: func(sheet int64) ([]byte, error) {
		row, err := tx.conn.first(sheetSQL, trace, sheet)
		if err != nil || row == nil {
			return nil, err
		}
		return bytesOf(row[0]), nil
	}}
}
