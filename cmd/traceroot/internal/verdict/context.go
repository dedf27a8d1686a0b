package verdict

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// shown is what a model call was shown.
type shown struct {
	messages []*message
	whole    bool   // all of it is known, as text
	tools    string // the tools offered, as JSON

	numbers map[string]spot // in one form; filled when first needed
}

// Marks of what an SDK, or its user, took out of a text.
var takenOut = []string{"‹masked", "[masked", "[REDACTED", "[redacted", "[truncated", "…[", "<truncated"}

// context is what a model call was shown, its own earlier tool calls and thoughts aside: what it wrote there it had not
// been told.
func (t *Trace) context(i int) *shown {
	in, _ := t.sent(i)
	c := &shown{whole: !strings.Contains(t.spans[i].Payload.Attributes, `.truncated"`), tools: t.spans[i].Payload.Tools}
	asked := false
	for _, sent := range in {
		m := t.message(sent)
		c.messages = append(c.messages, m)
		asked = asked || m.role == "user"
		c.whole = c.whole && m.known && !m.media && !slices.ContainsFunc(m.texts, func(x text) bool {
			return slices.ContainsFunc(takenOut, func(mark string) bool { return strings.Contains(x.text, mark) })
		})
	}
	// Without a question the rest lies with the provider.
	c.whole = c.whole && asked
	return c
}

// find is the first place of a value, one that was told to the model before one that it said itself. In any case of its
// letters it is the same value, and in any form of its digits the same number.
func (c *shown) find(value scalar) *Place {
	for _, search := range []func(*text, string) int{exact, escaped, anyCase} {
		for _, own := range []bool{false, true} {
			for _, m := range c.messages {
				if (m.role == "assistant") != own {
					continue
				}
				for i := range m.texts {
					if m.texts[i].reasoning {
						continue
					}
					if at := search(&m.texts[i], value.text); at >= 0 {
						return c.place(origin{m, i}, at)
					}
				}
			}
		}
	}
	if number, is := normalNumber(value.text); is {
		if at, known := c.findNumber(number); known {
			return c.place(at.in, at.at)
		}
	}
	return nil
}

// origin is a text of a message.
type origin struct {
	message *message
	text    int
}

func (c *shown) place(in origin, at int) *Place {
	t := in.message.texts[in.text]
	units := 0
	for _, r := range t.text[:at] {
		units += max(utf16.RuneLen(r), 1)
	}
	return &Place{Message: in.message.hash, Path: t.path, Offset: units}
}

func (c *shown) inTools(value scalar) bool {
	return c.tools != "" && (indexWhole(c.tools, value.text) >= 0 || indexWhole(strings.ToLower(c.tools), strings.ToLower(value.text)) >= 0)
}

func exact(t *text, value string) int { return indexWhole(t.text, value) }

// escaped finds a value within JSON within the text.
func escaped(t *text, value string) int {
	if !strings.ContainsAny(value, "\"\\\n\t/<>&") || !strings.Contains(t.text, `\`) {
		return -1
	}
	quoted := strconv.Quote(value)
	return strings.Index(t.text, quoted[1:len(quoted)-1])
}

func anyCase(t *text, value string) int {
	if t.lower == "" {
		t.lower = strings.ToLower(t.text)
	}
	if len(t.lower) != len(t.text) { // Offsets would not fit.
		return -1
	}
	return indexWhole(t.lower, strings.ToLower(value))
}

// indexWhole is where a value stands in a text on its own; where it is only part of longer words, that counts too, but
// not for digits: 302 is not in 13022.
func indexWhole(in, value string) int {
	isDigits, part := digits(value) == value, -1
	for from := 0; ; {
		at := strings.Index(in[from:], value)
		if at < 0 {
			break
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(in[:at])
		after, _ := utf8.DecodeRuneInString(in[at+len(value):])
		if !wordy(before) && !wordy(after) {
			return at
		}
		if inside := unicode.IsDigit(before) || unicode.IsDigit(after); part < 0 && (!isDigits || !inside) {
			part = at
		}
		from = at + len(value)
	}
	return part
}

func wordy(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// spot is a place as bytes are counted.
type spot struct {
	in origin
	at int
}

// findNumber finds a number written another way.
func (c *shown) findNumber(wanted string) (at spot, known bool) {
	if c.numbers == nil {
		c.numbers = map[string]spot{}
		for _, m := range c.messages {
			for i := range m.texts {
				if !m.texts[i].reasoning {
					c.addNumbers(origin{m, i})
				}
			}
		}
	}
	at, known = c.numbers[wanted]
	return at, known
}

// Bounds of what is remembered of a context's numbers.
const (
	maxNumbers = 50_000
	maxNumber  = 64 // characters
)

func (c *shown) addNumbers(in origin) {
	t := in.message.texts[in.text].text
	for at := 0; at < len(t) && len(c.numbers) < maxNumbers; at++ {
		if t[at] < '0' || t[at] > '9' {
			continue
		}
		end := at
		for end < len(t) && strings.IndexByte("0123456789.,'_", t[end]) >= 0 {
			end++
		}
		if number, is := normalNumber(strings.TrimRight(t[at:min(end, at+maxNumber)], ".,'_")); is {
			if _, known := c.numbers[number]; !known {
				c.numbers[number] = spot{in, at}
			}
		}
		at = end
	}
}

// normalNumber is a number without what is there for the eye: 1,299.00 is 1299. Where a comma and a point are both
// there, the last is the decimal one; a single comma with three digits behind it parts thousands.
func normalNumber(text string) (number string, is bool) {
	text = strings.TrimLeft(text, "-+$€£")
	if text == "" || strings.Trim(text, "0123456789.,'_") != "" || text[0] < '0' || text[0] > '9' {
		return "", false
	}
	if strings.ContainsAny(text, "'_") {
		text = strings.NewReplacer("'", "", "_", "").Replace(text)
	}
	comma, point := strings.LastIndexByte(text, ','), strings.LastIndexByte(text, '.')
	switch {
	case comma > point && (point >= 0 || len(text)-comma != 4):
		text = strings.ReplaceAll(text, ".", "")
		text = strings.Replace(text, ",", ".", 1)
	default:
		text = strings.ReplaceAll(text, ",", "")
	}
	whole, fraction, _ := strings.Cut(text, ".")
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if fraction == "" {
		return whole, true
	}
	return whole + "." + fraction, true
}

// textOf is what a message says.
func (t *Trace) textOf(hash store.Hash) string {
	return t.message(store.Message{Hash: hash}).said()
}
