package llmhttp

import (
	"encoding/base64"
	"slices"
)

// unwrapper reads a JSON value that Bedrock has wrapped in the base64 text of another. It goes through, so that the text is
// never held, and of the value's own texts as much is kept as of those of any body.
type unwrapper struct {
	data   *decoder
	held   []byte // of the text, less than what is decoded at once
	plain  []byte // what the last of it was
	ended  bool   // by padding
	broken bool   // it is no base64
}

// heldBase64 is decoded at once: whole groups of four.
const heldBase64 = 4 << 10

// unwrapping takes what the value costs from what is left for the one around it.
func unwrapping(around *decoder) *unwrapper {
	inner := newDecoder(bounds{text: around.text, numbers: around.numbers})
	inner.nodes, inner.textLeft = around.nodes, around.textLeft
	return &unwrapper{data: inner}
}

func (u *unwrapper) write(text []byte) {
	for _, c := range text {
		if c == '\r' || c == '\n' {
			continue
		}
		if u.held = append(u.held, c); len(u.held) == heldBase64 {
			u.decode()
		}
	}
}

func (u *unwrapper) decode() {
	u.broken = u.broken || u.ended
	if !u.broken {
		length := base64.StdEncoding.DecodedLen(len(u.held))
		u.plain = slices.Grow(u.plain[:0], length)[:length]
		n, err := base64.StdEncoding.Decode(u.plain, u.held)
		u.broken, u.ended = err != nil, n < length
		u.data.write(u.plain[:n])
	}
	u.held = u.held[:0]
}

// end gives the value, none when the text held no JSON, and what it cost to the one around it.
func (u *unwrapper) end(around *decoder) []value {
	if len(u.held) > 0 {
		u.decode()
	}
	around.nodes, around.textLeft = u.data.nodes, u.data.textLeft
	if v := u.data.end(); v != nil && !u.broken {
		return []value{*v}
	}
	return nil
}

// wrapped is the value inside a text that the dialect wraps, nil when there is none.
func (v *value) wrapped() *value {
	if !v.is(textKind) || len(v.items) == 0 {
		return nil
	}
	return &v.items[0]
}
