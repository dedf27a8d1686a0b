package traceroot

import (
	"context"
	"log/slog"
	"slices"
)

// LogHandler returns a handler that adds trace_id and span_id of the context's current span to each record, at top level
// even inside groups, and passes it on to next.
//
//	slog.SetDefault(slog.New(traceroot.LogHandler(slog.NewJSONHandler(os.Stderr, nil))))
func LogHandler(next slog.Handler) slog.Handler {
	if next == nil {
		return nil // slog.New says so at once
	}
	return &logHandler{root: next, next: next}
}

// logHandler keeps what WithGroup and WithAttrs asked for until a record comes, because attributes that are added to a
// handler inside a group cannot leave the group again.
type logHandler struct {
	root  slog.Handler // without the groups
	next  slog.Handler // with them, for Enabled and records outside spans
	scope []func(slog.Handler) slog.Handler
}

func (h *logHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

func (h *logHandler) Handle(ctx context.Context, record slog.Record) error {
	sc := spanContext(ctx)
	if !sc.IsValid() {
		return h.next.Handle(ctx, record)
	}
	handler := h.root.WithAttrs([]slog.Attr{
		slog.String("trace_id", sc.TraceID().String()), slog.String("span_id", sc.SpanID().String()),
	})
	for _, enter := range h.scope {
		handler = enter(handler)
	}
	return handler.Handle(ctx, record)
}

func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return h.with(func(next slog.Handler) slog.Handler { return next.WithAttrs(attrs) })
}

func (h *logHandler) WithGroup(name string) slog.Handler {
	return h.with(func(next slog.Handler) slog.Handler { return next.WithGroup(name) })
}

func (h *logHandler) with(enter func(slog.Handler) slog.Handler) *logHandler {
	scope := slices.Concat(h.scope, []func(slog.Handler) slog.Handler{enter})
	return &logHandler{root: h.root, next: enter(h.next), scope: scope}
}
