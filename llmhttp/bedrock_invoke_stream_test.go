package llmhttp_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// chunkFrames are the chunks of a stream, the last one with Bedrock's metrics.
func chunkFrames(events ...string) []string {
	frames := make([]string, 0, len(events))
	for i, e := range events {
		if i == len(events)-1 {
			e = strings.TrimSuffix(e, "}") + `,"amazon-bedrock-invocationMetrics":{"inputTokenCount":7,"outputTokenCount":9,"cacheReadInputTokenCount":2}}`
		}
		frames = append(frames, chunkFrame(e))
	}
	return frames
}

var measured = llmhttp.Usage{Input: llmhttp.Tokens(9), Output: llmhttp.Tokens(9), CacheRead: llmhttp.Tokens(2)}

func TestInvokeStreams(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		events              []string
		first               int
		want, reason        string
		usage               llmhttp.Usage
		responseID, ofModel string
	}{
		"Claude": {
			[]string{
				`{"type":"message_start","message":{"id":"msg_1","model":"claude-x","usage":{"input_tokens":1,"output_tokens":1}}}`,
				`{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}`, `{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}`,
				`{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}`, `{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}`,
				`{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":5}}`, `{"type":"message_stop"}`,
			},
			2, `[{"role":"assistant","content":[{"type":"reasoning","text":"Hm"}],"tool_calls":[{"id":"t","name":"f","arguments":{"a":1}}]}]`, "tool_use",
			llmhttp.Usage{Input: llmhttp.Tokens(1), Output: llmhttp.Tokens(5)},
			"msg_1", "claude-x",
		},
		"Claude 2": {
			[]string{`{"type":"completion","completion":" H","stop_reason":null}`, `{"type":"completion","completion":"i","stop_reason":"stop_sequence"}`},
			0, `[{"role":"assistant","content":" Hi"}]`, "stop_sequence", measured, "", "",
		},
		"Nova": {
			[]string{
				`{"messageStart":{"role":"assistant"}}`, `{"contentBlockDelta":{"delta":{"text":"H"},"contentBlockIndex":0}}`, `{"contentBlockDelta":{"delta":{"text":"i"},"contentBlockIndex":1}}`,
				`{"messageStop":{"stopReason":"end_turn"}}`, `{"metadata":{"usage":{"inputTokens":1,"outputTokens":2}}}`,
			},
			1, `[{"role":"assistant","content":"Hi"}]`, "end_turn",
			llmhttp.Usage{Input: llmhttp.Tokens(1), Output: llmhttp.Tokens(2)},
			"", "",
		},
		"Titan": {
			[]string{`{"outputText":"H","index":0,"completionReason":null}`, `{"outputText":"i","index":0,"completionReason":"FINISH"}`},
			0, `[{"role":"assistant","content":"Hi"}]`, "FINISH", measured, "", "",
		},
		"Llama": {
			[]string{`{"generation":"","stop_reason":null}`, `{"generation":"Hi","stop_reason":null}`, `{"generation":"","stop_reason":"length"}`},
			1, `[{"role":"assistant","content":"Hi"}]`, "length", measured, "", "",
		},
		"Mistral": {
			[]string{`{"outputs":[{"text":"H","stop_reason":null}]}`, `{"outputs":[{"text":"i","stop_reason":"stop"}]}`},
			0, `[{"role":"assistant","content":"Hi"}]`, "stop", measured, "", "",
		},
		"Cohere Command": {
			[]string{`{"text":"Hi","is_finished":false}`, `{"finish_reason":"COMPLETE","is_finished":true}`},
			0, `[{"role":"assistant","content":"Hi"}]`, "COMPLETE", measured, "", "",
		},
		"Cohere Command R": {
			[]string{
				`{"event_type":"stream-start","generation_id":"g1"}`, `{"event_type":"text-generation","text":"Hi"}`,
				`{"event_type":"stream-end","finish_reason":"COMPLETE","response":{"response_id":"r1","text":"Hi","tool_calls":[{"name":"add","parameters":{"a":1}}]}}`,
			},
			1, `[{"role":"assistant","content":"Hi","tool_calls":[{"name":"add","arguments":{"a":1}}]}]`, "COMPLETE", measured, "r1", "",
		},
		"choices": {
			[]string{
				`{"id":"c1","model":"m1","choices":[{"index":0,"delta":{"role":"assistant"}}]}`, `{"id":"c1","choices":[{"index":0,"delta":{"content":"Hi","tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":"{"}}]}}]}`,
				`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}`,
			},
			1, `[{"role":"assistant","content":"Hi","tool_calls":[{"id":"t","name":"f","arguments":{}}]}]`, "tool_calls",
			llmhttp.Usage{Input: llmhttp.Tokens(1), Output: llmhttp.Tokens(2)},
			"c1", "m1",
		},
		"choices in Mistral's words": {
			[]string{`{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"stop_reason":null}]}`, `{"choices":[{"index":0,"message":{"content":""},"stop_reason":"stop"}]}`},
			0, `[{"role":"assistant","content":"Hi"}]`, "stop", measured, "", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			frames := chunkFrames(c.events...)
			e := exchange{url: invokeStreamURL, answer: strings.Join(frames, "")}
			_, r := e.read(t)
			if got := messages(r.Messages); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			stream := llmhttp.Stream{
				Events: len(frames), FirstOutput: c.first, FirstOutputOffset: int64(len(strings.Join(frames[:c.first+1], ""))),
			}
			if *r.Stream != stream || !r.Complete || r.Error != nil || !slices.Equal(r.FinishReasons, []string{c.reason}) {
				t.Errorf("got %+v of %+v, want %+v", r, *r.Stream, stream)
			}
			if r.Usage != c.usage || r.ID != c.responseID || r.Model != c.ofModel {
				t.Errorf("got %+v, want %+v", r, c)
			}
			for _, e.size = range []int{1, 7} {
				if _, cut := e.read(t); !reflect.DeepEqual(cut, r) {
					t.Errorf("read %d bytes at a time: %+v", e.size, cut)
				}
			}
			e.answer = strings.Join(frames[:len(frames)-1], "")
			hasReason := name == "Nova" // its last chunk is for the usage
			if _, r = e.read(t); r.Complete != hasReason || c.first < len(frames)-1 && r.Messages == nil {
				t.Errorf("without its last chunk: %+v", r)
			}
			p := e.ask(t).Parser(200, nil)
			_, _ = p.Write([]byte(e.answer))
			isOver := p.Terminal()
			_, _ = p.Write([]byte(frames[len(frames)-1]))
			if isOver || !p.Terminal() {
				t.Errorf("terminal %v before the last chunk, %v after it", isOver, p.Terminal())
			}
		})
	}
}

