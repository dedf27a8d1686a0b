package store

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// maxExcerpt is how many characters of a text a list shows.
const maxExcerpt = 300

// Outcome is how a trace ended, in at most 300 characters: the error of its root, else the answer, which is the text in
// the output of the root or, where that has none, of the last call of a model. It is empty where nothing is known yet.
func Outcome(spans []Span) (text string, failed bool) {
	t := tellers(spans)
	if t.root >= 0 && spans[t.root].Status == StatusError {
		text := errorText(&spans[t.root])
		if causes, _ := Causes(spans); text == "" && len(causes) > 0 {
			for i := range spans {
				if spans[i].SpanID == causes[0] {
					text = errorText(&spans[i])
				}
			}
		}
		return excerpt(text), true
	}
	for _, i := range []int{t.root, t.lastCall} {
		if i >= 0 && spans[i].Output != nil {
			if text := excerpt(plainText(*spans[i].Output, "assistant")); text != "" {
				return text, false
			}
		}
	}
	return "", false
}

// FirstInput is what a trace was asked, in at most 300 characters: the first words of a user in the input of its root
// or, where that has none, of the first call of a model.
func FirstInput(spans []Span) string {
	t := tellers(spans)
	for _, i := range []int{t.root, t.firstCall} {
		if i >= 0 && spans[i].Input != nil {
			if text := excerpt(plainText(*spans[i].Input, "user")); text != "" {
				return text
			}
		}
	}
	return ""
}

// Telling are the indexes of the spans whose Input and Output Outcome and FirstInput look at.
func Telling(spans []Span) []int {
	t := tellers(spans)
	var telling []int
	for _, i := range []int{t.root, t.firstCall, t.lastCall} {
		if i >= 0 {
			telling = append(telling, i)
		}
	}
	return telling
}

// telling are indexes of spans, -1 where there is none.
type telling struct{ root, firstCall, lastCall int }

func tellers(spans []Span) telling {
	t := telling{-1, -1, -1}
	for i := range spans {
		s := &spans[i]
		if s.Root() && (t.root < 0 || s.Start.Before(spans[t.root].Start)) {
			t.root = i
		}
		if s.Kind != KindLLM {
			continue
		}
		if t.firstCall < 0 || s.Start.Before(spans[t.firstCall].Start) {
			t.firstCall = i
		}
		if t.lastCall < 0 || s.Start.After(spans[t.lastCall].Start) {
			t.lastCall = i
		}
	}
	return t
}

// maxParsed bounds the work for one line of a list.
const maxParsed = 1 << 20

// plainText is what a person would read in an input or output: a text as it is, and of JSON the text of the first
// message of the role, else of the member that usually has it, else the JSON.
func plainText(text, role string) string {
	var value any
	if text == "null" {
		return ""
	}
	if !isJSON(text) || len(text) > maxParsed || json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	if found := textIn(value, role, 0); found != "" {
		return found
	}
	if text == "{}" || text == "[]" || text == `""` {
		return ""
	}
	return text
}

// textMembers are the members that hold what was said, the likeliest first.
var textMembers = []string{
	"content", "text", "parts", "messages", "message", "choices", "input", "output", "question", "prompt", "query",
	"answer", "response", "result", "summary",
}

// maxNesting is how deep a text may lie within lists and members.
const maxNesting = 8

func textIn(value any, role string, depth int) string {
	if depth > maxNesting {
		return ""
	}
	switch value := value.(type) {
	case string:
		return value
	case []any:
		return textInList(value, role, depth+1)
	case map[string]any:
		for _, member := range textMembers {
			if found := textIn(value[member], role, depth+1); found != "" {
				return found
			}
		}
		if len(value) == 1 {
			for _, only := range value {
				return textIn(only, role, depth+1)
			}
		}
	}
	return ""
}

// textInList takes messages of the role before others.
func textInList(list []any, role string, depth int) string {
	rest := ""
	for _, element := range list {
		said := textIn(element, role, depth)
		if message, ok := element.(map[string]any); ok && message["role"] == role && said != "" {
			return said
		}
		if rest == "" {
			rest = said
		}
	}
	return rest
}

// excerpt is the beginning of a text on one line.
func excerpt(text string) string {
	text = text[:min(len(text), 64*maxExcerpt)] // fields of more would be cut anyhow
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	if utf8.RuneCountInString(text) <= maxExcerpt {
		return text
	}
	runes := []rune(text)
	return string(runes[:maxExcerpt-1]) + "…"
}
