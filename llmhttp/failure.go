package llmhttp

import "strings"

// readFailure reads the body of an HTTP answer of status 400 or more.
func readFailure(body []byte, status int) *Error {
	v := parse(body, bounds{text: maxFailure, numbers: maxNumbers})
	if v == nil {
		text := strings.ToValidUTF8(string(body), replacement)
		if strings.TrimSpace(text) == "" {
			text = ""
		}
		return &Error{Status: status, Message: text}
	}
	return errorOf(v, status)
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
