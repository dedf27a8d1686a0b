package llmhttp

import (
	"cmp"
	"net/http"
	"strings"
)

// readFailure reads an HTTP answer of status 400 or more.
func readFailure(body []byte, status int, header http.Header) *Error {
	v := parse(body, bounds{text: maxFailure, numbers: maxNumbers})
	if v == nil {
		text := strings.ToValidUTF8(string(body), replacement)
		if strings.TrimSpace(text) == "" {
			text = ""
		}
		return &Error{Status: status, Message: text}
	}
	e := errorOf(v, status)
	e.readAWS(v, header)
	return e
}

// readAWS reads what AWS says of an error in its own places: the type in a header, the message in a member.
func (e *Error) readAWS(body *value, header http.Header) {
	shape := cmp.Or(header.Get("X-Amzn-Errortype"), body.get("__type").str())
	if shape == "" {
		return
	}
	shape, _, _ = strings.Cut(shape, ":")
	e.Type = shape[strings.LastIndexByte(shape, '#')+1:]
	e.Message = cmp.Or(body.get("message").str(), body.get("Message").str(), e.Message)
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
		e.Message = message.text
	case message != nil:
		e.Message = string(message.raw())
	}
	return e
}
