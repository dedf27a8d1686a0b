package otlp

import "fmt"

// spanPath leads from a request to its spans.
var spanPath = [...]int{requestResourceSpans, resourceSpansScopeSpans, scopeSpansSpans}

// editSpans copies an encoded request, but leaves it to edit to write each of its spans. Resources and scopes for which edit
// wrote none are left out.
func (e *encoder) editSpans(data []byte, edit func(span field) error) error {
	if _, err := e.editAlong(spanPath[:], data, edit); err != nil {
		return fmt.Errorf("decode a request of %d bytes: %w", len(data), err)
	}
	return nil
}

// editAlong reports whether anything was written at the end of the path.
func (e *encoder) editAlong(path []int, data []byte, edit func(span field) error) (wrote bool, err error) {
	err = editFields(data, func(f field) error {
		start := len(e.buf)
		switch {
		case !f.holds(path[0]):
			e.copy(f)
		case len(path) == 1:
			if err := edit(f); err != nil {
				return err
			}
			wrote = wrote || len(e.buf) > start
		default:
			m := e.begin(f.number, len(f.content))
			below, err := e.editAlong(path[1:], f.content, edit)
			if err != nil {
				return err
			}
			if below {
				e.end(m)
			} else {
				e.buf = e.buf[:start]
			}
			wrote = wrote || below
		}
		return nil
	})
	return wrote, err
}

// nested writes a nested message field by field.
func (e *encoder) nested(f field, edit func(field) error) error {
	m := e.begin(f.number, len(f.content))
	if err := editFields(f.content, edit); err != nil {
		return err
	}
	e.end(m)
	return nil
}

// copy writes a field as it was read.
func (e *encoder) copy(f field) { e.buf = append(e.buf, f.whole...) }

// editFields hands each field of an encoded message to edit.
func editFields(data []byte, edit func(field) error) error {
	for f, err := range fields(data) {
		if err != nil {
			return err
		}
		if err := edit(f); err != nil {
			return err
		}
	}
	return nil
}
