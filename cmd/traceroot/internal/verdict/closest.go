package verdict

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of the search for what is close to a value.
const (
	maxClosest   = 64      // characters of a value
	maxWordCount = 6       // words of a value
	maxCompared  = 400_000 // words of a context, the last ones
)

// word is a word of a text: its bytes from at to end.
type word struct{ text, at, end int }

// near is a text in context that is almost a value.
type near struct {
	text     string
	in       origin
	at       int
	distance int
	odd      []int // characters of the value that text has not
	same     bool  // both are of one length
}

// closest is what in context is nearest to a value, the latest where several are; nil where nothing is near.
func (c *shown) closest(value scalar) *near {
	wanted := strings.Join(split(value.text), " ")
	count := strings.Count(wanted, " ") + 1
	length := utf8.RuneCountInString(wanted)
	limit := allowed(wanted, length)
	if length < minValue+1 || length > maxClosest || count > maxWordCount || limit == 0 {
		return nil
	}
	a := []rune(strings.ToLower(wanted))
	var best *near
	var d distances
	compared := 0
	for _, m := range slices.Backward(c.messages) {
		if m.role == "assistant" {
			continue
		}
		for n, w := range slices.Backward(m.wordsOf()) {
			if compared++; compared > maxCompared {
				return best
			}
			last := n + count - 1
			if last >= len(m.words) || m.words[last].text != w.text {
				continue
			}
			from, end := w.at, m.words[last].end
			text := m.texts[w.text].text[from:end]
			if len(text) > 4*maxClosest || abs(utf8.RuneCountInString(text)-length) > limit {
				continue
			}
			b := []rune(strings.ToLower(text))
			if distance := d.between(a, b, limit); distance <= limit && distance > 0 {
				best = &near{text: text, in: origin{m, w.text}, at: from, distance: distance, same: len(a) == len(b)}
				limit = distance - 1
				if limit == 0 {
					best.odd = odd(value.text, text)
					return best
				}
			}
		}
	}
	if best != nil {
		best.odd = odd(value.text, best.text)
	}
	return best
}

// allowed is how many characters may differ: fewer in digits, where any number is near some other.
func allowed(value string, length int) int {
	onlyDigits := !strings.ContainsFunc(value, unicode.IsLetter)
	switch {
	case length < 6, length <= 12 && onlyDigits:
		return 1
	case length <= 12 || onlyDigits:
		return 2
	}
	return 3
}

// tells reports whether a value is likely to be meant as what it is near to: not its plural, nor a date nearby.
func (n *near) tells(value scalar) bool {
	if moment(value.text) || value.number && round(value.text) {
		return false
	}
	if strings.ContainsAny(value.text, "0123456789@_") {
		return true
	}
	return n.same && utf8.RuneCountInString(value.text) >= 5
}

// wordsOf splits the texts of a message once.
func (m *message) wordsOf() []word {
	if m.words == nil {
		m.words = []word{}
		for i := range m.texts {
			if !m.texts[i].reasoning {
				m.addWords(i)
			}
		}
	}
	return m.words
}

func (m *message) addWords(i int) {
	text := m.texts[i].text
	start := -1
	for at, r := range text {
		if parts(r) {
			m.addWord(i, start, at)
			start = -1
		} else if start < 0 {
			start = at
		}
	}
	m.addWord(i, start, len(text))
}

func (m *message) addWord(i, start, end int) {
	if start < 0 || len(m.words) == maxCompared {
		return
	}
	trimmed := strings.TrimRight(m.texts[i].text[start:end], ".!?")
	if trimmed != "" {
		m.words = append(m.words, word{i, start, start + len(trimmed)})
	}
}

func split(text string) []string {
	var words []string
	for _, w := range strings.FieldsFunc(text, parts) {
		if w = strings.TrimRight(w, ".!?"); w != "" {
			words = append(words, w)
		}
	}
	return words
}

// parts reports whether a character stands between words. The characters of ids, paths and addresses do not.
func parts(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("\"'`,;:()[]{}<>=|\\", r)
}

// distances computes how many characters have to be replaced, added, dropped or swapped with the next.
type distances struct{ rows [3][]int }

// between is the distance of two texts, or more than limit.
func (d *distances) between(a, b []rune, limit int) int {
	for i := range d.rows {
		d.rows[i] = slices.Grow(d.rows[i][:0], len(b)+1)[:len(b)+1]
	}
	before, last, row := d.rows[0], d.rows[1], d.rows[2]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// odd is the characters of a that b has not at that place, found from both ends.
func odd(a, b string) []int {
	x, y := []rune(a), []rune(b)
	head := 0
	for head < min(len(x), len(y)) && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < min(len(x), len(y))-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	var found []int
	for i := head; i < len(x)-tail; i++ {
		if len(x) != len(y) || x[i] != y[i] {
			found = append(found, i)
		}
	}
	if found == nil && len(x) > 0 { // Something is missing: the character after it, or the last one, shows where.
		found = []int{min(head, len(x)-1)}
	}
	return found
}

func abs(n int) int { return max(n, -n) }
