package capture_test

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

type (
	secret     string
	account    struct{ ID, Token string }
	ptrSecret  struct{ Token string }
	evasive    struct{ depth int }
	selfish    struct{}
	branching  struct{}
	shy        struct{}
	secretJSON struct{ Token string }
)

func (secret) LogValue() slog.Value    { return slog.StringValue("[secret]") }
func (a account) LogValue() slog.Value { return slog.GroupValue(slog.String("id", a.ID)) }
func (*ptrSecret) LogValue() slog.Value {
	return slog.AnyValue(map[string]any{"token": secret("x")})
}

func (e evasive) LogValue() slog.Value {
	if e.depth == 0 {
		return slog.IntValue(42)
	}
	return slog.AnyValue(evasive{e.depth - 1})
}
func (s selfish) LogValue() slog.Value   { return slog.AnyValue(s) }
func (b branching) LogValue() slog.Value { return slog.AnyValue([]any{b}) }
func (*shy) LogValue() slog.Value        { panic("asked") }

func (secretJSON) LogValue() slog.Value           { return slog.StringValue("[secret]") }
func (s secretJSON) MarshalJSON() ([]byte, error) { return json.Marshal(s.Token) }

func TestLogValuers(t *testing.T) {
	t.Parallel()

	t.Run("what a type says to logs is what is captured", func(t *testing.T) {
		at := time.Date(2026, 2, 5, 12, 30, 0, 0, time.UTC)
		expectTexts(t, map[string]any{
			"[secret]":                           secret("hunter2"),
			`{"key":"[secret]"}`:                 map[string]any{"key": secret("hunter2")},
			`{"id":"a1"}`:                        account{"a1", "hunter2"},
			`[{"id":"a1"},null]`:                 []*account{{"a1", "hunter2"}, nil},
			`[{"token":"[secret]"}]`:             []ptrSecret{{"hunter2"}},
			`["[secret]"]`:                       []secretJSON{{"hunter2"}},
			"42":                                 evasive{20},
			`["<unencodable capture_test.shy>"]`: []*shy{{}},
			`{"s":"x","n":1,"u":2,"f":0.5,"b":true,"d":1500000000,"at":"2026-02-05T12:30:00Z","g":{"x":1},"in":2,"a":[1]}`: slog.GroupValue(
				slog.String("s", "x"), slog.Int("n", 1), slog.Uint64("u", 2), slog.Float64("f", .5), slog.Bool("b", true),
				slog.Duration("d", 1500*time.Millisecond), slog.Time("at", at), slog.Group("g", slog.Int("x", 1)),
				slog.Attr{}, slog.Group("", slog.Int("in", 2)), slog.Any("a", []int{1}),
			),
			`[{"Key":"k","Value":"[secret]"}]`: []slog.Attr{slog.Any("k", secret("x"))},
		})
	})

	t.Run("values without an end are given up", func(t *testing.T) {
		expectTexts(t, map[string]any{"<too deep: capture_test.selfish>": selfish{}, `["<too deep: capture_test.evasive>"]`: []evasive{{200}}})
		if captured := text(t, branching{}); !strings.Contains(captured, "<too deep: ") || !json.Valid([]byte(captured)) {
			t.Errorf("got %.100s", captured)
		}
		group := make([]slog.Attr, 2)
		group[0], group[1] = slog.Int("n", 1), slog.Attr{Value: slog.GroupValue(group...)}
		if captured := capture.Text(slog.GroupValue(group...), 1000).Text; !json.Valid([]byte(captured)) {
			t.Errorf("got %.100s", captured)
		}
	})

	t.Run("an error that is a LogValuer is an error", func(t *testing.T) {
		expectTexts(t, map[string]any{"capture_test.loggedError: said as an error": loggedError{}})
	})
}

type loggedError struct{ jsonError }

func (loggedError) LogValue() slog.Value { return slog.StringValue("said to a log") }
