package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func sessions(t *testing.T, s store.Reader, query store.SessionQuery) store.Page[store.Session] {
	t.Helper()
	page, err := s.Sessions(t.Context(), project, query)
	if err != nil {
		t.Fatalf("Sessions(%+v): %v", query, err)
	}
	return page
}

func sessionIDs(page store.Page[store.Session]) []string {
	var ids []string
	for _, session := range page.Rows {
		ids = append(ids, session.ID)
	}
	return ids
}

func (s suite) TestSessions(t *testing.T) {
	evaluation := func(b *store.Batch) { b.Traces[0].IsEvaluation = true }
	write(t, s,
		run(1, inSession("ann", "Chat-1"), asked("m", 10, 1, 100)),
		run(2, inSession("bob", "Chat-1"), asked("m", 20, 2, 200), lasting(20*time.Second), fail(0, "x")),
		run(3, inSession("", "other"), open(0)),
		run(4, inSession("ann", "Chat-1"), asked("m", 5, 5, -1), open(0)),
		run(5, inSession("ann", "Chat-1"), evaluation),
		run(6, inSession("ann", "evaluated"), evaluation),
		run(7, inSession("ann", "")),
	)
	want := store.Session{
		ID: "Chat-1", Traces: 3, Users: []string{"ann", "bob"}, First: at(1), Last: at(4), Duration: new(30 * time.Second),
		InputTokens: 35, OutputTokens: 8, Cost: new(store.NanoUSD(300)), Input: new("question 1"), Output: new("answer 4"),
		Failed: 1, Running: 1, FirstTrace: traceID(1), LastTrace: traceID(4),
	}
	other := store.Session{
		ID: "other", Traces: 1, First: at(3), Last: at(3), Input: new("question 3"), Output: new("answer 3"),
		Running: 1, FirstTrace: traceID(3), LastTrace: traceID(3),
	}
	t.Run("rest-23 listed by the latest trace", func(t *testing.T) {
		same(t, "sessions", sessions(t, s, store.SessionQuery{}).Rows, []store.Session{want, other})
	})
	t.Run("rest-23 one with its traces, oldest first", func(t *testing.T) {
		got, traces, err := s.Session(t.Context(), project, "Chat-1", store.SessionQuery{Search: "x", Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "session", got, want)
		same(t, "traces", numbers(t, traces), []int{1, 2, 4})
		sum, _ := get(t, s, 1)
		same(t, "first trace", traces[0], sum)
	})
	t.Run("not found", func(t *testing.T) {
		for _, id := range []string{"", "chat-1", "evaluated", "nobody's"} {
			if _, _, err := s.Session(t.Context(), project, id, store.SessionQuery{}); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("Session(%q): %v, want ErrNotFound", id, err)
			}
		}
		if _, _, err := s.Session(t.Context(), project, "other", store.SessionQuery{From: at(4)}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("outside the window: %v, want ErrNotFound", err)
		}
	})
	t.Run("of a window", func(t *testing.T) {
		got := sessions(t, s, store.SessionQuery{From: at(2), To: at(4)}).Rows
		part := store.Session{
			ID: "Chat-1", Traces: 1, Users: []string{"bob"}, First: at(2), Last: at(2), Duration: new(20 * time.Second),
			InputTokens: 20, OutputTokens: 2, Cost: new(store.NanoUSD(200)), Input: new("question 2"), Output: new("answer 2"),
			Failed: 1, FirstTrace: traceID(2), LastTrace: traceID(2),
		}
		same(t, "sessions", got, []store.Session{other, part})
		one, _, err := s.Session(t.Context(), project, "Chat-1", store.SessionQuery{From: at(2), To: at(4)})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "session", one, part)
	})
	t.Run("a part of the id, in any case", func(t *testing.T) {
		page := sessions(t, s, store.SessionQuery{Search: "hAT", Total: true})
		same(t, "ids", sessionIDs(page), []string{"Chat-1"})
		same(t, "total", page.Total, 1)
		same(t, "ids", sessionIDs(sessions(t, s, store.SessionQuery{Search: "%"})), []string(nil))
	})
}

func (s suite) TestSessionPages(t *testing.T) {
	for i := range 20 {
		write(t, s, run(i+1, inSession("", fmt.Sprintf("s%02d", i%10))))
	}
	var got []string
	query := store.SessionQuery{Limit: 3, Total: true}
	for {
		page := sessions(t, s, query)
		same(t, "total", page.Total, 10+len(got)/3)
		got = append(got, sessionIDs(page)...)
		if page.Next == "" {
			break
		}
		query.After = page.Next
		write(t, s, run(100+len(got), inSession("", fmt.Sprintf("new%d", len(got)))))
	}
	same(t, "ids", got, []string{"s09", "s08", "s07", "s06", "s05", "s04", "s03", "s02", "s01", "s00"})
	for name, other := range map[string]store.SessionQuery{
		"no cursor":      {After: "nonsense"},
		"another window": {After: query.After, From: at(1)},
		"another search": {After: query.After, Search: "s"},
	} {
		if _, err := s.Sessions(t.Context(), project, other); !errors.Is(err, store.ErrCursor) {
			t.Errorf("%s: %v, want ErrCursor", name, err)
		}
	}
}

func (s suite) TestPreviews(t *testing.T) {
	write(t, s, run(1), run(2, fail(0, "it broke: late"), fail(2, "late")), run(3, fail(2, "late")))
	previews := func() []store.Preview {
		t.Helper()
		got, err := s.Previews(t.Context(), project, []string{traceID(3), traceID(99), traceID(1), traceID(2)})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	shape := func(tool store.Segment) []store.Segment {
		tool.Kind, tool.Start, tool.End = store.KindTool, 400, 500
		return []store.Segment{{Kind: store.KindLLM, Start: 100, End: 300}, tool}
	}
	same(t, "previews", previews(), []store.Preview{
		{TraceID: traceID(3), Shape: shape(store.Segment{Recovered: true}), Outcome: "answer 3", FirstInput: "question 3", Recovered: 1},
		{TraceID: traceID(1), Shape: shape(store.Segment{}), Outcome: "answer 1", FirstInput: "question 1"},
		{
			TraceID: traceID(2), Shape: shape(store.Segment{Error: true}), Outcome: "it broke: late", FirstInput: "question 2", Failed: 1,
			Cause: store.Cause{Kind: store.KindTool, Name: "lookup", Text: "late"},
		},
	})
	write(t, s, run(1, says(0, "again", "other")))
	same(t, "after a change", previews()[1].Outcome, "other")
	write(t, s, run(1, asked("gpt-4o", 100, 10, 1), fail(0, "quota"), fail(1, "quota"), open(2)))
	same(t, "context", previews()[1].Context, int64(100))
	same(t, "cause", previews()[1].Cause, store.Cause{Kind: store.KindLLM, Name: "gpt-4o", Text: "quota"})
}
