package llmhttp

import (
	"encoding/base64"
	"io"
	"strings"
)

// fromBase64 is the JSON value that Bedrock has wrapped in a text, nil when there is none. Of the value's texts as much is
// kept as of those of any body.
func fromBase64(text *value, q *Request) *value {
	if text.str() == "" || dropped(text) > 0 {
		return nil
	}
	d := newDecoder(q.limits.bounds(q.spoken()))
	if _, err := io.Copy(decoding{d}, base64.NewDecoder(base64.StdEncoding, strings.NewReader(text.text))); err != nil {
		return nil
	}
	return d.end()
}

// decoding makes a decoder an io.Writer.
type decoding struct{ *decoder }

func (d decoding) Write(p []byte) (int, error) {
	d.write(p)
	return len(p), nil
}
