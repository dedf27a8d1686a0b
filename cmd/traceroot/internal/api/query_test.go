package api_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/api"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

var update = flag.Bool("update", false, "rewrite testdata/query.json and webui's wire.ts")

// vectors is testdata/query.json: queries, and what they mean. The pages' own parser is held to the same file.
type vectors struct {
	Now     time.Time `json:"now"`
	Queries []vector  `json:"queries"`
}

type vector struct {
	Query string     `json:"q"`
	Where []whereRow `json:"where,omitempty"`
	Words []wordsRow `json:"words,omitempty"`
	From  *time.Time `json:"from,omitempty"`
	To    *time.Time `json:"to,omitempty"`
	Error *errorRow  `json:"error,omitempty"`
}

type whereRow struct {
	Field  store.Field `json:"field"`
	Key    string      `json:"key,omitempty"`
	Op     store.Op    `json:"op"`
	Values []string    `json:"values,omitempty"`
	Number *float64    `json:"number,omitempty"`
	Not    bool        `json:"not,omitempty"`
}

type wordsRow struct {
	Text   string `json:"text"`
	Prefix bool   `json:"prefix,omitempty"`
	Not    bool   `json:"not,omitempty"`
}

// errorRow has offsets in UTF-16 units, as JavaScript counts.
type errorRow struct {
	Problem string `json:"problem"`
	At      int    `json:"at"`
	Until   int    `json:"until"`
}

func parsed(text string, at time.Time) vector {
	v := vector{Query: text}
	q, err := api.ParseQuery(text, at)
	if wrong, ok := errors.AsType[*api.QueryError](err); ok {
		v.Error = &errorRow{wrong.Problem, wrong.At, wrong.Until}
		return v
	}
	for _, c := range q.Where {
		r := whereRow{Field: c.Field, Key: c.Key, Op: c.Op, Values: c.Values, Not: c.Not}
		if c.Values == nil {
			r.Number = &c.Number
		}
		v.Where = append(v.Where, r)
	}
	for _, w := range q.Words {
		v.Words = append(v.Words, wordsRow(w))
	}
	if !q.From.IsZero() {
		v.From = &q.From
	}
	if !q.To.IsZero() {
		v.To = &q.To
	}
	return v
}

// TestQueries reads each query of the file as the file says. With -update it rewrites what they mean; the difference is
// to be read like code.
func TestQueries(t *testing.T) {
	t.Parallel()
	const file = "testdata/query.json"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want vectors
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if len(want.Queries) == 0 {
		t.Fatal("no queries")
	}
	for i, v := range want.Queries {
		got := parsed(v.Query, want.Now)
		if *update {
			want.Queries[i] = got
			continue
		}
		if diff := cmp.Diff(v, got); diff != "" {
			t.Errorf("%s: %s", v.Query, diff)
		}
	}
	if *update {
		rewritten, err := json.MarshalIndent(want, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(rewritten, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzParseQuery holds that a query is read or refused at a place in it, that quoting a word searches for just it, and
// that what was read can be asked of a store.
func FuzzParseQuery(f *testing.F) {
	for _, seed := range []string{
		`refund "bent cage" -x*`, `status:failed,running cost:>=0.5 latency:1s..2m`, `attr."a: b":"c \" d"`, `-from:-24h`,
		`tool:`, `"`, `:`, `-`, `attr.`, "\xff:\xfe", `to:now from:2026-01-02T15:04:05+01:00`, `tokens:1e5k..`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := api.ParseQuery(text, now)
		if err != nil {
			wrong, ok := errors.AsType[*api.QueryError](err)
			if length := len(utf16.Encode([]rune(text))); !ok || wrong.At < 0 || wrong.At > wrong.Until || wrong.Until > length {
				t.Fatalf("%q: error %#v", text, err)
			}
			return
		}
		for _, c := range q.Where {
			if c.Field == "" || c.Op == "" || (c.Op == store.OpIn || c.Op == store.OpContains) != (len(c.Values) > 0) {
				t.Errorf("%q: condition %+v", text, c)
			}
		}
		for _, w := range q.Words {
			quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(w.Text) + `"`
			again, err := api.ParseQuery(quoted, now)
			if err != nil || len(again.Words) != 1 || again.Words[0] != (store.Words{Text: w.Text}) {
				t.Errorf("%q: %s is read as %+v, %v", text, quoted, again.Words, err)
			}
		}
	})
}