func TestInvokeStreamEnds(t *testing.T) {
	t.Parallel()
	text, end := chunkFrame(`{"outputText":"a"}`), chunkFrame(`{"completionReason":"FINISH"}`)
	for name, c := range map[string]struct {
		answer           string
		complete, failed bool
		events           int
	}{
		"with a reason":            {text + end, true, false, 2},
		"without one":              {text, false, false, 1},
		"cut within a frame":       {text + end[:20], false, false, 1},
		"spoilt after its end":     {text + end + spoilt(text, 20), false, false, 2},
		"an exception":             {text + exceptionFrame("modelStreamErrorException", `{"message":"Oh","originalStatusCode":500}`), false, true, 1},
		"an exception, then cut":   {text + end + exceptionFrame("modelStreamErrorException", `{"message":"Oh"}`) + text[:9], false, true, 2},
		"chunks that hold nothing": {text + eventFrame("chunk", `{}`) + eventFrame("chunk", `{"bytes":"@@"}`) + eventFrame("chunk", `{"bytes":7}`) + chunkFrame(`[1]`) + chunkFrame(`{"outputText":`) + end, true, false, 2},
		"events that are no chunk": {text + eventFrame("ping", `{"bytes":"e30="}`) + end, true, false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: invokeStreamURL, answer: c.answer}.read(t)
			if r.Complete != c.complete || r.Stream.Events != c.events || (r.Error != nil) != c.failed {
				t.Errorf("complete %v, %d events, error %v", r.Complete, r.Stream.Events, r.Error)
			}
			if want := (llmhttp.Error{Status: 200, Type: "modelStreamErrorException", Message: "Oh"}); c.failed && *r.Error != want {
				t.Errorf("got %+v, want %+v", *r.Error, want)
			}
			if got := messages(r.Messages); got != `[{"role":"assistant","content":"a"}]` {
				t.Errorf("what had arrived is lost: %s", got)
			}
		})
	}
	_, r := exchange{url: invokeStreamURL, answer: exceptionFrame("throttlingException", `{}`)}.read(t)
	if r.Messages != nil || r.Complete || r.Stream.Events != 0 || r.Error == nil {
		t.Errorf("an exception before anything else: %+v", r)
	}
}

func TestInvokeStreamCutsTextsAndNotTheirWrapping(t *testing.T) {
	t.Parallel()
	const limit, long = 1000, 100_000
	frames := chunkFrames(`{"outputText":"`+strings.Repeat("x", long)+`"}`, `{"outputText":"","completionReason":"FINISH"}`)
	_, r := exchange{url: invokeStreamURL, answer: strings.Join(frames, ""), limits: llmhttp.Limits{Text: limit}, size: 4096}.read(t)
	if got := strings.Count(messages(r.Messages), "x"); got != limit || llmhttp.Dropped(r.Messages) != long-limit {
		t.Errorf("%d bytes kept, %d dropped", got, llmhttp.Dropped(r.Messages))
	}
	if !r.Complete || r.Usage != measured {
		t.Errorf("got %+v", r)
	}
}
