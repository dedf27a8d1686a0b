package llmhttp

// A walk finds the leaves of a value in the bytes that it was decoded from.
type walk struct {
	raw    []byte
	at     int
	leaves []leaf
}

// value is false for one that was not kept as a whole.
func (w *walk) value(v *value) bool {
	w.space()
	switch v.kind {
	case objectKind:
		return w.list(v, '{', '}')
	case arrayKind:
		return w.list(v, '[', ']')
	case textKind:
		from, ok := w.text()
		return ok && v.items == nil && w.leaf(v, from, w.at-1)
	default:
		from := w.at
		for w.at < len(w.raw) && isLiteral(w.raw[w.at]) {
			w.at++
		}
		return v.kind != numberKind || w.leaf(v, from, w.at)
	}
}

func (w *walk) leaf(v *value, from, to int) bool {
	w.leaves = append(w.leaves, leaf{at: v, from: from, to: to})
	return len(w.leaves) <= maxLeaves && (from < to || v.kind == textKind)
}

func (w *walk) list(v *value, open, closing byte) bool {
	if v.size != len(v.items) || !w.mark(open) {
		return false
	}
	for i := range v.items {
		if i > 0 && !w.mark(',') {
			return false
		}
		if v.kind == objectKind {
			if _, ok := w.text(); !ok || !w.mark(':') {
				return false
			}
		}
		if !w.value(&v.items[i]) {
			return false
		}
	}
	return w.mark(closing)
}

// text reads a text and gives the place behind its first quote.
func (w *walk) text() (from int, ok bool) {
	if !w.mark('"') {
		return 0, false
	}
	from = w.at
	for ; w.at < len(w.raw); w.at++ {
		switch w.raw[w.at] {
		case '\\':
			w.at++
		case '"':
			w.at++
			return from, true
		}
	}
	return 0, false
}

func (w *walk) mark(c byte) bool {
	w.space()
	if w.at == len(w.raw) || w.raw[w.at] != c {
		return false
	}
	w.at++
	return true
}

func (w *walk) space() {
	for w.at < len(w.raw) && isSpace(w.raw[w.at]) {
		w.at++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
