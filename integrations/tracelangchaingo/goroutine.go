package tracelangchaingo

import (
	"runtime"
	"strconv"
	"strings"
)

// goroutineID is the number of the running goroutine. Nothing else tells two runs apart that share a context: a callback
// gets only that. Go offers the number in the text of a stack trace alone, as net/http2's debugging reads it.
func goroutineID() (id uint64, ok bool) {
	var header [64]byte
	n := runtime.Stack(header[:], false)
	text, ok := strings.CutPrefix(string(header[:n]), "goroutine ")
	if !ok {
		return 0, false
	}
	digits, _, _ := strings.Cut(text, " ")
	id, err := strconv.ParseUint(digits, 10, 64)
	return id, err == nil
}
