package llmhttp_test

import (
	"encoding/binary"
	"hash/crc32"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// frame is one frame of an AWS event stream, with right lengths and checksums.
func frame(headers []byte, payload string) string {
	const around = 12 + 4
	p := binary.BigEndian.AppendUint32(nil, uint32(around+len(headers)+len(payload)))
	p = binary.BigEndian.AppendUint32(p, uint32(len(headers)))
	p = binary.BigEndian.AppendUint32(p, crc32.ChecksumIEEE(p))
	p = append(append(p, headers...), payload...)
	return string(binary.BigEndian.AppendUint32(p, crc32.ChecksumIEEE(p)))
}

// textHeaders are headers that are texts.
func textHeaders(named map[string]string) []byte {
	var p []byte
	for _, name := range slices.Sorted(maps.Keys(named)) {
		p = append(append(p, byte(len(name))), name...)
		p = binary.BigEndian.AppendUint16(append(p, 7), uint16(len(named[name])))
		p = append(p, named[name]...)
	}
	return p
}

// eventFrame is a frame as Bedrock sends it.
func eventFrame(kind, payload string) string {
	return frame(textHeaders(map[string]string{
		":event-type": kind, ":content-type": "application/json", ":message-type": "event",
	}), payload)
}

// exceptionFrame ends a stream that went wrong.
func exceptionFrame(kind, payload string) string {
	return frame(textHeaders(map[string]string{":exception-type": kind, ":message-type": "exception"}), payload)
}

// spoilt changes one byte, counted from the end when at is negative.
func spoilt(body string, at int) string {
	p := []byte(body)
	p[(at+len(p))%len(p)] ^= 1
	return string(p)
}

func TestEventsOfAnEventStream(t *testing.T) {
	t.Parallel()
	type events = []llmhttp.FrameEvent
	one := eventFrame("a", `{"x":"é"}`)
	first := llmhttp.FrameEvent{Name: "a", Data: `{"x":"é"}`, End: int64(len(one))}
	broken := func(end int) llmhttp.FrameEvent { return llmhttp.FrameEvent{Broken: true, End: int64(end)} }
	noHeaders := frame(nil, "{}")
	noPayload := eventFrame("ping", "")
	otherHeaders := append([]byte{1, 'a', 0, 1, 'b', 1, 1, 'c', 2, 9, 1, 'd', 3, 1, 2, 1, 'e', 4, 1, 2, 3, 4}, // flags and integers
		append([]byte{1, 'f', 5, 1, 2, 3, 4, 5, 6, 7, 8, 1, 'g', 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 'h', 6, 0, 3, 'x', 'y', 'z'},
			append([]byte{1, 'i', 9}, make([]byte, 16)...)...)...)
	others := frame(append(otherHeaders, textHeaders(map[string]string{":event-type": "z"})...), "1")
	notText := frame([]byte("\x0b:event-type\x04\x00\x00\x00\x01"), "2")
	exception := exceptionFrame("throttlingException", `{"message":"Slow down"}`)
	capital := exceptionFrame("oh", `{"Message":"Oh"}`)
	failed := frame(textHeaders(map[string]string{
		":message-type": "error", ":error-code": "InternalFailure", ":error-message": "Gone",
	}), "")
	for name, c := range map[string]struct {
		body string
		want events
	}{
		"one":                      {one, events{first}},
		"nothing":                  {"", nil},
		"without headers":          {noHeaders, events{{Data: "{}", End: int64(len(noHeaders))}}},
		"without a payload":        {noPayload, events{{Name: "ping", End: int64(len(noPayload))}}},
		"headers of every type":    {others, events{{Name: "z", Data: "1", End: int64(len(others))}}},
		"a name that is no text":   {notText, events{{Data: "2", End: int64(len(notText))}}},
		"an exception":             {exception, events{{Name: "throttlingException", Data: `{"message":"Slow down"}`, Failure: &llmhttp.Error{Status: 200, Type: "throttlingException", Message: "Slow down"}, End: int64(len(exception))}}},
		"a message with a capital": {capital, events{{Name: "oh", Data: `{"Message":"Oh"}`, Failure: &llmhttp.Error{Status: 200, Type: "oh", Message: "Oh"}, End: int64(len(capital))}}},
		"an error":                 {failed, events{{Failure: &llmhttp.Error{Status: 200, Type: "InternalFailure", Message: "Gone"}, End: int64(len(failed))}}},
		"cut in the lengths":       {one + one[:7], events{first, broken(len(one) + 7)}},
		"cut in the headers":       {one + one[:20], events{first, broken(len(one) + 20)}},
		"cut in the payload":       {one + one[:len(one)-6], events{first, broken(2*len(one) - 6)}},
		"cut in the checksum":      {one + one[:len(one)-1], events{first, broken(2*len(one) - 1)}},
		"a wrong length":           {one + spoilt(one, 3) + one, events{first, broken(len(one) + 12)}},
		"a wrong checksum":         {one + spoilt(one, -1) + one, events{first, broken(2 * len(one))}},
		"another payload":          {one + spoilt(one, -6) + one, events{first, broken(2 * len(one))}},
		"shorter than its headers": {prelude(20, 5), events{broken(12)}},
		"longer than any":          {prelude(25<<20, 0), events{broken(12)}},
		"headers longer than any":  {prelude(1<<20, 129<<10), events{broken(12)}},
		"a header cut short":       {frame([]byte("\x0b:event-type\x07\x00\x09a"), "{}") + one, events{broken(28)}},
		"a header without a type":  {frame([]byte("\x01a"), "{}"), events{broken(14)}},
		"a header of no type":      {frame([]byte("\x01a\x0a"), "{}"), events{broken(15)}},
		"a header of no length":    {frame([]byte("\x01a\x07\x00"), "{}"), events{broken(16)}},
		"a header of no name":      {frame([]byte("\x05a"), "{}"), events{broken(14)}},
		"another format":           {"data: {\"a\":1}\n\n", events{broken(12)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for size := 1; size <= len(c.body)+1; size++ {
				if got := llmhttp.FrameEvents([]byte(c.body), size); !reflect.DeepEqual(got, c.want) {
					t.Fatalf("read %d bytes at a time: got %+v, want %+v", size, got, c.want)
				}
			}
		})
	}
}

// prelude is the beginning of a frame that says how long it is.
func prelude(frame, headers uint32) string {
	p := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, frame), headers)
	return string(binary.BigEndian.AppendUint32(p, crc32.ChecksumIEEE(p)))
}

