package llmhttp

import (
	"cmp"
	"net/http"
	"strings"
)

// readFailure reads an HTTP answer of status 400 or more.
func readFailure(body []byte, status int, header http.Header) *Error {
	v := parse(body, bounds{text: maxFailure, numbers: maxNumbers})
	e := &Error{Status: status}
	if v != nil {
		e = errorOf(v, status)
	} else if text := strings.ToValidUTF8(string(body), replacement); strings.TrimSpace(text) != "" {
		e.Message = text
	}
	e.readAWS(v, header)
	return e
}

// readAWS reads what AWS says of an error in its own places: the type in a header, or in a member after a namespace; the
// message in a member that some of its services write with a capital.
func (e *Error) readAWS(body *value, header http.Header) {
	if shape := cmp.Or(header.Get("X-Amzn-Errortype"), body.get("__type").str()); shape != "" {
		shape, _, _ = strings.Cut(shape, ":")
		e.Type = shape[strings.LastIndexByte(shape, '#')+1:]
		e.Message = cmp.Or(body.get("message").str(), e.Message)
	}
	e.Message = cmp.Or(e.Message, body.get("Message").str())
}

// errorOf reads an error in any of the forms that providers give it: {"error": {…}}, the same in a list, {"error": "…"},
// or the members of the error at the top.
func errorOf(body *value, status int) *Error {
	e := &Error{Status: status}
	if item := body.first(); item != nil {
		body = item
	}
	told := body
	if inner := body.get("error"); inner != nil {
		told = inner
	}
	if !told.is(objectKind) {
		e.Message = told.str()
		e.Code = body.get("code").literal()
		e.Type = body.get("code").str()
		return e
	}
	code := told.get("code")
	e.Code = code.literal()
	e.Type = firstGiven(told.get("type"), told.get("status")).literal()
	if e.Type == "" {
		e.Type = code.str()
	}
	if e.Type == "None" { // a Python server's null
		e.Type = ""
	}
	switch message := firstKnown(told.get("message"), told.get("detail")); {
	case message.is(textKind):
		e.Message = message.words()
	case message != nil:
		e.Message = string(message.raw())
	}
	return e
}
