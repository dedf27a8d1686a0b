package llmhttp_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// said is a chunk in which a candidate says some parts.
func said(parts string) string {
	return `{"candidates":[{"content":{"role":"model","parts":[` + parts + `]}}]}`
}

const (
	geminiArrayURL = "https://generativelanguage.googleapis.com/v1beta/models/gemini-test:streamGenerateContent"
	geminiStop     = `{"candidates":[{"finishReason":"STOP"}]}`
)

func TestGeminiStreams(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		chunks   []string
		messages string
		reasons  []string
		first    int
	}{
		"text": {
			[]string{said(`{"text":"Hel"}`), said(`{"text":"lo"}`), geminiStop},
			`[{"role":"assistant","content":"Hello"}]`,
			[]string{"STOP"},
			0,
		},
		"thoughts, tools and text": {
			[]string{said(``), said(`{"text":""}`), said(`{"text":"H","thought":true}`), said(`{"text":"m","thought":true},{"executableCode":{"code":"1"}}`), said(`{"codeExecutionResult":{"output":"1"}},{"text":"a"}`), said(`{"text":"b"}`), geminiStop},
			`[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"},{"type":"server_tool_call","name":"code_execution"},` +
				`{"type":"server_tool_result","name":"code_execution"},{"type":"text","text":"ab"}]}]`,
			[]string{"STOP"},
			2,
		},
		"calls": {
			[]string{said(`{"functionCall":{"name":"a","args":{"x":1.0}}}`), said(`{"functionCall":{"id":"2","name":"a","args":{"x":2}}},{"text":"."}`), geminiStop},
			`[{"role":"assistant","content":".","tool_calls":[{"name":"a","arguments":{"x":1.0}},{"id":"2","name":"a","arguments":{"x":2}}]}]`,
			[]string{"STOP"},
			0,
		},
		"candidates that take turns": {
			[]string{
				`{"candidates":[{"index":1,"content":{"parts":[{"text":"b"}]}},{"content":{"parts":[{"text":"a"}]}}]}`,
				`{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":1},{"index":1,"content":{"parts":[{"text":"b"}]},"finishReason":2}]}`,
			},
			`[{"role":"assistant","content":"aa"},{"role":"assistant","content":"bb"}]`,
			[]string{"STOP", "MAX_TOKENS"},
			0,
		},
		"what follows a finish reason": {
			[]string{geminiStop, said(`{"text":"late"}`)},
			`[{"role":"assistant","content":"late"}]`,
			[]string{"STOP"},
			1,
		},
		"a refused prompt": {[]string{`{"promptFeedback":{"blockReason":"SAFETY"}}`, `{"usageMetadata":{"promptTokenCount":1}}`}, `[]`, []string{"SAFETY"}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, framed := range []exchange{
				{url: geminiStreamURL, answer: sse(c.chunks...)},
				{url: geminiStreamURL, answer: strings.ReplaceAll(sse(c.chunks...), "\n", "\r\n")},
				{url: geminiArrayURL, answer: "[" + strings.Join(c.chunks, "\n,\r\n") + "\n]\n"},
			} {
				_, r := framed.read(t)
				if got := messages(r.Messages); got != c.messages {
					t.Errorf("%s\ngot  %s\nwant %s", framed.answer, got, c.messages)
				}
				if !slices.Equal(r.FinishReasons, c.reasons) || !r.Complete || r.Stream.Events != len(c.chunks) || r.Stream.FirstOutput != c.first {
					t.Errorf("%s\ngot %+v of %+v, want the reasons %q, %d events, output from %d", framed.answer, r, r.Stream, c.reasons, len(c.chunks), c.first)
				}
			}
		})
	}
}

func TestGeminiStreamTakesTheFirstIDAndTheLastUsage(t *testing.T) {
	t.Parallel()
	_, r := exchange{url: geminiStreamURL, answer: sse(
		`{"responseId":"","usageMetadata":{"promptTokenCount":5,"cachedContentTokenCount":2}}`,
		`{"responseId":"r1","modelVersion":"gemini-test-002"}`,
		`{"responseId":"r2","modelVersion":"other","candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":6,"candidatesTokenCount":1}}`,
		`{"usageMetadata":{}}`,
	)}.read(t)
	want := llmhttp.Usage{Input: llmhttp.Tokens(6), Output: llmhttp.Tokens(1)}
	if r.ID != "r1" || r.Model != "gemini-test-002" || r.Usage != want {
		t.Errorf("got %+v", r)
	}
}

