package capture_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

func TestErrorChain(t *testing.T) {
	t.Parallel()
	root := errors.New("connection refused")
	joined := errors.Join(fmt.Errorf("a: %w", root), errors.New("b"))
	loop := &loopError{}
	loop.inner = fmt.Errorf("again: %w", loop)

	for want, err := range map[string]error{
		``: nil,
		`[{"type":"fmt.wrapError","message":"call: connection refused"},` +
			`{"type":"errors.errorString","message":"connection refused"}]`: fmt.Errorf("call: %w", root),
		`[{"type":"fmt.wrapError","message":"both: a: connection refused\nb"},` +
			`{"type":"errors.joinError","message":"a: connection refused\nb","causes":[` +
			`[{"type":"fmt.wrapError","message":"a: connection refused"},{"type":"errors.errorString","message":"connection refused"}],` +
			`[{"type":"errors.errorString","message":"b"}]]}]`: fmt.Errorf("both: %w", joined),
		`[{"type":"capture_test.loopError","message":"loop"},{"type":"fmt.wrapError","message":"again: loop"},` +
			`{"type":"capture_test.loopError","message":"<circular ref: capture_test.loopError>"}]`: loop,
		`[{"type":"capture_test.panickyError","message":"<unencodable capture_test.panickyError>"}]`:                                  panickyError{},
		`[{"type":"capture_test.silentError","message":"capture_test.silentError"}]`:                                                  silentError{},
		"[{\"type\":\"errors.errorString\",\"message\":\"\uFFFD\"}]":                                                                  errors.New("\xff"),
		`[{"type":"capture_test.badUnwrapError","message":"bad"}]`:                                                                    badUnwrapError{},
		`[{"type":"capture_test.holes","message":"holes","causes":[[{"type":"errors.errorString","message":"connection refused"}]]}]`: holes{nil, root, nil},
	} {
		if got := capture.ErrorChain(err); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestErrorChainIsBounded(t *testing.T) {
	t.Parallel()
	long, wide := errors.New("root"), errors.New("root")
	for range 10_000 {
		long = &wrapped{long}
	}
	for range 40 { // 2^40 paths
		wide = holes{wide, wide}
	}
	for _, err := range []error{long, wide} {
		chain := capture.ErrorChain(err)
		if !isJSON(chain) || !strings.Contains(chain, "<too deep: ") || len(chain) > 1<<20 {
			t.Errorf("%d bytes: %.300s", len(chain), chain)
		}
	}
}

type (
	loopError      struct{ inner error }
	badUnwrapError struct{}
	holes          []error
	wrapped        struct{ error }
)

func (*loopError) Error() string     { return "loop" }
func (e *loopError) Unwrap() error   { return e.inner }
func (badUnwrapError) Error() string { return "bad" }
func (badUnwrapError) Unwrap() error { panic("nothing inside") }
func (holes) Error() string          { return "holes" }
func (h holes) Unwrap() []error      { return h }
func (w *wrapped) Unwrap() error     { return w.error }

func TestErrorChainOfLongMessagesIsCut(t *testing.T) {
	t.Parallel()
	chain := capture.ErrorChain(fmt.Errorf("call: %w", errors.New(strings.Repeat("é", 1<<20))))
	if !isJSON(chain) || len(chain) > 512<<10 || !strings.HasPrefix(chain, `[{"type":"fmt.wrapError","message":"call: éé`) {
		t.Errorf("%d bytes: %.100s…", len(chain), chain)
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"":                         nil,
		"boom":                     errors.New("boom"),
		"capture_test.silentError": silentError{},
		"errors.errorString":       errors.New(""),
		"<unencodable capture_test.panickyError>": panickyError{},
		"<unencodable fs.PathError>":              (*fs.PathError)(nil),
		"bad \uFFFD byte":                         errors.New("bad \xff byte"),
	} {
		if got := capture.ErrorText(err); got != want {
			t.Errorf("ErrorText(%#v) = %q, want %q", err, got, want)
		}
	}
}

func TestPanicText(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{
		"boom":   "boom",
		"string": "",
		"42":     42,
		"said":   errors.New("said"),
		"5ms":    5 * time.Millisecond,
		`{"A":"x","B":1}`: &struct {
			A      string
			B      int
			hidden *int
		}{"x", 1, new(7)},
		"<unencodable capture_test.stringer>":     stringer(1),
		"<unencodable capture_test.panickyError>": panickyError{},
		"capture_test.node":                       (*node)(nil),
		"<func()>":                                func() {},
		"<nil>":                                   nil,
		"not \uFFFD UTF-8":                        "not \xff UTF-8",
	} {
		if got := capture.PanicText(v); got != want {
			t.Errorf("PanicText(%#v) = %q, want %q", v, got, want)
		}
	}
	func() {
		defer func() {
			if got, want := capture.PanicText(recover()), "runtime error: index out of range [3] with length 1"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}()
		three := 3
		_ = make([]int, 1)[three]
	}()
}

func TestTypeName(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{
		"<nil>": nil, "fs.PathError": &fs.PathError{}, "*fs.PathError": new(&fs.PathError{}), "[]*int": []*int{},
	} {
		if got := capture.TypeName(v); got != want {
			t.Errorf("TypeName(%T) = %q, want %q", v, got, want)
		}
	}
}