func TestEventStreamBelievesNoLength(t *testing.T) { // alone: it counts what is allocated
	const most = 64 << 10
	allocated := heapGrowth(func() {
		for range 100 {
			llmhttp.FrameEvents([]byte(prelude(24<<20, 128<<10)), 12)
			llmhttp.FrameEvents([]byte(prelude(24<<20, 0)), 12)
		}
	})
	if allocated/200 > most {
		t.Errorf("%d bytes were allocated for a frame of which only its lengths have come", allocated/200)
	}
}

// FuzzEventStream wants the same events, and the same reading of them, wherever the network cuts the stream.
func FuzzEventStream(f *testing.F) {
	f.Add([]byte(eventFrame("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":"é"}}`)+eventFrame("messageStop", `{"stopReason":"end_turn"}`)+eventFrame("metadata", `{"usage":{"inputTokens":1}}`)), 5)
	f.Add([]byte(chunkFrame(`{"outputText":"a","completionReason":"FINISH"}`)), 1)
	f.Add([]byte(exceptionFrame("throttlingException", `{"message":"no"}`)), 3)
	f.Add([]byte(spoilt(eventFrame("a", "{}"), -1)), 9)
	f.Fuzz(func(t *testing.T, body []byte, size int) {
		size = max(size, 1)
		whole := llmhttp.FrameEvents(body, len(body)+1)
		if cut := llmhttp.FrameEvents(body, size); !reflect.DeepEqual(cut, whole) {
			t.Fatalf("read %d bytes at a time: %+v, whole: %+v", size, cut, whole)
		}
		for i, e := range whole {
			if e.End > int64(len(body)) || i > 0 && e.End < whole[i-1].End || e.Broken && i != len(whole)-1 {
				t.Fatalf("the ends of %+v are not in order", whole)
			}
		}
		for _, url := range []string{converseStreamURL, invokeStreamURL} {
			e := exchange{url: url, answer: string(body), limits: llmhttp.Limits{Text: 300}}
			_, want := e.read(t)
			e.size = size
			if _, got := e.read(t); !reflect.DeepEqual(got, want) {
				t.Fatalf("read %d bytes at a time: %+v, whole: %+v", size, got, want)
			}
		}
	})
}

// FuzzEventStreamPayload does the same with payloads, which seldom survive the checksums of a whole stream.
func FuzzEventStreamPayload(f *testing.F) {
	f.Add("contentBlockStart", `{"start":{"toolUse":{"name":"f"}}}`, "contentBlockDelta", `{"delta":{"toolUse":{"input":"{"}}}`, 3)
	f.Add("contentBlockDelta", `{"contentBlockIndex":9,"delta":{"image":{"source":{"bytes":"AA"}}}}`, "metadata", `{"usage":{"cacheDetails":[{}]}}`, 7)
	f.Add("chunk", `{"type":"message_start","message":{}}`, "chunk", `{"type":"message_stop","amazon-bedrock-invocationMetrics":{}}`, 2)
	f.Add("chunk", `{"choices":[{"message":{"content":[{"text":7}]}}]}`, "", `{"generation":"a"}`, 1)
	f.Fuzz(func(t *testing.T, kind1, data1, kind2, data2 string, size int) {
		for _, c := range []struct{ url, answer string }{
			{converseStreamURL, eventFrame(kind1, data1) + eventFrame(kind2, data2)},
			{invokeStreamURL, chunkFrame(data1) + chunkFrame(data2)},
			{converseURL, data1},
			{invokeURL, data1},
			{modelURL("amazon.titan-embed-text-v2:0", "invoke"), data1},
			{modelURL("x", "count-tokens"), data1},
		} {
			if len(kind1)+len(kind2) > 200 {
				return
			}
			e := exchange{url: c.url, request: data2, answer: c.answer, limits: llmhttp.Limits{Text: 300}}
			_, want := e.read(t)
			e.size = max(size, 1)
			if _, got := e.read(t); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s read %d bytes at a time: %+v, whole: %+v", c.url, e.size, got, want)
			}
		}
	})
}

func TestEventStreamOfAnotherFormThanAskedFor(t *testing.T) {
	t.Parallel()
	const whole = `{"output":{"message":{"role":"assistant","content":[{"text":"a"}]}},"stopReason":"end_turn"}`
	_, r := exchange{url: converseStreamURL, answer: " " + whole}.read(t)
	if r.Stream != nil || messages(r.Messages) != `[{"role":"assistant","content":"a"}]` || !r.Complete {
		t.Errorf("a whole answer to a request for a stream: %+v", r)
	}
	for name, answer := range map[string]string{"nothing": "", "HTML": "<html>", "server-sent events": sse(whole)} {
		_, r = exchange{url: converseStreamURL, answer: answer}.read(t)
		if r.Complete || r.Messages != nil || r.Stream == nil || r.Stream.Events != 0 {
			t.Errorf("%s: got %+v of %+v", name, r, r.Stream)
		}
	}
	_, r = exchange{url: invokeStreamURL, status: http.StatusOK, answer: strings.Repeat(whole, 2)}.read(t)
	if messages(r.Messages) != `[{"role":"assistant","content":"a"}]` {
		t.Errorf("only the first value counts: %+v", r)
	}
}
