package vocab_test

import (
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// TestMessagesOfOurSDK holds that the messages of a call are those that were sent, byte for byte, whatever the call before
// it said.
func TestMessagesOfOurSDK(t *testing.T) {
	t.Parallel()
	const (
		asked  = `{"role":"user","content":"a \"b\" \\ ] } , ["}`
		called = `{"role":"assistant","content":[],"tool_calls":[{"name":"f","arguments":{"a":[1,{}]}}]}`
		longer = `{"role":"user","content":"a \"b\" \\ ] } , [ and more"}`
	)
	calls := []struct {
		name string
		sent string
		want []string
	}{
		{"one", `[` + asked + `]`, []string{asked}},
		{"grown", `[` + asked + `,` + called + `]`, []string{asked, called}},
		{"spaced", `[ ` + asked + " ,\n" + called + ` ] `, []string{asked, called}},
		{"the same again", `[` + asked + `,` + called + `]`, []string{asked, called}},
		{"shorter", `[` + asked + `]`, []string{asked}},
		{"another", `[` + longer + `,` + asked + `]`, []string{longer, asked}},
	}
	raws := make([]vocab.RawSpan, len(calls))
	for i, c := range calls {
		raws[i] = sentByUs(c.sent)
	}
	batch := vocab.Read(raws)
	for i, c := range calls {
		var got []string
		for _, m := range batch.Spans[i].Call.In {
			got = append(got, m.Body)
		}
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s: messages are\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
	for _, broken := range []string{
		`[`, `[]`, `[` + asked, `[` + asked + `,]`, `[` + asked + `] x`, `[` + asked + called + `]`,
		`[{"role":"user","content":nothing}]`, `[{"role":"user"`, `[{"role":"`,
	} {
		for _, m := range vocab.Read([]vocab.RawSpan{sentByUs(broken)}).Spans[0].Call.In {
			if m.Body == asked {
				t.Errorf("%s has messages as they were sent", broken)
			}
		}
	}
}

func sentByUs(input string) vocab.RawSpan {
	return vocab.RawSpan{TraceID: "t", SpanID: "s", Attributes: vocab.Attributes{
		attr.SpanType: attr.KindLLM, attr.SDKName: "traceroot-go", attr.GenAIProviderName: "openai", attr.SpanInput: input,
	}}
}
