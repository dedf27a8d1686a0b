package llmhttp_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

func TestGeminiArgumentsThatComeBitByBit(t *testing.T) {
	t.Parallel()
	begun := `{"functionCall":{"id":"c1","name":"light","willContinue":true}}`
	bit := func(arguments string) string {
		return `{"functionCall":{"willContinue":true,"partialArgs":[` + arguments + `]}}`
	}
	const end = `{"functionCall":{}}`
	for name, c := range map[string]struct {
		parts []string
		want  string
	}{
		"values of every kind": {
			[]string{begun, bit(`{"jsonPath":"$.brightness","numberValue":50.0},{"jsonPath":"$.on","boolValue":true}`), bit(`{"jsonPath":"$.until","nullValue":"NULL_VALUE"}`), end},
			`{"id":"c1","name":"light","arguments":{"brightness":50.0,"on":true,"until":null}}`,
		},
		"a text in pieces": {
			[]string{begun, bit(`{"jsonPath":"$.room","stringValue":"kit","willContinue":true}`), bit(`{"jsonPath":"$.room","stringValue":"chen \"2\""}`), end},
			`{"id":"c1","name":"light","arguments":{"room":"kitchen \"2\""}}`,
		},
		"inner values": {
			[]string{begun, bit(`{"jsonPath":"$.rooms[0].name","stringValue":"a"},{"jsonPath":"$.rooms[1].name","stringValue":"b"},{"jsonPath":"$['a b'][\"c\"]","numberValue":1}`), end},
			`{"id":"c1","name":"light","arguments":{"rooms":[{"name":"a"},{"name":"b"}],"a b":{"c":1}}}`,
		},
		"snake case": {
			[]string{`{"function_call":{"name":"light","will_continue":true}}`, `{"function_call":{"partial_args":[{"json_path":"$.x","string_value":"y"}]}}`},
			`{"name":"light","arguments":{"x":"y"}}`,
		},
		"cut":                      {[]string{begun, bit(`{"jsonPath":"$.room","stringValue":"kit","willContinue":true}`)}, `{"id":"c1","name":"light","arguments":{"room":"kit"}}`},
		"none":                     {[]string{begun, end}, `{"id":"c1","name":"light","arguments":{}}`},
		"one call after the other": {[]string{begun, bit(`{"jsonPath":"$.a","numberValue":1}`), end, `{"functionCall":{"name":"off","willContinue":true}}`, bit(`{"jsonPath":"$.b","numberValue":2}`)}, `{"id":"c1","name":"light","arguments":{"a":1}},{"name":"off","arguments":{"b":2}}`},
		"a call that never ended":  {[]string{begun, `{"functionCall":{"name":"off","args":{"b":2}}}`}, `{"id":"c1","name":"light","arguments":{}},{"name":"off","arguments":{"b":2}}`},
		"an end without a call":    {[]string{end, begun, end, end}, `{"id":"c1","name":"light","arguments":{}}`},
		"whole after all":          {[]string{begun, `{"functionCall":{"name":"light","args":{"a":1}}}`}, `{"id":"c1","name":"light","arguments":{"a":1}}`},
		"paths that lead nowhere": {
			[]string{begun, bit(`{"jsonPath":"room","stringValue":"x"},{"jsonPath":"$","numberValue":1},{"jsonPath":"$[0","numberValue":1},{"jsonPath":"$x","numberValue":1},
				{"jsonPath":7},null,{"jsonPath":"$.x","numberValue":"NaN"},{"jsonPath":"$.y","willContinue":true},{"jsonPath":"$` + strings.Repeat(".a", 300) + `","numberValue":1}`), end},
			`{"id":"c1","name":"light","arguments":{}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chunks := make([]string, 0, len(c.parts)+1)
			for _, part := range c.parts {
				chunks = append(chunks, strings.Join(strings.Fields(said(part)), " "))
			}
			_, r := exchange{url: geminiStreamURL, answer: sse(append(chunks, geminiStop)...)}.read(t)
			if got, want := messages(r.Messages), `[{"role":"assistant","content":[],"tool_calls":[`+c.want+`]}]`; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestGeminiArgumentsThatComeBitByBitAreBounded(t *testing.T) {
	t.Parallel()
	e := exchange{url: geminiStreamURL, limits: llmhttp.Limits{Text: 4}, answer: sse(
		said(`{"functionCall":{"name":"f","partialArgs":[{"jsonPath":"$.a","stringValue":"123456"},{"jsonPath":"$.b.c","stringValue":"12345"}]}}`))}
	_, r := e.read(t)
	const want = `[{"role":"assistant","content":[],"tool_calls":[{"name":"f","arguments":{"a":"1234","b":{"c":"1234"}}}]}]`
	if got := messages(r.Messages); got != want || llmhttp.Dropped(r.Messages) != 3 {
		t.Errorf("got %s, %d dropped, want %s", got, llmhttp.Dropped(r.Messages), want)
	}
}

func TestEndlessGeminiArgumentsAreBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, `,{"jsonPath":"$.a%d","numberValue":1}`, i)
	}
	_, r := exchange{url: geminiStreamURL, answer: sse(said(`{"functionCall":{"name":"f","partialArgs":[null` + b.String() + `]}}`))}.read(t)
	var arguments map[string]any
	if err := json.Unmarshal(r.Messages[0].ToolCalls[0].Arguments, &arguments); err != nil || len(arguments) != 1024 {
		t.Errorf("%d arguments are kept (%v)", len(arguments), err)
	}
}
