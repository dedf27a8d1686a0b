package pricing_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/pricing"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// noon is outside the hours in which some sellers ask more.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func call(provider, model string, usage store.Usage) store.Span {
	return store.Span{
		Kind: store.KindLLM, Model: model, Usage: &usage, Start: noon, End: noon.Add(time.Second),
		Call: &store.Call{Provider: provider},
	}
}

func priced(table *pricing.Table, span store.Span) store.Span {
	batch := store.Batch{Spans: []store.Span{span}}
	table.Apply(&batch)
	return batch.Spans[0]
}

func TestNamesOfModels(t *testing.T) {
	t.Parallel()
	table := pricing.Embedded()
	for _, tt := range []struct{ provider, model, want string }{
		{"openai", "gpt-4o", "gpt-4o"},
		{"", "gpt-4o", "gpt-4o"},
		{"", "GPT-4o", "gpt-4o"},
		{"", "gpt-4o-2024-08-06", "gpt-4o"},
		{"", "gpt-4o-2024-05-13", "gpt-4o-2024-05-13"},
		{"", "gpt-4o-mini", "gpt-4o-mini"},
		{"", "gpt-4o-mini-2024-07-18", "gpt-4o-mini"},
		{"", "openai/gpt-4o", "gpt-4o"},
		{"openrouter", "openai/gpt-4o-mini", "gpt-4o-mini"},
		{"", "openrouter/anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"},
		{"", "azure/gpt-4o", "gpt-4o"},
		{"azure.ai.openai", "gpt-4.1-mini", "gpt-4.1-mini"},
		{"", "gpt-4.1-mini-2025-04-14", "gpt-4.1-mini"},
		{"", "gpt-5", "gpt-5"},
		{"", "gpt-5-mini", "gpt-5-mini"},
		{"", "gpt-5-nano-2025-08-07", "gpt-5-nano"},
		{"", "gpt-5.1", "gpt-5.1"},
		{"openai.chat", "gpt-5-pro", "gpt-5-pro"},
		{"", "openai:gpt-5-codex", "gpt-5-codex"},
		{"", "o3", "o3"},
		{"", "o3-mini", "o3-mini"},
		{"", "ft:gpt-4o-mini-2024-07-18:acme:support:9x", "ft:gpt-4o-mini"},
		{"", "text-embedding-3-small", "text-embedding-3-small"},
		{"anthropic", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5"},
		{"", "claude-haiku-4-5@20251001", "claude-haiku-4-5"},
		{"", "claude-opus-4-6[1m]", "claude-opus-4-6"},
		{"", "claude-opus-4-20250514", "claude-opus-4"},
		{"", "claude-opus-4-1-20250805", "claude-opus-4-1"},
		{"", "claude-3-5-sonnet-latest", "claude-3-5-sonnet"},
		{"gcp.vertex_ai", "claude-sonnet-4-5@20250929", "claude-sonnet-4-5"},
		{"aws.bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"},
		{"anthropic", "us.anthropic.claude-opus-4-6-v1", "us.anthropic.claude-opus-4-6-v1"},
		{"bedrock", "bedrock:us.anthropic.claude-opus-4-6-v1:0", "us.anthropic.claude-opus-4-6-v1"},
		{"", "anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0"},
		{"", "bedrock/converse/us.anthropic.claude-opus-4-6-v1", "us.anthropic.claude-opus-4-6-v1"},
		{
			"", "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0",
			"us.anthropic.claude-haiku-4-5-20251001-v1:0",
		},
		{"", "amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"},
		{"", "amazon.titan-embed-text-v2:0", "amazon.titan-embed-text-v2:0"},
		{"gcp.gemini", "gemini-2.5-flash", "gemini-2.5-flash"},
		{"", "models/gemini-2.5-flash-lite", "gemini-2.5-flash-lite"},
		{"", "gemini-2.0-flash-001", "gemini-2.0-flash"},
		{"", "projects/p/locations/global/publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro"},
		{"", "mistral/mistral-small-latest", "mistral-small-latest"},
		{"", "deepseek-v4-flash", "deepseek-v4-flash"},
		{"", "xai/grok-4.3", "grok-4.3"},
		{"", "command-r-plus-08-2024", "command-r-plus-08-2024"},
		{"groq", "llama-3.3-70b-versatile", "llama-3.3-70b-versatile"},
		{"", "groq/openai/gpt-oss-120b", "openai/gpt-oss-120b"},
		{"groq", "openai/gpt-oss-120b", "openai/gpt-oss-120b"},
		{"cerebras", "gpt-oss-120b", "gpt-oss-120b"},

		{"", "gpt-oss-120b", ""}, // each host asks its own price
		{"", "llama-3.3-70b-versatile", ""},
		{"ollama", "mistral-small-latest", ""},
		{"", "ollama/gpt-4o", ""},
		{"openrouter", "deepseek/deepseek-v4-flash", ""},
		{"azure.ai.openai", "mistral-small-latest", ""},
		{"", "amazon.titan-embed-text", ""}, // two versions, two prices
		{"", "gpt-4o-mini-tuned", ""},
		{"", "gpt-4", "gpt-4"},
		{"", "gpt-", ""},
		{"", "a-model-of-tomorrow", ""},
		{"", "my/gpt-4o", ""},
	} {
		t.Run(tt.provider+" "+tt.model, func(t *testing.T) {
			t.Parallel()
			got := ""
			if cost := priced(table, call(tt.provider, tt.model, store.Usage{Input: 1})).Cost; cost != nil {
				got = cost.Price.Model
			}
			if got != tt.want {
				t.Errorf("priced as %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEveryEntryIsFoundByItsOwnName(t *testing.T) {
	t.Parallel()
	table := pricing.Embedded()
	count := 0
	for seller, model := range pricing.Entries() {
		count++
		cost := priced(table, call(seller, model, store.Usage{Input: 1})).Cost
		if cost == nil || cost.Price.Model != model {
			t.Errorf("%s of %s: priced as %+v", model, seller, cost)
			continue
		}
		source, err := url.Parse(cost.Price.Source)
		if err != nil || source.Scheme != "https" || source.Host == "" {
			t.Errorf("%s: source %q is no address", model, cost.Price.Source)
		}
		if _, err := time.Parse(time.DateOnly, cost.Price.Date); err != nil {
			t.Errorf("%s: date %q", model, cost.Price.Date)
		}
	}
	if count < 500 {
		t.Errorf("the table has %d models", count)
	}
}

func TestCost(t *testing.T) {
	t.Parallel()
	const million = 1_000_000
	for _, tt := range []struct {
		name  string
		span  store.Span
		total float64 // dollars
	}{
		{"input and output", call("", "gpt-4.1-mini", store.Usage{Input: million, Output: million}), 0.4 + 1.6},
		{"cached input", call("", "gpt-4.1-mini", store.Usage{Input: million, CacheRead: million}), 0.1},
		{
			"cache writes, an hour's apart",
			call("", "claude-sonnet-4-5", store.Usage{Input: 2 * million, CacheWrite: 2 * million, CacheWrite1h: million}), 3.75 + 6,
		},
		{"reasoning is output", call("", "o3", store.Usage{Output: million, Reasoning: million}), 8},
		{"up to the limit of a long context", call("", "gemini-2.5-pro", store.Usage{Input: 200_000, Output: million}), 0.25 + 10},
		{"above it", call("", "gemini-2.5-pro", store.Usage{Input: 200_001, Output: million}), 0.5000025 + 15},
		{"more cached than sent", call("", "gpt-4o", store.Usage{Input: 1, CacheRead: million}), 1.25},
		{"nothing", call("", "gpt-4o", store.Usage{}), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cost := priced(pricing.Embedded(), tt.span).Cost
			if cost == nil {
				t.Fatal("no cost")
			}
			if want := store.NanoUSD(tt.total*1e9 + 0.5); cost.Total != want {
				t.Errorf("cost %v, want %v", cost.Total, want)
			}
			if parts := cost.Input + cost.CacheRead + cost.CacheWrite + cost.Output; parts != cost.Total {
				t.Errorf("the parts are %v, the total %v", parts, cost.Total)
			}
		})
	}
}

func TestPriceByTheHour(t *testing.T) {
	t.Parallel()
	span := call("", "deepseek-v4-pro", store.Usage{Input: 1_000_000})
	usual := priced(pricing.Embedded(), span).Cost
	span.Start = time.Date(2026, 11, 21, 9, 59, 0, 0, time.UTC)
	if got, want := priced(pricing.Embedded(), span).Cost.Total, 2*usual.Total; got != want {
		t.Errorf("a call in a busy hour costs %v, want %v", got, want)
	}
}

func TestHugeCountsDoNotOverflow(t *testing.T) {
	t.Parallel()
	const most = 1<<63 - 1
	cost := priced(pricing.Embedded(), call("", "o1-pro", store.Usage{Input: most, Output: most})).Cost
	if cost.Total != most {
		t.Errorf("cost %v, want the largest", cost.Total)
	}
}

func TestUnknownModelHasTokensAndNoCost(t *testing.T) {
	t.Parallel()
	span := call("", "a-model-of-tomorrow", store.Usage{Input: 7})
	span.Cost = &store.Cost{Total: 1}
	got := priced(pricing.Embedded(), span)
	if got.Cost != nil || got.Usage == nil || got.Usage.Input != 7 {
		t.Errorf("usage %+v, cost %+v", got.Usage, got.Cost)
	}
}

func TestEstimate(t *testing.T) {
	t.Parallel()
	estimated := func(change func(*store.Span)) *store.Usage {
		span := call("", "claude-sonnet-4-5", store.Usage{})
		span.Usage, span.Input, span.Output = nil, new("0123456789abcdef"), new("äöü€ äöü")
		change(&span)
		return priced(pricing.Embedded(), span).Usage
	}
	want := store.Usage{Input: 4, Output: 2, Estimated: true}
	for _, model := range []string{"claude-sonnet-4-5", "gpt-4o", "a-model-of-tomorrow"} {
		if got := estimated(func(s *store.Span) { s.Model = model }); got == nil || *got != want {
			t.Errorf("%s: usage %+v, want %+v", model, got, want)
		}
	}
	for name, change := range map[string]func(*store.Span){
		"no model":             func(s *store.Span) { s.Model = "" },
		"no model call":        func(s *store.Span) { s.Kind = store.KindAgent },
		"a call of calls":      func(s *store.Span) { s.Call.Operation = "invoke_agent" },
		"a call that runs yet": func(s *store.Span) { s.End = time.Time{} },
	} {
		if got := estimated(change); got != nil {
			t.Errorf("%s: usage %+v, want none", name, got)
		}
	}
	if got := estimated(func(s *store.Span) { s.Usage = &store.Usage{} }); got.Estimated {
		t.Error("zero tokens that were reported were estimated")
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	table, err := pricing.Load(strings.NewReader(`[
		{"model_name": "z", "match_pattern": "^house-.*$", "prices": {"input": 3e-06}},
		{"model_name": "b", "match_pattern": "^HOUSE-small", "prices": {"input": 0.000001, "output": null}},
		{"model_name": "house-exact", "prices": {"input": 2e-6, "cacheWrite": 1e-6}},
		{"model_name": "gpt-4o", "prices": {"input": 0}}
	]`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		model string
		want  string
		nano  store.NanoUSD
	}{
		{"house-exact", "house-exact", 2000},
		{"house-small-1", "b", 1000},
		{"house-large", "z", 3000},
		{"gpt-4o", "gpt-4o", 0},
		{"gpt-4o-mini", "gpt-4o-mini", 150},
	} {
		cost := priced(table, call("", tt.model, store.Usage{Input: 1})).Cost
		if cost == nil || cost.Price.Model != tt.want || cost.Total != tt.nano {
			t.Errorf("%s: cost %+v, want %v by %s", tt.model, cost, tt.nano, tt.want)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{``, "JSON array"},
		{`{}`, "JSON array"},
		{`[] []`, "after"},
		{`[{"prices":{"input":1e-6}}]`, "model_name"},
		{`[{"model_name":"m","match_pattern":"(","prices":{"input":1e-6}}]`, `"m": match_pattern`},
		{`[{"model_name":"m","prices":{}}]`, "neither"},
		{`[{"model_name":"m","prices":{"input":-1e-6}}]`, "not a number of dollars"},
		{`[{"model_name":"m","prices":{"input":2}}]`, "above a dollar"},
		{`[{"model_name":"m","prices":{"input":1e99999}}]`, "above a dollar"},
		{`[{"model_name":"m","prices":{"input":1e-19}}]`, "decimals"},
	} {
		if _, err := pricing.Load(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.text, err, tt.want)
		}
	}
}

func TestApplyRemembersNoMoreNamesThanItMust(t *testing.T) {
	t.Parallel()
	table := pricing.Embedded()
	for i := range 10_000 {
		priced(table, call("", fmt.Sprint("stranger-", i), store.Usage{Input: 1}))
	}
	if cost := priced(table, call("", "gpt-4o", store.Usage{Input: 1})).Cost; cost == nil {
		t.Error("a known model lost its price")
	}
}

func BenchmarkApply(b *testing.B) {
	table := pricing.Embedded()
	batch := store.Batch{Spans: []store.Span{call("openai", "gpt-4o-2024-08-06", store.Usage{Input: 1000, Output: 10})}}
	b.ReportAllocs()
	for b.Loop() {
		table.Apply(&batch)
	}
}
