package llmhttp_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

func TestBedrockCountsTheTokensOfLargeBodies(t *testing.T) { // alone: it counts what is allocated
	const size, limit = 24 * mib, 300 << 10
	text := strings.Repeat("x", limit)
	body := `{"anthropic_version":"v","messages":[{"role":"user","content":[{"type":"text","text":"` + text + `"},` +
		`{"type":"image","source":{"type":"base64","media_type":"image/png","data":"` + strings.Repeat("A", size) + `"}},{"type":"text","text":"What is it?"}]}]}`
	e := exchange{url: modelURL("anthropic.claude", "count-tokens"), request: `{"input":{"invokeModel":{"body":"` + base64.StdEncoding.EncodeToString([]byte(body)) + `"}}}`}
	want := fmt.Sprintf(`[{"role":"user","content":[{"type":"text","text":"%s"},`+
		`{"type":"image","source":"inline","base64_len":%d,"media_type":"image/png"},{"type":"text","text":"What is it?"}]}]`, text, size)
	route := e.ask(t).Route
	sent := []byte(e.request)
	taken := heapGrowth(func() {
		reader := route.Reader(llmhttp.Limits{})
		for part := range chunks(sent, 64<<10) {
			_, _ = reader.Write(part)
		}
		if got := messages(reader.Request().Messages); got != want {
			t.Errorf("got %d bytes: …%s", len(got), got[max(len(got)-200, 0):])
		}
	})
	if taken > size/2 {
		t.Errorf("%d MiB were allocated to read a request of %d MiB", taken/mib, len(sent)/mib)
	}
}

func TestBedrockCountReadsWhatIsWrapped(t *testing.T) {
	t.Parallel()
	const said = `{"messages":[{"role":"user","content":"Hi"}]}`
	wrap := func(body string) string { return base64.StdEncoding.EncodeToString([]byte(body)) }
	const asText = `{"messages":[{"role":"assistant","content":[{"toolUse":{"name":"post","input":{"body":"SGk="}}}]}]}`
	for name, c := range map[string]struct{ input, want string }{
		"a body":                  {`{"invokeModel":{"body":"` + wrap(said) + `"}}`, `[{"role":"user","content":"Hi"}]`},
		"a body with line breaks": {`{"invokeModel":{"body":"` + wrap(said)[:10] + `\r\n` + wrap(said)[10:] + `\n"}}`, `[{"role":"user","content":"Hi"}]`},
		"a body that is given twice": {
			`{"invokeModel":{"body":"` + wrap(`{"messages":[]}`) + `","body":"` + wrap(said) + `"}}`, `[{"role":"user","content":"Hi"}]`,
		},
		"a body in the arguments of a call": {
			`{"converse":` + asText + `}`,
			`[{"role":"assistant","content":[],"tool_calls":[{"name":"post","arguments":{"body":"SGk="}}]}]`,
		},
		"no base64":             {`{"invokeModel":{"body":"{}"}}`, `[]`},
		"more after its end":    {`{"invokeModel":{"body":"` + wrap(said+" ") + wrap(said) + `"}}`, `[]`},
		"base64 cut short":      {`{"invokeModel":{"body":"` + wrap(said)[:21] + `"}}`, `[]`},
		"no JSON":               {`{"invokeModel":{"body":"` + wrap("Hi") + `"}}`, `[]`},
		"an empty text":         {`{"invokeModel":{"body":""}}`, `[]`},
		"no text":               {`{"invokeModel":{"body":[` + said + `]}}`, `[]`},
		"wrapped once too much": {`{"invokeModel":{"body":"` + wrap(`{"input":{"invokeModel":{"body":"`+wrap(said)+`"}}}`) + `"}}`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, r := exchange{url: modelURL("anthropic.claude", "count-tokens"), request: `{"input":` + c.input + `}`, answer: `{"inputTokens":3}`}.read(t)
			if got := messages(q.Messages); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if r.Usage.Input != llmhttp.Tokens(3) {
				t.Errorf("got %+v", r.Usage)
			}
		})
	}
}
