package store_test

import (
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

func TestTerms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{" ?!", ""},
		{"Where IS it-now_2", "where is it now 2"},
		{"Zürich Cafe\u0301 ÉCLAIR Ελλάς naïve", "zurich cafe eclair ελλας naive"},
		{"東京タワー2号", "東 京 タ ワ ー 2 号"},
		{"abc東def", "abc 東 def"},
		{"서울에서", "서 울 에 서"},
		{`C:\new`, "c new"},
		{`{"a":"x\ny","b":"\u00c9t\u00e9 \ud83d\ude42 \\u0041"}`, "a x y b ete a"},
		{`{"a":"{\"b\":\"x\\ny\"}"}`, "a b x y"},
		{`["\`, ""},
		{`["\u12`, "u12"},
		{`["\ud83d"]`, ""},
		{"\xff\xfe", ""},
		{strings.Repeat("a", 100), strings.Repeat("a", 64)},
	} {
		if got := strings.Join(store.Terms(tt.text), " "); got != tt.want {
			t.Errorf("Terms(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func FuzzTerms(f *testing.F) {
	f.Add(`{"a":"x\ny"}`)
	f.Add("Zürich 東京")
	f.Fuzz(func(t *testing.T, text string) {
		terms := store.Terms(text)
		for _, term := range terms {
			if again := store.Terms(term); len(again) != 1 || again[0] != term {
				t.Errorf("Terms(%q) = %q", term, again)
			}
		}
		if len(terms) > 0 && !(store.Words{Text: strings.Join(terms, " ")}).Holds(terms) {
			t.Errorf("%q does not hold its own words", terms)
		}
	})
}
