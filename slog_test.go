package traceroot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"testing/slogtest"

	"github.com/traceroot-ai/traceroot-go"
)

func jsonLines(t *testing.T, buf *bytes.Buffer) []map[string]any {
	t.Helper()
	var lines []map[string]any
	for line := range bytes.Lines(buf.Bytes()) {
		var record map[string]any
		if err := json.Unmarshal(line, &record); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		lines = append(lines, record)
	}
	return lines
}

func TestLogHandlerIsAHandler(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	slogtest.Run(t, func(*testing.T) slog.Handler {
		buf.Reset()
		return traceroot.LogHandler(slog.NewJSONHandler(&buf, nil))
	}, func(t *testing.T) map[string]any {
		t.Helper()
		return jsonLines(t, &buf)[0]
	})
}

// inSpan is a handler that handles each record in a span.
type inSpan struct {
	slog.Handler

	ctx context.Context //nolint:containedctx // what a program would log with
}

func (h inSpan) Handle(_ context.Context, r slog.Record) error { return h.Handler.Handle(h.ctx, r) }
func (h inSpan) WithAttrs(attrs []slog.Attr) slog.Handler {
	return inSpan{h.Handler.WithAttrs(attrs), h.ctx}
}

func (h inSpan) WithGroup(name string) slog.Handler { return inSpan{h.Handler.WithGroup(name), h.ctx} }

func (h inSpan) Enabled(ctx context.Context, level slog.Level) bool {
	return h.Handler.Enabled(ctx, level)
}

func TestLogHandlerInASpan(t *testing.T) {
	t.Parallel()
	sentTo(t, func(ctx context.Context) {
		_ = traceroot.Run(ctx, "work", func(ctx context.Context) error {
			t.Run("is a handler there, too", func(t *testing.T) {
				var buf bytes.Buffer
				slogtest.Run(t, func(*testing.T) slog.Handler {
					buf.Reset()
					return inSpan{traceroot.LogHandler(slog.NewJSONHandler(&buf, nil)), ctx}
				}, func(t *testing.T) map[string]any {
					t.Helper()
					line := jsonLines(t, &buf)[0]
					if line["trace_id"] != traceroot.TraceID(ctx) || line["span_id"] != traceroot.SpanID(ctx) {
						t.Errorf("%v, want the ids at top level", line)
					}
					return line
				})
			})
			return nil
		})
	})
	t.Run("adds its ids at top level, even inside groups", func(t *testing.T) {
		t.Parallel()
		var buf bytes.Buffer
		logger := slog.New(traceroot.LogHandler(slog.NewJSONHandler(&buf, nil)))
		var id string
		sentTo(t, func(ctx context.Context) {
			_ = traceroot.Run(ctx, "work", func(ctx context.Context) error {
				id = traceroot.SpanID(ctx)
				logger.With(slog.Int("a", 1)).WithGroup("g").With(slog.Int("b", 2)).WithGroup("h").InfoContext(ctx, "hello", slog.Int("c", 3))
				return nil
			})
		})
		line := jsonLines(t, &buf)[0]
		g, _ := line["g"].(map[string]any)
		h, _ := g["h"].(map[string]any)
		if line["span_id"] != id || line["a"] != 1.0 || g["b"] != 2.0 || h["c"] != 3.0 || g["span_id"] != nil || h["span_id"] != nil {
			t.Errorf("logged %v", line)
		}
	})
	t.Run("adds nothing outside a span", func(t *testing.T) {
		t.Parallel()
		var buf bytes.Buffer
		slog.New(traceroot.LogHandler(slog.NewJSONHandler(&buf, nil))).WithGroup("g").InfoContext(t.Context(), "hello", slog.Int("a", 1))
		if line := jsonLines(t, &buf)[0]; line["trace_id"] != nil || line["span_id"] != nil {
			t.Errorf("logged %v", line)
		}
	})
	t.Run("leaves the level to the next", func(t *testing.T) {
		t.Parallel()
		handler := traceroot.LogHandler(slog.NewJSONHandler(new(bytes.Buffer), &slog.HandlerOptions{Level: slog.LevelError}))
		if handler.Enabled(t.Context(), slog.LevelWarn) || !handler.WithGroup("g").Enabled(t.Context(), slog.LevelError) {
			t.Error("the level is another")
		}
	})
	t.Run("does not change its parents", func(t *testing.T) {
		t.Parallel()
		var buf bytes.Buffer
		base := slog.New(traceroot.LogHandler(slog.NewJSONHandler(&buf, nil))).With(slog.Int("base", 1))
		ctx := traceroot.Extract(t.Context(), map[string][]string{"Traceparent": {parentHeader}})
		one, two := base.With(slog.Int("one", 1)), base.With(slog.Int("two", 2))
		one.InfoContext(ctx, "x")
		two.InfoContext(ctx, "y")
		lines := jsonLines(t, &buf)
		if lines[0]["two"] != nil || lines[1]["one"] != nil || lines[1]["base"] != 1.0 || lines[1]["two"] != 2.0 {
			t.Errorf("logged %v", lines)
		}
	})
}
