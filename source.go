package traceroot

import (
	"path"
	"reflect"
	"strings"
	"sync"

	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/gitinfo"
	"github.com/traceroot-ai/traceroot-go/internal/source"
)

type gitContext = gitinfo.Info

const modulePath = "github.com/traceroot-ai/traceroot-go"

// callerOutsideSDK is the line of the program that called into the SDK. There is none where the SDK's function is a
// goroutine's first, as in go traceroot.Run(…).
func callerOutsideSDK() source.Location { return source.Caller(isSDK) }

// callerFor is the line that a span reports which is started by a call.
func (c *Client) callerFor(cfg *spanConfig) source.Location {
	if cfg.integration != "" {
		return c.programCaller()
	}
	return callerOutsideSDK()
}

// modelCallerFor is the line that made a model call. Between it and the wire stand the provider's client and net/http;
// where none of the program's own code is on the stack, the line that called net/http is the nearest.
func (c *Client) modelCallerFor(cfg *spanConfig) source.Location {
	if own := c.programCaller(); own != (source.Location{}) || cfg.integration != "" {
		return own
	}
	return source.Caller(func(function string) bool {
		return isSDK(function) || source.Package(function) == "net/http"
	})
}

// programCaller is the innermost call on the stack that stands in the program's own modules, zero where there is none.
func (c *Client) programCaller() source.Location {
	return source.Caller(func(function string) bool { return isSDK(function) || !c.isProgram(function) })
}

// isProgram recognises the functions of the program's own modules, and those of a package's external tests, which stand
// beside the package: those of a module's first package are outside of the module, by their name.
func (c *Client) isProgram(function string) bool {
	return c.sources.Owns(function) || c.sources.Owns(strings.Replace(function, "_test.", ".", 1))
}

// definitionOf is where a function is defined. One that the SDK or reflection made has no place and no name.
func definitionOf(fn reflect.Value) source.Location {
	at := source.OfFunc(fn.Pointer())
	if at.Function == anonymous || path.Dir(at.File) == sdkDir() && !strings.HasSuffix(at.File, "_test.go") {
		return source.Location{}
	}
	return at
}

// sdkDir is the directory of this package's files, as compiled in. Names do not tell which functions are the SDK's: its
// literals bear the name of the function that they are inlined into.
var sdkDir = sync.OnceValue(func() string { return path.Dir(source.OfFunc(reflect.ValueOf(isSDK).Pointer()).File) })

// anonymous is the name of a function that has none.
const anonymous = "anonymous"

// isSDK recognises the functions of this package and of those that call it on a program's behalf. Programs that live in
// this repository, and the packages' own tests, are programs like any other.
func isSDK(function string) bool {
	rest, ok := strings.CutPrefix(function, modulePath)
	if !ok {
		return false
	}
	return strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "/traceroottest.") ||
		strings.HasPrefix(rest, "/integrations/") && !strings.HasSuffix(source.Package(function), "_test")
}

func newResolver(git gitContext) *source.Resolver { return source.NewResolver(git.Root, git.Repo) }

// sourceAttributes say where in the source a span comes from. A file without a path inside the repository is left out:
// absolute paths must not leave the machine.
func (c *Client) sourceAttributes(at source.Location) []attribute.KeyValue {
	known := make([]attribute.KeyValue, 0, 3)
	if file := c.sources.Relative(at.File); file != "" {
		known = append(known, attribute.String(attr.SourceFile, file))
	}
	if at.Line > 0 {
		known = append(known, attribute.Int(attr.SourceLine, at.Line))
	}
	if at.Function != "" {
		known = append(known, attribute.String(attr.SourceFunction, at.Function))
	}
	return known
}
