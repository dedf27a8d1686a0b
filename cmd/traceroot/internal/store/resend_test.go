package store_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func TestResend(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	full := store.Span{
		TraceID: "t", SpanID: "s", ParentSpanID: "p", Name: "chat", Kind: store.KindLLM, Start: start, End: start.Add(time.Second),
		Status: store.StatusError, StatusMessage: "late", Errors: []store.Error{{Message: "late"}},
		Input: new("in"), Output: new(""), Metadata: "{}", Tags: []string{"a"}, Model: "m",
		Usage: &store.Usage{Input: 2, Output: 1}, Cost: &store.Cost{Total: 3}, Streaming: true, TimeToFirstToken: 1,
		Environment: "prod", Service: "api", Version: "1", Source: store.Source{File: "main.go"},
		Call: &store.Call{
			Provider: "openai", Operation: "chat", ResponseModel: "m-1", ResponseID: "r", RequestID: "q", ToolCallID: "c",
			FinishReasons: []string{"stop"}, HTTPStatus: 500, Resend: 1, Incomplete: true,
			In: []store.Message{{Body: "i"}}, Out: []store.Message{{Body: "o"}},
		},
		Payload: store.Payload{
			Parameters: "1", Tools: "2", Attributes: "3", Resource: "4", Scope: "5", Events: "6", Links: "7",
		},
	}
	bare := store.Span{TraceID: "t", SpanID: "s", Call: &store.Call{}}
	change := func(span store.Span, change func(*store.Span)) store.Span {
		change(&span)
		return span
	}
	for _, tt := range []struct {
		name                string
		stored, later, want store.Span
	}{
		{"what was not known is added", bare, full, full},
		{"what is not known stays", full, bare, full},
		{"the same again changes nothing", full, full, full},
		{
			"a begun span does not undo the end",
			full,
			change(full, func(s *store.Span) { s.End, s.Status, s.StatusMessage, s.Errors = time.Time{}, store.StatusOK, "", nil }),
			full,
		},
		{
			"the end decides the status",
			change(full, func(s *store.Span) { s.End = time.Time{} }),
			change(full, func(s *store.Span) { s.Status, s.StatusMessage, s.Errors = store.StatusOK, "", nil }),
			change(full, func(s *store.Span) { s.Status, s.StatusMessage, s.Errors = store.StatusOK, "", nil }),
		},
		{
			"estimated tokens do not replace counted ones",
			full,
			change(full, func(s *store.Span) { s.Usage, s.Cost = &store.Usage{Input: 9, Estimated: true}, &store.Cost{Total: 9} }),
			full,
		},
		{
			"tokens without a price take the old price away",
			full,
			change(full, func(s *store.Span) { s.Usage, s.Cost = &store.Usage{Input: 9}, nil }),
			change(full, func(s *store.Span) { s.Usage, s.Cost = &store.Usage{Input: 9}, nil }),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := store.Resend(tt.stored, tt.later); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("Resend\n got %+v\nwant %+v", got, tt.want)
			}
		})
	}
}
