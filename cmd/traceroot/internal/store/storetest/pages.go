package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func (s suite) TestSort(t *testing.T) {
	spent := func(in int64, cost store.NanoUSD, first time.Duration) func(*store.Batch) {
		return func(b *store.Batch) {
			asked("m", in, 0, cost)(b)
			b.Spans[1].TimeToFirstToken = first
		}
	}
	more := func(b *store.Batch) {
		extra := b.Spans[2]
		extra.SpanID, extra.Status = spanID(3, 5), store.StatusOK
		b.Spans = append(b.Spans, extra)
	}
	write(t, s,
		run(3, spent(10, 500, 3*time.Second), lasting(20*time.Second), fail(2, "x"), more),
		run(1, spent(30, 100, time.Second), lasting(30*time.Second), fail(1, "x"), fail(2, "x")),
		run(2, spent(20, 300, 2*time.Second), lasting(40*time.Second)),
	)
	for _, tt := range []struct {
		by   store.Field
		want []int // ascending
	}{
		{"", []int{1, 2, 3}},
		{store.FieldStart, []int{1, 2, 3}},
		{store.FieldDuration, []int{3, 1, 2}},
		{store.FieldFirstToken, []int{1, 2, 3}},
		{store.FieldCost, []int{1, 2, 3}},
		{store.FieldTokens, []int{3, 2, 1}},
		{store.FieldErrors, []int{2, 3, 1}},
	} {
		t.Run("by "+string(tt.by), func(t *testing.T) {
			wantList(t, s, store.Query{Sort: store.Sort{By: tt.by, Ascending: true}}, tt.want...)
			slices.Reverse(tt.want)
			wantList(t, s, store.Query{Sort: store.Sort{By: tt.by}}, tt.want...)
		})
	}
	t.Run("equal ones newest first, both ways", func(t *testing.T) {
		wantList(t, s, store.Query{Sort: store.Sort{By: store.FieldSpans}}, 3, 2, 1)
		wantList(t, s, store.Query{Sort: store.Sort{By: store.FieldSpans, Ascending: true}}, 2, 1, 3)
	})
	t.Run("a duration that is not known is the least", func(t *testing.T) {
		write(t, s, run(9, open(0)))
		wantList(t, s, store.Query{Sort: store.Sort{By: store.FieldDuration}}, 2, 1, 3, 9)
	})
}

// TestPages pages through lists of each order while newer traces arrive.
func (s suite) TestPages(t *testing.T) {
	const n = 23
	var want []int
	for i := 1; i <= n; i++ {
		batch := run(i, asked("m", int64(i%5), 0, store.NanoUSD(i%3)), lasting(time.Duration(10+i%4)*time.Second))
		if i%2 == 0 {
			batch.Traces[0].Start, batch.Spans[0].Start = at(i-1), at(i-1) // many start at once
		}
		write(t, s, batch)
		want = append(want, i)
	}
	newer := 100
	for _, by := range []store.Field{"", store.FieldDuration, store.FieldCost, store.FieldTokens, store.FieldSpans} {
		for _, ascending := range []bool{false, true} {
			query := store.Query{Sort: store.Sort{By: by, Ascending: ascending}, To: at(50), Limit: 5}
			t.Run(string(by), func(t *testing.T) {
				all := list(t, s, store.Query{Sort: query.Sort, To: query.To}).Rows
				var got []int
				for {
					page := list(t, s, query)
					if len(page.Rows) > 5 || page.Total != 0 {
						t.Fatalf("%d rows, total %d", len(page.Rows), page.Total)
					}
					got = append(got, numbers(t, page.Rows)...)
					if page.Next == "" {
						break
					}
					query.After = page.Next
					newer++
					write(t, s, run(newer))
				}
				same(t, "the pages together", got, numbers(t, all))
				slices.Sort(got)
				same(t, "each trace once", got, want)
			})
		}
	}
	t.Run("rest-03 newest first, newer ones above", func(t *testing.T) {
		first := list(t, s, store.Query{Limit: 2})
		write(t, s, run(1000))
		second := list(t, s, store.Query{Limit: 2, After: first.Next})
		same(t, "second page", numbers(t, second.Rows), []int{newer - 2, newer - 3})
	})
	t.Run("a page that is exactly full is the last", func(t *testing.T) {
		page := list(t, s, store.Query{To: at(50), Limit: n})
		if len(page.Rows) != n || page.Next != "" {
			t.Errorf("%d rows, next %q", len(page.Rows), page.Next)
		}
	})
}

