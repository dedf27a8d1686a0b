package verdict_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

func TestRules(t *testing.T) {
	t.Parallel()
	label := func(code string) string { return `{"postal_code":"` + code + `"}` }
	refused := func(code string) turn {
		return turn{"ship", label(code), "", `422 address_invalid: postal_code "` + code + `" is no code`}
	}
	order := turn{"get_order", `{"id":"60418"}`, `{"postal_code":"97201","street":"1142 SE Alder St"}`, ""}
	offered := `[{"name":"get_order","parameters":{"type":"object"}},{"name":"ship","parameters":{"type":"object"}}]`
	for _, rule := range []struct {
		name  verdict.Rule
		cases map[string]struct {
			spans []store.Span
			want  string // nothing: the rule says nothing
		}
	}{
		{verdict.RuleFailed, ruleCases{
			"of a tool": {
				rootFails(turns(order, turn{"ship", `{}`, "", "no carrier"}), "ship: no carrier"),
				"Failed at step 2 of 3. ship failed: no carrier.",
			},
			"by its status alone": {
				rootFails(turns(turn{"ship", `{}`, "", "POST /labels: 503 Service Unavailable"}), "POST /labels: 503 Service Unavailable"),
				"Failed at step 1 of 2. ship answered 503 Service Unavailable.",
			},
			"of the model": {
				[]store.Span{
					agent("01", "", "agent", 0, 900, failed("ask: 429: slow down")),
					model("02", "01", 10, 800, []string{user("Hello")}, nil, failed("rate_limit_error: 429 rate_limit_exceeded: slow down")),
				},
				"Failed. Model call #1 answered 429 rate_limit_exceeded.",
			},
			"of nothing but the root": {
				rootFails(turns(order), "no answer in 8 turns"), "Failed. agent failed: no answer in 8 turns.",
			},
			"without a text": {rootFails(turns(order), ""), "Failed. agent failed."},
			"of an agent within the agent": {
				[]store.Span{
					agent("01", "", "agent", 0, 900, failed("writer: no paper")),
					agent("02", "01", "writer", 10, 800, failed("no paper")),
					model("03", "02", 20, 100, []string{user("Write")}, []string{says("", asks("c1", "print", "{}"))}),
					tool("04", "02", "print", 110, 200, took("c1"), failed("no paper")),
					model("05", "02", 300, 400, []string{user("Write"), says("", asks("c1", "print", "{}")), result("c1", "no paper")}, []string{says("Sorry.")}),
				},
				"Failed at step 1 of 2 in writer. print failed: no paper.",
			},
			"an error of a tool that the model got over": {turns(turn{"ship", `{}`, "", "no carrier"}, turn{"ship", `{"by":"bike"}`, "done", ""}), ""},
		}},
		{verdict.RuleRepeated, ruleCases{
			"three times": {
				turns(again(3, turn{"ship", `{"to":"Portland"}`, "", "no carrier"})...),
				"Repeated a failing call. ship failed 3 times with identical arguments.",
			},
			"members in another order are the same": {
				turns(turn{"ship", `{"a":"one","b":"two"}`, "", "no carrier, request 17"}, turn{"ship", `{ "b":"two", "a":"one" }`, "", "no carrier, request 18"}),
				"Repeated a failing call. ship failed twice with identical arguments.",
			},
			"what works the second time":      {turns(turn{"ship", `{}`, "", "503"}, turn{"ship", `{}`, "done", ""}), ""},
			"what works the third time":       {turns(turn{"ship", `{}`, "", "503"}, turn{"ship", `{}`, "", "503"}, turn{"ship", `{}`, "done", ""}), ""},
			"other arguments":                 {turns(turn{"ship", `{"to":"A"}`, "", "no"}, turn{"ship", `{"to":"B"}`, "", "no"}), ""},
			"another error, so some progress": {turns(turn{"ship", `{}`, "", "no carrier"}, turn{"ship", `{}`, "", "no weight"}), ""},
			"another tool":                    {turns(turn{"ship", `{}`, "", "no"}, turn{"send", `{}`, "", "no"}), ""},
			"of what works":                   {turns(again(2, order)...), ""},
		}},
		{verdict.RuleUnseen, ruleCases{
			"almost what was shown": {
				turns(order, refused("972O1")),
				"Argument not in context. ship failed, and its postal_code 972O1, with a letter O, is not in anything the model was shown: get_order had returned 97201.",
			},
			"two digits swapped": {
				turns(order, refused("97210")),
				"Argument not in context. ship failed, and its postal_code 97210 is not in anything the model was shown: get_order had returned 97201.",
			},
			"made up": {
				turns(turn{"get_order", `{"id":"ord_88231"}`, "", "there is no order ord_88231"}),
				"Argument not in context. get_order failed, and its id ord_88231 is not in anything the model was shown.",
			},
			"what was shown":                 {turns(order, refused("97201")), ""},
			"of a call that worked":          {turns(order, turn{"ship", label("972O1"), "done", ""}), ""},
			"of a failure over other things": {turns(order, turn{"ship", label("972O1"), "", "connection refused"}), ""},
			"that the model put right":       {turns(order, refused("972O1"), turn{"ship", label("97201"), "done", ""}), ""},
			"a date of the model's own form": {
				turns(turn{"get_order", `{"id":"18 November"}`, `{"placed":"2026-11-09"}`, ""}, turn{"find", `{"day":"2026-11-08"}`, "", "nothing on day 2026-11-08"}), "",
			},
			"a word of the model's own":     {turns(order, turn{"find", `{"query":"cheap brake pads"}`, "", "nothing for cheap brake pads"}), ""},
			"a round number":                {turns(order, turn{"find", `{"limit":2500}`, "", "limit 2500 is too large"}), ""},
			"a number in another form":      {turns(turn{"get_order", `{}`, `total: 1,299.50 dollars`, ""}, turn{"pay", `{"total":1299.5}`, "", "total 1299.5 refused"}), ""},
			"in a picture, for all we know": {withPicture(turns(order, refused("972O1"))), ""},
			"of content that was cut":       {withAttributes(turns(order, refused("972O1")), `{"sdk.truncated":true}`), ""},
		}},
		{verdict.RuleLoop, ruleCases{
			"at once": {
				turns(again(3, turn{"go_test", `{"pkg":"./wheel"}`, long, ""})...),
				"Went in circles. go_test gave the same result to the same arguments 3 times.",
			},
			"with other steps between": {
				turns(slices.Repeat([]turn{{"go_test", `{}`, long, ""}, {"edit", `{"file":"a.go"}`, "ok", ""}}, 5)...),
				"Went in circles. go_test gave the same result to the same arguments 5 times.",
			},
			"as part of a failure": {
				rootFails(turns(again(4, turn{"go_test", `{}`, long, ""})...), "context deadline exceeded"),
				"Failed. agent failed: context deadline exceeded. go_test gave the same result to the same arguments 4 times.",
			},
			"before it failed": {
				rootFails(turns(append(again(4, turn{"go_test", `{}`, long, ""}), turn{"go_test", `{}`, "", "context deadline exceeded"})...), "go_test: context deadline exceeded"),
				"Failed at step 5 of 6. go_test failed: context deadline exceeded. go_test had given the same result to the same arguments 4 times before.",
			},
			"twice": {turns(again(2, turn{"go_test", `{}`, long, ""})...), ""},
			"waiting that ends": {
				turns(append(again(4, turn{"status", `{}`, `{"job":"render","state":"queued","position":"behind others"}`, ""}), turn{"status", `{}`, "done", ""})...), "",
			},
			"scrolling on":                     {turns(again(9, turn{"scroll", `{"by":"page"}`, "ok", ""})...), ""},
			"other results":                    {turns(turn{"go_test", `{}`, long + "1", ""}, turn{"go_test", `{}`, long + "2", ""}, turn{"go_test", `{}`, long + "3", ""}), ""},
			"a look around between other work": {turns(slices.Repeat([]turn{{"git_status", `{}`, long, ""}, {"edit", `{}`, "ok", ""}}, 3)...), ""},
			"in one step":                      {inOneStep(5), ""},
		}},
		{verdict.RuleCut, ruleCases{
			"by the limit": {
				oneCall(says("Once upon a"), finished("max_tokens"), usage(store.Usage{Input: 9, Output: 4096})),
				"Answer cut. Model call #1 stopped at its token limit, after 4,096 tokens.",
			},
			"by a filter":             {oneCall(says(""), finished("SAFETY")), "Answer cut. Model call #1 was stopped by the content filter."},
			"by nothing":              {oneCall(says("Yes."), finished("stop")), ""},
			"on purpose":              {oneCall(says("yes"), finished("length"), parameters(`{"max_tokens":1}`)), ""},
			"and continued":           {continued(), ""},
			"one of several answers":  {oneCall(says("Yes."), func(s *store.Span) { s.Call.FinishReasons = []string{"length", "stop"} }), ""},
			"an answer of tool calls": {turnsAnd([]string{says("Done.")}, finished("end_turn"), order), ""},
		}},
		{verdict.RuleEmpty, ruleCases{
			"after a tool": {
				turnsAnd([]string{says("")}, usage(store.Usage{Input: 900, Output: 3}), order),
				"Empty answer. Model call #2 answered without any text or tool call.",
			},
			"after thoughts": {
				oneCall(message("role", `"assistant"`, "content", `[{"type":"reasoning","redacted":true}]`), usage(store.Usage{Output: 802, Reasoning: 800})),
				"Empty answer. Model call #1 answered without any text or tool call, after 800 tokens of reasoning.",
			},
			"content that was not captured": {oneCall(says(""), usage(store.Usage{Output: 300})), ""},
			"no tokens known":               {oneCall(says("")), ""},
			"a picture":                     {oneCall(message("role", `"assistant"`, "content", `[{"type":"image","source":"inline"}]`), usage(store.Usage{Output: 1})), ""},
			"no messages at all":            {[]store.Span{agent("01", "", "agent", 0, 9), model("02", "01", 1, 2, []string{user("Hi")}, nil, usage(store.Usage{Output: 2}))}, ""},
			"tool calls":                    {oneCall(says("", asks("c", "ship", "{}")), usage(store.Usage{Output: 5})), ""},
		}},
		{verdict.RuleUnknownTool, ruleCases{
			"almost the name": {
				oneCall(says("", asks("c", "get_orders", "{}")), offers(offered)),
				"Unknown tool. Model call #1 asked for get_orders, which it was not offered: there is get_order.",
			},
			"another name":                  {oneCall(says("", asks("c", "paint", "{}")), offers(offered)), "Unknown tool. Model call #1 asked for paint, which it was not offered."},
			"one that was offered":          {oneCall(says("", asks("c", "ship", "{}")), offers(offered)), ""},
			"what was offered is not known": {oneCall(says("", asks("c", "paint", "{}"))), ""},
			"beside a tool of the provider": {oneCall(says("", asks("c", "paint", "{}")), offers(`[{"name":"mcp"},{"name":"ship","parameters":{}}]`)), ""},
			"one that ran all the same":     {append(oneCall(says("", asks("c", "paint", "{}")), offers(offered)), tool("03", "01", "paint", 910, 950, took("c"))), ""},
			"a list that was cut":           {oneCall(says("", asks("c", "paint", "{}")), offers(offered[:40])), ""},
		}},
		{verdict.RuleRetries, ruleCases{
			"of the model": {
				attempts(2000, 2500, 4000),
				"Slowed by retries. 2 failed attempts took 4.5 s, 53 % of the time. The longest, Model call #2, answered 429 Too Many Requests.",
			},
			"until it failed": {
				rootFails(brokenOff(attempts(2000, 2500, 400)), "overloaded"),
				"Failed. Model call #3 answered 529 overloaded_error. 2 failed attempts took 4.5 s, 92 % of the time.",
			},
			"quick ones":          {attempts(100, 100, 4000), ""},
			"other things failed": {append(turns(turn{"a", `{}`, "", "no"}, turn{"b", `{}`, "ok", ""}), span("09", "01", store.KindSpan, "x", 95, 99, failed("no"))), ""},
			"one item after another": {
				[]store.Span{
					agent("01", "", "agent", 0, 9000),
					tool("02", "01", "load", 0, 4000, input(`"a"`), failed("no")), tool("03", "01", "load", 4100, 8000, input(`"b"`)),
				}, "",
			},
		}},
		{verdict.RuleCache, ruleCases{
			"the time of day": {
				cached("You help. It is 14:02:11 now. "+filler, "You help. It is 14:02:19 now. "+filler, store.Usage{Input: 3000}),
				"Prompt cache broken. Model call #2 sent the instructions again, the same but for character 24: t is 14:02:19 now. You a instead of t is 14:02:11 now. You a.",
			},
			"served all the same": {cached("It is 14:02:11. "+filler, "It is 14:02:19. "+filler, store.Usage{Input: 3000, CacheRead: 2500}), ""},
			"the same prompt":     {cached(filler, filler, store.Usage{Input: 3000}), ""},
			"other instructions":  {cached("You help. "+filler, "You plan. "+filler, store.Usage{Input: 3000}), ""},
			"a prompt too short":  {cached("It is 14:02:11. "+filler, "It is 14:02:19. "+filler, store.Usage{Input: 500}), ""},
		}},
		{verdict.RuleWindow, ruleCases{
			"nearly full": {
				oneCall(says("Yes."), named("gpt-4o-2024-08-06"), usage(store.Usage{Input: 121_000})),
				"Context window nearly full. Model call #1 was given 121,000 of the 128,000 tokens that gpt-4o-2024-08-06 takes.",
			},
			"roomy":            {oneCall(says("Yes."), named("gpt-4o"), usage(store.Usage{Input: 100_000})), ""},
			"unknown model":    {oneCall(says("Yes."), named("gpt-4oh"), usage(store.Usage{Input: 127_000})), ""},
			"larger than ours": {oneCall(says("Yes."), named("claude-3-opus"), usage(store.Usage{Input: 900_000})), ""},
			"estimated":        {oneCall(says("Yes."), named("gpt-4o"), usage(store.Usage{Input: 127_000, Estimated: true})), ""},
		}},
		{verdict.RuleRunning, ruleCases{
			"a model that answers": {
				append(turns(order)[:3], model("09", "01", 200, 0, []string{user("And?")}, nil, func(s *store.Span) { s.TimeToFirstToken = 694 * time.Millisecond })),
				"Running. Model call #2 is answering: first token after 694 ms.",
			},
			"a model that has not": {
				[]store.Span{agent("01", "", "agent", 0, -1), model("02", "01", 10, 0, []string{user("Hi")}, nil)},
				"Running. Model call #1 has not answered yet.",
			},
			"a tool": {
				[]store.Span{agent("01", "", "agent", 0, -1), tool("02", "01", "go_test", 10, 0)}, "Running. go_test is running.",
			},
			"a failure so far": {
				[]store.Span{
					agent("01", "", "agent", 0, -1), model("02", "01", 10, 20, []string{user("Hi")}, []string{says("", asks("c", "ship", "{}"))}),
					tool("03", "01", "ship", 30, 40, took("c"), failed("ship: 422 bad_code: no")),
				},
				"Running. agent is running. ship answered 422 bad_code; the run goes on.",
			},
			"a root that has not arrived": {
				[]store.Span{tool("02", "01", "go_test", 10, 20)}, "Running. The spans that have arrived have ended, the root has not.",
			},
			"all ended": {turns(order), ""},
		}},
	} {
		t.Run(string(rule.name), func(t *testing.T) {
			t.Parallel()
			for name, test := range rule.cases {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					got := judge(t, test.spans)
					if test.want == "" {
						if got != nil {
							t.Errorf("got %s: %s", got.Rule, got.Text())
						}
						return
					}
					if got == nil {
						t.Fatalf("got nothing, want %s", test.want)
					}
					if got.Text() != test.want || !strings.HasPrefix(test.want, got.Parts[0].Text) {
						t.Errorf("got  %s: %s\nwant %s: %s", got.Rule, got.Text(), rule.name, test.want)
					}
				})
			}
		})
	}
}

type ruleCases = map[string]struct {
	spans []store.Span
	want  string
}

func TestTraceThatStoppedTelling(t *testing.T) {
	t.Parallel()
	rootless := []store.Span{tool("02", "01", "go_test", 10, 20)}
	open := []store.Span{agent("01", "", "agent", 0, -1), tool("02", "01", "go_test", 10, 0)}
	for name, test := range map[string]struct {
		spans []store.Span
		now   time.Time
		want  string
	}{
		"its root never came":             {rootless, epoch.Add(time.Hour), "Root span missing. The span that all others are below never arrived."},
		"its root never ended":            {open, epoch.Add(time.Hour), "Never ended. agent began, but its end never arrived; the last thing that ran was go_test."},
		"a person may have been asked":    {open, epoch.Add(9 * time.Minute), "Running. go_test is running."},
		"without a clock, none has ended": {open, time.Time{}, "Running. go_test is running."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := verdict.Judge(trace(test.spans...), test.now); got == nil || got.Text() != test.want {
				t.Errorf("got %+v, want %s", got, test.want)
			}
		})
	}
}
