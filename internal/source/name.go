package source

import (
	"net/url"
	"strings"
)

// anonymous is the name of a function that has none.
const anonymous = "anonymous"

// ShortName makes the name of a function, as the runtime prints it, into one for a reader: without import path, package,
// type arguments, pointer marks and what the compiler appends.
//
//	github.com/acme/agent/tools.(*Search[...]).Run-fm   Search.Run
//	main.main.func1                                     main.func1
//
// A function literal is named for the function it is written in, or that was inlined into. The name is never empty: for
// "" it is "anonymous".
func ShortName(function string) string {
	name := cutTypeArguments(function)
	name = strings.TrimPrefix(name[packageEnd(name):], ".")
	name = pointerMarks.Replace(strings.TrimSuffix(name, "-fm"))
	for _, mark := range numberedMarks {
		name = cutNumbered(name, mark)
	}
	if name == "" {
		return anonymous
	}
	return name
}

var pointerMarks = strings.NewReplacer("(*", "", "(", "", ")", "")

// numberedMarks are what the compiler names its own functions by: bodies of range loops over functions, the calls of go
// and defer statements; and local types. See closureName in cmd/compile/internal/ir.
var numberedMarks = [...]string{"-range", ".gowrap", ".deferwrap", "·"}

// cutNumbered removes every mark that a number follows, and the number.
func cutNumbered(name, mark string) string {
	before, after, found := strings.Cut(name, mark)
	if !found {
		return name
	}
	rest := strings.TrimLeft(after, "0123456789")
	if rest == after {
		return before + mark + cutNumbered(rest, mark)
	}
	return before + cutNumbered(rest, mark)
}

// Package returns the import path of a function by its name, as the runtime prints it; "main" for the program itself.
func Package(function string) string {
	if bracket := strings.IndexByte(function, '['); bracket >= 0 {
		function = function[:bracket] // type arguments have import paths of their own
	}
	path := function[:packageEnd(function)]
	if !strings.Contains(path, "%") {
		return path
	}
	// The linker escapes what it cannot have in a name, such as dots behind the last slash.
	unescaped, err := url.PathUnescape(path)
	if err != nil {
		return path
	}
	return unescaped
}

// packageEnd is the index of the dot that ends the package in name; where there is none, of what follows the last slash.
func packageEnd(name string) int {
	slash := strings.LastIndexByte(name, '/') + 1
	return slash + max(strings.IndexByte(name[slash:], '.'), 0)
}

// cutTypeArguments removes everything in brackets, which nest.
func cutTypeArguments(name string) string {
	if !strings.Contains(name, "[") {
		return name
	}
	var kept strings.Builder
	depth := 0
	for _, c := range name {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth = max(depth-1, 0)
		case depth == 0:
			kept.WriteRune(c)
		}
	}
	return kept.String()
}
