package api

import (
	"bytes"
	"unicode/utf8"
)

// blobMatches are the places of a text in a blob.
type blobMatches struct {
	Data  []blobMatch `json:"data"`
	More  bool        `json:"more,omitempty"` // there are others
	Bytes int         `json:"bytes"`          // of the blob
}

// blobMatch is one place.
type blobMatch struct {
	Byte int    `json:"byte"` // where it begins in the blob
	Line int    `json:"line"` // from 1
	Text string `json:"text"` // what stands around
	At   [2]int `json:"at"`   // where in text, in UTF-16 units
}

// findIn searches a text, upper and lower case being the same.
func findIn(content []byte, sought string) (any, error) {
	if len(sought) > maxSought {
		return nil, invalid("find is a text of up to %d bytes", maxSought)
	}
	if !utf8.Valid(content) {
		return nil, invalid("find: only text can be searched")
	}
	found := blobMatches{Data: []blobMatch{}, Bytes: len(content)}
	lower, text := bytes.ToLower(content), string(content)
	if len(lower) != len(content) { // offsets would not fit
		lower = content
	}
	wanted := bytes.ToLower([]byte(sought))
	line := 1
	for from := 0; ; {
		next := bytes.Index(lower[from:], wanted)
		if next < 0 {
			return found, nil
		}
		if len(found.Data) == maxFindings {
			found.More = true
			return found, nil
		}
		line += bytes.Count(content[from:from+next], []byte("\n"))
		at := from + next
		excerpt, place := excerptAt(text, at, at+len(wanted))
		found.Data = append(found.Data, blobMatch{at, line, excerpt, place})
		line += bytes.Count(content[at:at+len(wanted)], []byte("\n"))
		from = at + len(wanted)
	}
}
