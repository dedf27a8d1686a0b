package llmhttp_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const mib = 1 << 20

func TestLongTextsAreCutAndUsageIsStillFound(t *testing.T) {
	t.Parallel()
	const limit, long = 1000, 100_000
	text := strings.Repeat("x", long)
	usage := `"usage":{"prompt_tokens":7,"completion_tokens":9}`
	pieces := make([]string, 0, 102)
	for range 100 {
		pieces = append(pieces, delta(0, `"content":"`+text[:long/100]+`"`))
	}
	pieces = append(pieces, stop, `{"choices":[],`+usage+`}`, "[DONE]")
	for name, e := range map[string]exchange{
		"whole":           {answer: `{"choices":[{"message":{"content":"` + text + `"},"finish_reason":"stop"}],` + usage + `}`},
		"stream":          {request: `{"stream":true}`, answer: sse(pieces...)},
		"one long event":  {request: `{"stream":true}`, answer: sse(delta(0, `"content":"`+text+`"`), stop, `{"choices":[],`+usage+`}`)},
		"a long argument": {answer: `{"choices":[{"message":{"tool_calls":[{"id":"c","function":{"name":"f","arguments":"` + text + `"}}]},"finish_reason":"stop"}],` + usage + `}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e.limits.Text = limit
			_, r := e.read(t)
			if got, want := llmhttp.Dropped(r.Messages), long-limit; got != want {
				t.Errorf("%d bytes dropped, want %d", got, want)
			}
			if got := strings.Count(messages(r.Messages), "x"); got != limit {
				t.Errorf("%d bytes kept, want %d", got, limit)
			}
			if want := (llmhttp.Usage{Input: llmhttp.Tokens(7), Output: llmhttp.Tokens(9)}); r.Usage != want || !r.Complete {
				t.Errorf("got %+v, complete %v", r.Usage, r.Complete)
			}
		})
	}
}

func TestTextsAreKeptFromTheirBeginning(t *testing.T) {
	t.Parallel()
	e := exchange{limits: llmhttp.Limits{Text: 10}, request: `{"stream":true}`, answer: sse(
		delta(0, `"content":"123456789"`), delta(0, `"content":"éx"`), delta(0, `"content":"y"`), "[DONE]")}
	_, r := e.read(t)
	if got := messages(r.Messages); got != `[{"role":"assistant","content":"123456789"}]` || llmhttp.Dropped(r.Messages) != 4 {
		t.Errorf("got %s, %d dropped: what follows a gap must not be kept", got, llmhttp.Dropped(r.Messages))
	}
}

func TestVectorsAreCountedAndNotKept(t *testing.T) { // alone: it counts what is allocated
	vector := strings.TrimSuffix(strings.Repeat("0.123456,", 1536), ",")
	var b strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&b, `{"index":%d,"embedding":[%s]},`, i, vector)
	}
	answer := []byte(`{"data":[` + strings.TrimSuffix(b.String(), ",") + `],"model":"ada","usage":{"prompt_tokens":5}}`)
	p := exchange{url: embeddingsURL}.ask(t).Parser(http.StatusOK, nil)
	kept := heapGrowth(func() {
		for chunk := range chunks(answer, 32<<10) {
			_, _ = p.Write(chunk)
		}
		r := p.Finish(false)
		if *r.Embeddings != (llmhttp.Embeddings{Count: 2000, Dimensions: 1536}) || r.Usage.Input != llmhttp.Tokens(5) {
			t.Errorf("got %+v, %+v", r.Embeddings, r.Usage)
		}
	})
	if kept > 4*mib {
		t.Errorf("%d MiB were allocated to read %d MiB of vectors", kept/mib, len(answer)/mib)
	}
}

func TestInlineDataIsMeasuredAndNotKept(t *testing.T) { // alone: it counts what is allocated
	const size = 8 * mib
	e := exchange{request: `{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,` +
		strings.Repeat("A", size) + `"}},{"type":"text","text":"What is it?"}]}]}`}
	want := fmt.Sprintf(`[{"role":"user","content":[{"type":"image","source":"inline","base64_len":%d,"media_type":"image/png"},`+
		`{"type":"text","text":"What is it?"}]}]`, size)
	route := e.ask(t).Route
	body := struct{ io.Reader }{strings.NewReader(e.request)} // it cannot be written at once
	kept := heapGrowth(func() {
		q, err := route.ReadRequest(body, llmhttp.Limits{})
		if got := messages(q.Messages); got != want || err != nil || llmhttp.Dropped(q.Messages) != 0 {
			t.Errorf("got %.300s (%v)", got, err)
		}
	})
	if kept > size/2 {
		t.Errorf("%d MiB were allocated to read a request of %d MiB", kept/mib, len(e.request)/mib)
	}
}

func TestEndlessListsAreCounted(t *testing.T) {
	t.Parallel()
	const many = 300_000
	e := exchange{request: `{"model":"m","messages":[` + strings.Repeat(`{"role":"user","content":"x"},`, many) + `{}],"seed":1}`}
	q, _ := e.read(t)
	if len(q.Messages) == 0 || len(q.Messages) > many/2 || string(q.Parameters["seed"]) != "1" {
		t.Errorf("%d messages kept, seed %s", len(q.Messages), q.Parameters["seed"])
	}
	calls := strings.Repeat(`{"id":"c","function":{"name":"f"}},`, 5000)
	_, r := exchange{request: `{"stream":true}`, answer: sse(delta(0, `"tool_calls":[`+strings.TrimSuffix(calls, ",")+`]`), "[DONE]")}.read(t)
	if got := len(r.Messages[0].ToolCalls); got > 1024 {
		t.Errorf("%d tool calls kept", got)
	}
}

// heapGrowth is how many bytes f allocates.
func heapGrowth(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestTextsCutInsideArgumentsAreCounted(t *testing.T) {
	t.Parallel()
	const limit, long = 1000, 1500
	object := `{"to":[{"text":"` + strings.Repeat("#", long) + `"}],"n":1}`
	const claude, gemini = "https://api.anthropic.com/v1/messages", "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent"
	for name, e := range map[string]exchange{
		"OpenAI":           {answer: `{"choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":` + object + `}}]}}]}`},
		"OpenAI, streamed": {request: `{"stream":true}`, answer: sse(delta(0, `"tool_calls":[{"index":0,"function":{"name":"f","arguments":`+object+`}}]`))},
		"OpenAI, responses": {
			url: responsesURL, answer: `{"output":[{"type":"function_call","name":"f","arguments":` + object + `}]}`,
		},
		"Anthropic":  {url: claude, answer: `{"content":[{"type":"tool_use","name":"f","input":` + object + `}]}`},
		"Converse":   {url: modelURL("m", "converse"), answer: `{"output":{"message":{"content":[{"toolUse":{"name":"f","input":` + object + `}}]}}}`},
		"Gemini":     {url: gemini, answer: `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":` + object + `}}]}}]}`},
		"Ollama":     {url: "http://localhost:11434/api/chat", request: `{"stream":false}`, answer: `{"message":{"tool_calls":[{"function":{"name":"f","arguments":` + object + `}}]},"done":true}`},
		"Cohere, v1": {url: "https://api.cohere.com/v1/chat", answer: `{"text":"","tool_calls":[{"name":"f","parameters":` + object + `}]}`},
		"Cohere, v2": {url: "https://api.cohere.com/v2/chat", answer: `{"message":{"tool_calls":[{"function":{"name":"f","arguments":` + object + `}}]}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e.limits.Text = limit
			_, r := e.read(t)
			if kept, dropped := strings.Count(messages(r.Messages), "#"), llmhttp.Dropped(r.Messages); kept+dropped < long || kept > limit {
				t.Errorf("%d bytes kept, %d dropped of %d", kept, dropped, long)
			}
		})
	}
}

func TestLongNamesTakeNoMoreThanTextsMay(t *testing.T) { // alone: it counts what is kept
	const many, long = 400, 256 << 10
	member := `"` + strings.Repeat("n", long) + `":1,`
	p := exchange{}.ask(t).Reader(llmhttp.Limits{})
	kept := heapKept(func() any {
		_, _ = p.Write([]byte(`{"tools":[{"function":{"name":"f","parameters":{`))
		for range many {
			_, _ = p.Write([]byte(member))
		}
		_, _ = p.Write([]byte(`"z":1}}}],"model":"m"}`))
		return p
	})
	if kept > 20*mib {
		t.Errorf("%d MiB are kept of %d MiB of names", kept/mib, many*long/mib)
	}
	if q := p.Request(); q.Model != "m" || len(q.Tools) != 1 {
		t.Errorf("got model %q and %d tools", q.Model, len(q.Tools))
	}
}

func TestStreamedImagesTakeNoMoreThanTextsMay(t *testing.T) { // alone: it counts what is kept
	const many, long = 200, 256 << 10
	p := exchange{request: `{"stream":true}`}.ask(t).Parser(http.StatusOK, nil)
	image := []byte(sse(delta(0, `"images":[{"image_url":{"url":"https://example.com/`+strings.Repeat("u", long)+`"}}]`)))
	kept := heapKept(func() any {
		for range many {
			_, _ = p.Write(image)
		}
		return p
	})
	if kept > 20*mib {
		t.Errorf("%d MiB are kept of %d MiB of addresses", kept/mib, many*long/mib)
	}
	_, _ = p.Write([]byte(sse(delta(0, `"content":"x"`), stop, `{"choices":[],"usage":{"prompt_tokens":7}}`, "[DONE]")))
	if r := p.Finish(false); r.Usage.Input != llmhttp.Tokens(7) || !r.Complete || len(r.Messages[0].Content) == 0 {
		t.Errorf("got %+v", r.Usage)
	}
}

func TestManySmallPiecesTakeLittle(t *testing.T) { // alone: it counts what is kept
	const choices = 1024
	p := exchange{request: `{"stream":true}`}.ask(t).Parser(http.StatusOK, nil)
	calls := strings.TrimSuffix(strings.Repeat(`{"function":{"name":"f"}},`, 1024), ",")
	kept := heapKept(func() any {
		for i := range choices {
			_, _ = p.Write([]byte(sse(delta(i, `"tool_calls":[`+calls+`]`))))
		}
		return p
	})
	if kept > 16*mib {
		t.Errorf("%d MiB are kept", kept/mib)
	}
}

// heapKept is how many bytes of what f allocates are still held by what it returns.
func heapKept(f func() any) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	held := f()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(held)
	return after.HeapAlloc - min(before.HeapAlloc, after.HeapAlloc)
}