func TestGeminiStreamsThatBreak(t *testing.T) {
	t.Parallel()
	failure := &llmhttp.Error{Status: 200, Type: "UNAVAILABLE", Message: "Overloaded", Code: "503"}
	const refusal = `{"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}}`
	const partly, late = `[{"role":"assistant","content":"ab"}]`, `[{"role":"assistant","content":"abc"}]`
	a, b := said(`{"text":"a"}`), said(`{"text":"b"}`)
	for name, c := range map[string]struct {
		exchange

		messages string
		failure  *llmhttp.Error
	}{
		"no finish reason":         {exchange{answer: sse(a, b)}, partly, nil},
		"cut in an event":          {exchange{answer: sse(a, b) + `data: {"cand`, cut: true}, partly, nil},
		"cut after the last":       {exchange{answer: sse(a, b, geminiStop), cut: true}, partly, nil},
		"an array cut in a chunk":  {exchange{answer: "[" + a + "," + b + `,{"cand`, cut: true}, partly, nil},
		"an array without its end": {exchange{answer: "[" + a + "," + b}, partly, nil},
		"an array of bad JSON":     {exchange{answer: "[" + a + "," + b + "},{]"}, partly, nil},
		"nothing":                  {exchange{}, `[]`, nil},
		"an empty array":           {exchange{answer: "[]"}, `[]`, nil},
		"HTML":                     {exchange{answer: "<html>"}, `[]`, nil},
		"an error":                 {exchange{answer: sse(a, b, refusal)}, partly, failure},
		"an error in an array":     {exchange{answer: "[" + a + "," + b + "," + refusal + "]"}, partly, failure},
		"a bare error":             {exchange{answer: sse(a, b) + refusal + "\r\n\r\n"}, partly, failure},
		"an error before the end":  {exchange{answer: sse(a, refusal, b, said(`{"text":"c"}`), geminiStop)}, late, failure},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.url = geminiStreamURL
			q, r := c.read(t)
			if got := messages(r.Messages); got != c.messages || r.Complete || r.Stream == nil || !q.Streaming {
				t.Errorf("got %s in %+v, want %s of a stream that is not complete", got, r, c.messages)
			}
			if !reflect.DeepEqual(r.Error, c.failure) {
				t.Errorf("got the error %+v, want %+v", r.Error, c.failure)
			}
		})
	}
}

func TestGeminiErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		answer string
		want   llmhttp.Error
	}{
		"an object":       {400, `{"error":{"code":400,"message":"Bad key","status":"INVALID_ARGUMENT","details":[]}}`, llmhttp.Error{Status: 400, Type: "INVALID_ARGUMENT", Message: "Bad key", Code: "400"}},
		"in an array":     {429, `[{"error":{"code":429,"message":"Slow down","status":"RESOURCE_EXHAUSTED"}}]`, llmhttp.Error{Status: 429, Type: "RESOURCE_EXHAUSTED", Message: "Slow down", Code: "429"}},
		"with status 200": {200, `{"error":{"code":500,"message":"Oh","status":"INTERNAL"}}`, llmhttp.Error{Status: 200, Type: "INTERNAL", Message: "Oh", Code: "500"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, url := range []string{geminiURL, geminiStreamURL} {
				_, r := exchange{url: url, status: c.status, answer: c.answer}.read(t)
				if r.Error == nil || *r.Error != c.want || !r.Complete || r.Stream != nil {
					t.Errorf("%s: got %+v in %+v, want %+v in a complete answer", url, r.Error, r, c.want)
				}
			}
		})
	}
}

func TestGeminiAnswersInOtherShapesThanAskedFor(t *testing.T) {
	t.Parallel()
	const want = `[{"role":"assistant","content":"a"}]`
	chunk := `{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}`
	events := http.Header{"Content-Type": {"text/event-stream"}}
	for name, c := range map[string]struct {
		exchange

		streams bool
	}{
		"whole for a stream":     {exchange{url: geminiStreamURL, answer: chunk}, false},
		"an array for SSE":       {exchange{url: geminiStreamURL, answer: " [" + chunk + "]"}, true},
		"SSE for an array":       {exchange{url: geminiArrayURL, answer: "\n" + sse(chunk)}, true},
		"SSE for a whole answer": {exchange{url: geminiURL, header: events, answer: sse(chunk)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := c.read(t)
			if got := messages(r.Messages); got != want || !r.Complete || (r.Stream != nil) != c.streams {
				t.Errorf("got %s in %+v, want %s", got, r, want)
			}
			if c.streams && r.Stream.FirstOutputOffset > int64(len(c.answer)) {
				t.Errorf("output ends at %d of %d bytes", r.Stream.FirstOutputOffset, len(c.answer))
			}
		})
	}
}

func TestGeminiStreamTellsItsEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		url, answer string
		terminal    bool
	}{
		{geminiStreamURL, sse(said(`{"text":"a"}`), geminiStop), false}, // usage may come in one more event
		{geminiArrayURL, "[" + geminiStop + "\n", false},
		{geminiArrayURL, "[" + geminiStop + "\n]", true},
	} {
		p := exchange{url: c.url}.ask(t).Parser(http.StatusOK, nil)
		_, _ = p.Write([]byte(c.answer))
		if p.Terminal() != c.terminal {
			t.Errorf("terminal is %v after %s", p.Terminal(), c.answer)
		}
	}
}

func TestGeminiStreamLimits(t *testing.T) {
	t.Parallel()
	const limit = 10
	_, r := exchange{url: geminiStreamURL, limits: llmhttp.Limits{Text: limit}, answer: sse(
		said(`{"text":"123456789"}`), said(`{"text":"éx"}`), said(`{"text":"y"}`), said(`{"functionCall":{"name":"f","args":{"a":"12345"}}}`), geminiStop)}.read(t)
	const want = `[{"role":"assistant","content":"123456789","tool_calls":[{"name":"f","arguments":"{\"a\":\"1234"}]}]`
	if got := messages(r.Messages); got != want || llmhttp.Dropped(r.Messages) != 7 {
		t.Errorf("got %s, %d dropped, want %s", got, llmhttp.Dropped(r.Messages), want)
	}
}

func TestEndlessGeminiStreamsAreBounded(t *testing.T) {
	t.Parallel()
	p := exchange{url: geminiStreamURL}.ask(t).Parser(http.StatusOK, nil)
	address := strings.Repeat("u", 100_000)
	event := sse(said(`{"fileData":{"fileUri":"`+address+`"}},{"functionCall":{"name":"`+address+`"}},{"text":"`+address+`"}`), `{"candidates":[{"index":7}]}`)
	for range 200 {
		_, _ = p.Write([]byte(event))
	}
	r := p.Finish(false)
	if kept := len(messages(r.Messages)); kept < mib || kept > 17*mib {
		t.Errorf("%d MiB are kept", kept/mib)
	}
	many := exchange{url: geminiArrayURL, answer: "[" + said(strings.TrimSuffix(strings.Repeat(`{"executableCode":{"code":"1"}},{"functionCall":{"name":"f"}},`, 5000), ",")) + "]"}
	if _, r := many.read(t); len(r.Messages[0].Content) > 1024 || len(r.Messages[0].ToolCalls) > 1024 {
		t.Errorf("%d parts and %d calls are kept", len(r.Messages[0].Content), len(r.Messages[0].ToolCalls))
	}
}

func TestEndlessCandidatesAreBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, `{"index":%d,"finishReason":"STOP"},`, i)
	}
	if _, r := (exchange{url: geminiURL, answer: `{"candidates":[` + b.String() + `{}]}`}).read(t); len(r.Messages) > 1024 || len(r.FinishReasons) != len(r.Messages) {
		t.Errorf("%d messages and %d finish reasons are kept", len(r.Messages), len(r.FinishReasons))
	}
}

// FuzzGemini wants no panic, messages that are JSON, and the same reading wherever the network cuts the answer.
func FuzzGemini(f *testing.F) {
	request := `{"systemInstruction":"s","contents":[{"parts":[{"text":"a"},{"functionResponse":{"name":"f","response":[1]}}]}],"instances":[{"prompt":"p"}]}`
	for _, answer := range []string{
		sse(said(`{"text":"é"}`), geminiStop), "[" + said(`{"functionCall":{"name":"f","willContinue":true}}`) + ",\n" + said(`{"functionCall":{"partialArgs":[{"jsonPath":"$.a[0]['b']","stringValue":"x"}]}}`) + "]",
		`{"embeddings":[{"values":[1,2]}],"totalTokens":1,"predictions":[{"embeddings":{"values":[1]}}]}`,
		`{"predictions":[{"bytesBase64Encoded":"AA"}],"error":[]}`, sse("1") + `{"error":{}}`,
	} {
		f.Add(request, answer, 7)
	}
	f.Fuzz(func(t *testing.T, request, answer string, size int) {
		const models = "https://aiplatform.googleapis.com/v1/publishers/google/models/m:"
		for _, verb := range []string{"generateContent", "streamGenerateContent", "embedContent", "countTokens", "predict"} {
			e := exchange{url: models + verb, request: request, answer: answer, limits: llmhttp.Limits{Text: 300}}
			q, whole := e.read(t)
			for _, list := range [][]llmhttp.Message{q.Messages, whole.Messages} {
				if text := messages(list); !json.Valid([]byte(text)) {
					t.Fatalf("%s is no JSON", text)
				}
			}
			e.size = max(size, 1)
			if _, cut := e.read(t); !reflect.DeepEqual(cut, whole) {
				t.Fatalf("read %d bytes at a time: %+v\nwhole: %+v", e.size, cut, whole)
			}
		}
	})
}
