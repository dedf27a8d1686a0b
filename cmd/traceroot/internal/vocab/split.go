package vocab

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// split gives the messages of a list as they were sent; none if one of its items is no message. A call nearly always
// begins with the messages of the call before it, which need no second look.
func split(list string, before []store.Message) []store.Message {
	rest, ok := strings.CutPrefix(list, "[")
	if !ok {
		return nil
	}
	messages := make([]store.Message, 0, len(before)+2)
	for _, m := range before {
		tail, same := strings.CutPrefix(rest, m.Body)
		if !same || tail == "" || tail[0] != ',' {
			break
		}
		messages, rest = append(messages, m), tail[1:]
	}
	for {
		rest = trimSpace(rest)
		end := messageEnd(rest)
		if end < 0 || tooDeep(rest[:end]) || !gjson.Valid(rest[:end]) {
			return nil
		}
		messages = append(messages, store.NewMessage(rest[:end]))
		rest = trimSpace(rest[end:])
		switch {
		case rest == "":
			return nil
		case rest[0] == ',':
			rest = rest[1:]
		case rest[0] == ']' && trimSpace(rest[1:]) == "":
			return messages
		default:
			return nil
		}
	}
}

func trimSpace(text string) string { return strings.TrimLeft(text, " \t\r\n") }

// messageEnd is where the message that text begins with ends, if that is valid JSON; -1 where there is none.
func messageEnd(text string) int {
	if !strings.HasPrefix(text, `{"role":"`) {
		return -1
	}
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			if i = quoteEnd(text, i+1); i < 0 {
				return -1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// quoteEnd is where the quote is that ends the text from i on; -1 where there is none.
func quoteEnd(text string, i int) int {
	for from := i; ; i++ {
		at := strings.IndexByte(text[i:], '"')
		if at < 0 {
			return -1
		}
		i += at
		slashes := 0
		for i-1-slashes >= from && text[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
	}
}
