package webtest_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/evanw/esbuild/pkg/api"
)

// vector is a query and what the server reads in it.
type vector struct {
	Query string `json:"q"`
	Where []condition
	Words []struct {
		Text        string
		Prefix, Not bool
	}
	From, To *time.Time
	Error    *struct{ At, Until int }
}

type condition struct {
	Field, Key, Op string
	Values         []string
	Not            bool
}

// term is what the page reads in it.
type term struct {
	Text     string
	From, To int
	Not      bool
	Key, Op  string
	Values   []string
	Value    string
}

// operators are the server's names of the signs.
var operators = map[string]string{">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}

// The page finds terms in queries itself, to mark and to drop them. It has to find what the server finds: both are held to
// the server's table.
func TestQueriesAreReadAlike(t *testing.T) {
	t.Parallel()
	p := empty(t).open(t, "/connect")
	p.loadModule("query", "../webui/src/state/query.ts")
	for _, v := range readVectors(t) {
		terms := ask[[]term](p, `query.termsOf(`+quoted(v.Query)+`)`)
		units := ask[[]string](p, `query.termsOf(`+quoted(v.Query)+`).map((t) => `+quoted(v.Query)+`.slice(t.from, t.to))`)
		for i, found := range terms {
			if units[i] != found.Text {
				t.Errorf("%s: %q does not stand where it is said to", v.Query, found.Text)
			}
		}
		if v.Error == nil {
			v.compare(t, terms)
		}
	}
}

func (v *vector) compare(t *testing.T, terms []term) {
	t.Helper()
	where, words := v.Where, v.Words
	for _, found := range terms {
		switch strings.ToLower(found.Key) {
		case "":
			phrase := strings.HasPrefix(strings.TrimPrefix(found.Text, "-"), `"`)
			text, prefix := found.Value, false
			if !phrase {
				text, prefix = strings.CutSuffix(text, "*")
			}
			if len(words) == 0 || words[0].Text != text || words[0].Prefix != prefix || words[0].Not != found.Not {
				t.Fatalf("%s: the page finds the word %+v, the server %+v", v.Query, found, words)
			}
			words = words[1:]
		case "from", "to":
			if v.From == nil && v.To == nil {
				t.Errorf("%s: the page finds a time, the server none", v.Query)
			}
		default:
			if where = found.meets(where); where == nil {
				t.Fatalf("%s: the page finds %+v, the server %+v", v.Query, found, v.Where)
			}
		}
	}
	if len(where)+len(words) > 0 {
		t.Errorf("%s: the page misses %+v %+v", v.Query, where, words)
	}
}

// meets takes the conditions that the term stands for, a range for two; nil where the term stands for others.
func (found *term) meets(where []condition) []condition {
	rest, met := where, 0
	for len(rest) > 0 && met < 2 && found.means(rest[0]) {
		rest, met = rest[1:], met+1
		if !strings.Contains(found.Value, "..") {
			break
		}
	}
	if met == 0 {
		return nil
	}
	return slices.Clip(append([]condition{}, rest...))
}

func (found *term) means(c condition) bool {
	key := c.Field
	switch c.Field {
	case "trace_id":
		key = "trace"
	case "attr", "metadata":
		key = c.Field + "." + c.Key
	}
	unquoted := strings.ReplaceAll(found.Key, `"`, "")
	if !strings.EqualFold(unquoted, key) || found.Not != c.Not {
		return false
	}
	switch c.Op {
	case "in":
		return (found.Op == "" || found.Op == "=") && slices.Equal(found.Values, c.Values)
	case "contains":
		return found.Op == "~" && slices.Equal(found.Values, c.Values)
	}
	isRange := found.Op == "" && (c.Op == "gte" || c.Op == "lte") && strings.Contains(found.Value, "..")
	return isRange || operators[found.Op] == c.Op || (found.Op == "" || found.Op == "=") && c.Op == "eq"
}

func readVectors(t *testing.T) []vector {
	t.Helper()
	text, err := os.ReadFile("../api/testdata/query.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct{ Queries []vector }
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Queries) == 0 {
		t.Fatal("no queries")
	}
	return table.Queries
}

// loadModule puts what a source of the pages exports under a name.
func (p *page) loadModule(name, file string) {
	p.t.Helper()
	built := api.Build(api.BuildOptions{
		EntryPoints: []string{file}, Bundle: true, Format: api.FormatIIFE, GlobalName: "globalThis." + name, LogLevel: api.LogLevelSilent,
	})
	if len(built.Errors) > 0 || len(built.OutputFiles) != 1 {
		p.t.Fatalf("%s: %+v", file, built.Errors)
	}
	ask[bool](p, string(built.OutputFiles[0].Contents)+";true")
}