func (s suite) TestPagesOfMatches(t *testing.T) {
	for i := 1; i <= 30; i++ {
		user, word := "ann", "apple"
		if i%3 == 0 {
			user, word = "bob", "pear"
		}
		batch := run(i, inSession(user, ""), says(0, word, ""))
		batch.Spans[2].Payload.Attributes = `{"user":"` + user + `"}`
		write(t, s, batch)
	}
	for name, query := range map[string]store.Query{
		"a value":        {Where: []store.Condition{in(store.FieldUser, "ann")}},
		"one of several": {Where: []store.Condition{in(store.FieldUser, "ann", "eve", "ANN")}},
		"not a value":    {Where: []store.Condition{not(in(store.FieldUser, "bob"))}},
		"an attribute":   {Where: []store.Condition{keyed(in(store.FieldAttribute, "ann"), "user")}},
		"a word":         {Words: []store.Words{{Text: "apple"}}},
		"not a word":     {Words: []store.Words{{Text: "pear", Not: true}}},
		"a word by cost": {Words: []store.Words{{Text: "apple"}}, Sort: store.Sort{By: store.FieldCost, Ascending: true}},
	} {
		t.Run(name, func(t *testing.T) {
			query.Limit, query.Total = 7, true
			var got []int
			for {
				page := list(t, s, query)
				same(t, "total", page.Total, 20)
				got = append(got, numbers(t, page.Rows)...)
				if page.Next == "" {
					break
				}
				query.After = page.Next
			}
			var want []int
			for i := 30; i > 0; i-- {
				if i%3 != 0 {
					want = append(want, i)
				}
			}
			same(t, "the pages together", got, want)
		})
	}
}

func (s suite) TestCursors(t *testing.T) {
	write(t, s, run(1), run(2), run(3))
	query := store.Query{Limit: 1, From: at(1)}
	next := list(t, s, query).Next
	t.Run("limit and total may change", func(t *testing.T) {
		page := list(t, s, store.Query{Limit: 5, From: at(1), After: next, Total: true})
		same(t, "rows", numbers(t, page.Rows), []int{2, 1})
	})
	t.Run("the row at the cursor may go", func(t *testing.T) {
		if _, err := s.Delete(t.Context(), project, []string{traceID(3)}); err != nil {
			t.Fatal(err)
		}
		wantList(t, s, store.Query{Limit: 1, From: at(1), After: next}, 2)
	})
	for name, other := range map[string]store.Query{
		"no cursor":       {After: "nonsense", From: at(1)},
		"another window":  {After: next, From: at(2)},
		"another order":   {After: next, From: at(1), Sort: store.Sort{By: store.FieldCost}},
		"another way":     {After: next, From: at(1), Sort: store.Sort{Ascending: true}},
		"more conditions": {After: next, From: at(1), Where: []store.Condition{in(store.FieldUser, "ann")}},
		"more words":      {After: next, From: at(1), Words: []store.Words{{Text: "a"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := s.Traces(t.Context(), project, other); !errors.Is(err, store.ErrCursor) {
				t.Errorf("%v, want ErrCursor", err)
			}
		})
	}
	if _, err := s.Sessions(t.Context(), project, store.SessionQuery{After: next}); !errors.Is(err, store.ErrCursor) {
		t.Errorf("a cursor of traces for sessions: %v, want ErrCursor", err)
	}
}
