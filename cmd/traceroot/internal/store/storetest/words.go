package storetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func (s suite) TestWords(t *testing.T) {
	long := strings.Repeat("filler words of a long text ", 100)
	message := func(role, content string) store.Message {
		body, err := json.Marshal(map[string]string{"role": role, "content": content})
		if err != nil {
			t.Fatal(err)
		}
		return store.NewMessage(string(body))
	}
	conversation := func(n int, messages ...store.Message) store.Batch {
		bodies := make([]string, len(messages))
		for i, m := range messages {
			bodies[i] = m.Body
		}
		batch := run(n, says(1, "["+strings.Join(bodies, ",")+"]", "fine"))
		batch.Spans[1].Call = &store.Call{In: messages}
		return batch
	}
	shared := message("system", "You are a Helpful clerk. "+long+"zebra crossing")
	write(t, s,
		run(1, says(0, "Where is the Zürich office?", "At Bahnhofstrasse 12")),
		conversation(2, shared, message("user", "Book a table\nfor \"two\" at the café")),
		conversation(3, shared, message("user", "東京タワーの高さは？")),
		run(4, says(2, `{"query":"SELECT name FROM users","deep":{"list":["needle\tone",{"x":"\u00c9clair"}]},"`+"k"+`":"`+long+`"}`, long+" xylophone")),
		run(5, says(0, `{"arguments":"{\"city\":\"New\\nYork\"}"}`, "new")),
		run(6, says(0, "table", "two")),
		run(7, says(0, "naive resume", ""), func(b *store.Batch) { b.Traces[0].IsEvaluation = true }),
	)
	for _, tt := range []struct {
		words []store.Words
		want  []int
	}{
		{[]store.Words{{Text: "office"}}, []int{1}},
		{[]store.Words{{Text: "OFFICE"}}, []int{1}},
		{[]store.Words{{Text: "offic"}}, nil},
		{[]store.Words{{Text: "offic", Prefix: true}}, []int{1}},
		{[]store.Words{{Text: "zurich"}}, []int{1}},
		{[]store.Words{{Text: "ZÜRICH"}}, []int{1}},
		{[]store.Words{{Text: "Zu\u0308rich"}}, []int{1}},
		{[]store.Words{{Text: "bahnhofstrasse 12"}}, []int{1}},
		{[]store.Words{{Text: "cafe"}}, []int{2}},
		{[]store.Words{{Text: "table for two"}}, []int{2}},
		{[]store.Words{{Text: "two table"}}, nil},
		{[]store.Words{{Text: "table"}, {Text: "two"}}, []int{6, 2}},
		{[]store.Words{{Text: "table"}, {Text: "two"}, {Text: "book", Not: true}}, []int{6}},
		{[]store.Words{{Text: "table for", Not: true}, {Text: "table"}}, []int{6}},
		{[]store.Words{{Text: "table fo", Prefix: true}}, []int{2}},
		{[]store.Words{{Text: "zebra crossing"}}, []int{3, 2}},
		{[]store.Words{{Text: "long text zebra"}}, []int{3, 2}},
		{[]store.Words{{Text: "crossing zebra"}}, nil},
		{[]store.Words{{Text: "東京"}}, []int{3}},
		{[]store.Words{{Text: "京東"}}, nil},
		{[]store.Words{{Text: "高"}}, []int{3}},
		{[]store.Words{{Text: "タワー"}}, []int{3}},
		{[]store.Words{{Text: "東京 zebra"}}, nil},
		{[]store.Words{{Text: "東京"}, {Text: "zebra"}}, []int{3}},
		{[]store.Words{{Text: "needle one"}}, []int{4}},
		{[]store.Words{{Text: "eclair"}}, []int{4}},
		{[]store.Words{{Text: "select name from"}}, []int{4}},
		{[]store.Words{{Text: "xylophone"}}, []int{4}},
		{[]store.Words{{Text: "new york"}}, []int{5}},
		{[]store.Words{{Text: "nyork"}}, nil},
		{[]store.Words{{Text: "resume"}}, nil}, // of an evaluation
		{[]store.Words{{Text: "?!"}}, []int{6, 5, 4, 3, 2, 1}},
		{[]store.Words{{Text: "?!", Not: true}, {Text: "OR NOT (\"office\" *"}}, nil},
		{[]store.Words{{Text: "office", Not: true}}, []int{6, 5, 4, 3, 2}},
		{[]store.Words{{Text: "nowhere", Not: true}}, []int{6, 5, 4, 3, 2, 1}},
		{[]store.Words{{Text: "z", Prefix: true}, {Text: "東", Not: true}}, []int{2, 1}},
	} {
		t.Run(fmt.Sprintf("%+v", tt.words), func(t *testing.T) {
			wantList(t, s, store.Query{Words: tt.words}, tt.want...)
			page := list(t, s, store.Query{Words: tt.words, Limit: 1, Total: true})
			if page.Total != len(tt.want) || len(page.Rows) != min(1, len(tt.want)) {
				t.Errorf("Total = %d with %d rows, want %d", page.Total, len(page.Rows), len(tt.want))
			}
		})
	}
	t.Run("words and the rest of a query", func(t *testing.T) {
		zebra := []store.Words{{Text: "zebra"}}
		wantList(t, s, store.Query{Words: zebra, From: at(3)}, 3)
		wantList(t, s, store.Query{Words: zebra, To: at(3)}, 2)
		wantList(t, s, store.Query{Words: zebra, Sort: store.Sort{Ascending: true}}, 2, 3)
		wantList(t, s, store.Query{Words: zebra, Where: []store.Condition{in(store.FieldTraceID, traceID(2))}}, 2)
		wantList(t, s, store.Query{Words: []store.Words{{Text: "resume"}}, Evaluations: true}, 7)
	})
	t.Run("words of a span that was sent again", func(t *testing.T) {
		write(t, s, run(1, says(0, "Where is the Basel office?", "nowhere")))
		wantList(t, s, store.Query{Words: []store.Words{{Text: "zürich"}}})
		wantList(t, s, store.Query{Words: []store.Words{{Text: "basel"}}}, 1)
	})
}

func (s suite) TestWordsAfterDelete(t *testing.T) {
	shared := store.NewMessage(`{"role":"system","content":"` + strings.Repeat("the same instructions ", 50) + `zebra"}`)
	for n := 1; n <= 3; n++ {
		batch := run(n, says(1, "["+shared.Body+"]", ""))
		batch.Spans[1].Call.In = []store.Message{shared}
		write(t, s, batch)
	}
	zebra := store.Query{Words: []store.Words{{Text: "zebra"}}}
	for n := 1; n <= 3; n++ {
		if deleted, err := s.Delete(t.Context(), project, []string{traceID(n)}); err != nil || deleted != 1 {
			t.Fatalf("Delete: %d, %v", deleted, err)
		}
		wantList(t, s, zebra, []int{3, 2, 1}[:3-n]...)
		messages, err := s.Messages(t.Context(), project, []store.Hash{shared.Hash})
		if err != nil || (messages[0].Body == shared.Body) != (n < 3) {
			t.Errorf("after %d of 3 deletions: %v, %v", n, messages, err)
		}
	}
	again := run(4, says(1, "["+shared.Body+"]", ""))
	write(t, s, again)
	wantList(t, s, zebra, 4)
}
