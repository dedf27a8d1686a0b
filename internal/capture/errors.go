package capture

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
)

// ErrorText returns err.Error() as valid UTF-8, or the name of err's type when that is empty. An Error method that
// panics gives <unencodable TypeName>, a nil err the empty string.
func ErrorText(err error) string {
	if err == nil {
		return ""
	}
	message, ok := errorMessage(reflect.ValueOf(err))
	if !ok {
		return unencodable(err)
	}
	return cmp.Or(ValidUTF8(message), TypeName(err))
}

const maxPanicBytes = 64 << 10

// PanicText returns a recovered panic value in print: an error's and a Stringer's own words, anything else as [Text]
// has it in 64 KiB. It is never empty; an empty text is replaced by the name of v's type.
func PanicText(v any) (printed string) {
	defer func() {
		if recover() != nil {
			printed = unencodable(v)
		}
	}()
	switch v := v.(type) {
	case error:
		printed = ErrorText(v)
	case fmt.Stringer:
		printed = ValidUTF8(v.String())
	default:
		printed = Text(v, maxPanicBytes).Text
	}
	return cmp.Or(printed, TypeName(v))
}

const (
	// maxLinks bounds the errors of a chain. Errors that join others which share a cause can have very many paths.
	maxLinks = 128

	maxChainBytes = 512 << 10
)

// link is one error of a chain.
type link struct {
	Type    string   `json:"type"`
	Message string   `json:"message"`
	Causes  [][]link `json:"causes,omitempty"`
}

// ErrorChain returns a JSON list of err and what it wraps, outermost first. Each is an object with type and message;
// an error that joins several has them as causes, a list of such lists, and ends its own. An error that wraps itself
// ends the list with the message <circular ref: TypeName>, one that wraps more than 128 with <too deep: TypeName>.
// A nil err gives the empty string.
//
// The list has at most 512 KiB. What is longer, since each error repeats the words of those it wraps, is cut as by
// [CutJSON].
func ErrorChain(err error) string {
	if err == nil {
		return ""
	}
	walk := chainWalk{left: maxLinks}
	return Text(walk.chain(err), maxChainBytes).Text
}

// chainWalk follows Unwrap from one error.
type chainWalk struct {
	path []visit // pointers to the errors on the way to the current one
	left int     // links that may still be made
}

func (w *chainWalk) chain(err error) (links []link) {
	outer := len(w.path)
	defer func() { w.path = w.path[:outer] }()
	for err != nil {
		if mark := w.enter(err); mark != "" {
			return append(links, link{Type: TypeName(err), Message: mark})
		}
		l := link{Type: TypeName(err), Message: ErrorText(err)}
		causes, next := unwrap(err)
		for _, cause := range causes {
			if cause != nil {
				l.Causes = append(l.Causes, w.chain(cause))
			}
		}
		links = append(links, l)
		err = next
	}
	return links
}

// enter notes that err is next. It returns the mark to put there when the chain must end.
func (w *chainWalk) enter(err error) (mark string) {
	if w.left == 0 {
		return "<too deep: " + TypeName(err) + ">"
	}
	w.left--
	if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer {
		at := visit{ptr: v.Pointer(), typ: refTo(v.Type()).at}
		if slices.Contains(w.path, at) {
			return "<circular ref: " + TypeName(err) + ">"
		}
		w.path = append(w.path, at)
	}
	return ""
}

// unwrap returns what err wraps: the errors that it joins, or the next one.
func unwrap(err error) (causes []error, next error) {
	defer func() {
		if recover() != nil {
			causes, next = nil, nil
		}
	}()
	switch err := err.(type) { //nolint:errorlint // this error's own Unwrap is asked for, not that of one it wraps
	case interface{ Unwrap() error }:
		return nil, err.Unwrap()
	case interface{ Unwrap() []error }:
		return err.Unwrap(), nil
	default:
		return nil, nil
	}
}
