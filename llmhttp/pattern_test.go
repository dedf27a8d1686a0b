package llmhttp_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// A reading is all that a program could see of an exchange.
type reading struct {
	Response *llmhttp.Response
	Steps    []string // after each write
	Followed []string
}

func (e exchange) follow(tb testing.TB, limits llmhttp.Limits, followed bool) reading {
	tb.Helper()
	e.limits = limits
	var r reading
	p := e.ask(tb).Parser(e.status, e.header)
	if followed {
		p.Follow(func(text string) { r.Followed = append(r.Followed, text) })
	}
	for chunk := range chunks([]byte(e.answer), e.size) {
		lent := slices.Clone(chunk)
		_, _ = p.Write(lent)
		clear(lent) // the caller's buffer is the caller's again
		r.Steps = append(r.Steps, fmt.Sprint(p.HasOutput(), p.Terminal()))
	}
	r.Response = p.Finish(e.cut)
	return r
}

// mustReadAlike reads an exchange with patterns and with every event decoded, both where somebody follows it
// and where nobody does, so that events may wait.
func mustReadAlike(tb testing.TB, e exchange) {
	tb.Helper()
	if e.status == 0 {
		e.status = http.StatusOK
	}
	want := e.follow(tb, llmhttp.DecodeAll(e.limits), true)
	for _, followed := range []bool{true, false} {
		if !followed {
			want.Followed = nil
		}
		if got := e.follow(tb, e.limits, followed); !reflect.DeepEqual(got, want) {
			tb.Fatalf("%s, read %d bytes at a time, followed %v, of %.2000q:\ngot  %+v of %+v\nwant %+v of %+v",
				e.url, e.size, followed, e.answer, got, got.Response, want, want.Response)
		}
	}
}

var cuts = []int{0, 1, 7, 100, 333, 1024}

func TestPatternsChangeNothingInRecordedStreams(t *testing.T) {
	t.Parallel()
	root := filepath.Join(shared(t), "fixtures")
	for _, dir := range exchangeDirs(t, root) {
		f := loadFixture(t, dir)
		if f.expected["stream"] == nil {
			continue
		}
		e := exchange{
			url: f.request.URL, sent: headers(f.request.Headers), request: string(f.request.Body),
			status: f.meta.Status, header: headers(f.meta.Headers), answer: string(f.body), cut: f.meta.BodyEnds != "eof",
		}
		for _, e.size = range cuts {
			mustReadAlike(t, e)
		}
		e.limits.Text = 200
		mustReadAlike(t, e)
	}
}

// words are what differs between events: all that JSON allows, and some that it does not.
var words = []string{
	" a", " b", "", " a longer word", "\u65e5\u672c", `\n`, `\"quoted\"`, `\\`, `\u00e9\t\/`, `\ud83d\ude00`, `\ud83d`, `\ude00 alone`,
	`\ud83dx`, `\x`, `\u12g4`, "\t", "\n", "x\r", "x\r\ny", "\xff", "\xe6\x97", `"`, `","x":"y`, `"}`, " g", " h", strings.Repeat("long ", 90), strings.Repeat("é", 200),
	" c", " d", "0", "-1", "1.5e3", "01", "true", "null", " e", " f",
}

func TestPatternsChangeNothingInStreams(t *testing.T) {
	t.Parallel()
	for name, s := range liveStreams {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var answer strings.Builder
			answer.WriteString(strings.Join(s.head, ""))
			for i := range words {
				answer.WriteString(strings.ReplaceAll(s.event(i), fmt.Sprintf(" word%d", i), words[i]))
				if i%10 == 9 {
					answer.WriteString(s.event(i) + s.event(i+100) + "\n\n")
				}
			}
			answer.WriteString(strings.Join(s.tail, ""))
			for _, limit := range []int{0, 4, 150, 1000} {
				e := exchange{
					url: s.url, request: `{"model":"m","stream":true}`, answer: answer.String(), limits: llmhttp.Limits{Text: limit},
				}
				for e.size = range 64 {
					mustReadAlike(t, e)
				}
			}
		})
	}
}

func TestPatternsChangeNothingInOddEvents(t *testing.T) {
	t.Parallel()
	const begin, end = `{"choices":[{"index":0,"delta":{"content":`, `}}]}`
	for name, event := range map[string]func(word string) string{
		"LF":            func(w string) string { return "data: " + begin + `"` + w + `"` + end + "\n\n" },
		"CRLF":          func(w string) string { return "data: " + begin + `"` + w + `"` + end + "\r\n\r\n" },
		"CR":            func(w string) string { return "data: " + begin + `"` + w + `"` + end + "\r\r" },
		"CR and LF":     func(w string) string { return "data: " + begin + `"` + w + `"` + end + "\r\n\r" },
		"two lines":     func(w string) string { return "data: " + begin + "\ndata: " + `"` + w + `"` + end + "\n\n" },
		"an empty line": func(w string) string { return "data\ndata: " + begin + `"` + w + `"` + end + "\n\n" },
		"id before":     func(w string) string { return "id: 7\ndata: " + begin + `"` + w + `"` + end + "\n\n" },
		"id behind":     func(w string) string { return "data: " + begin + `"` + w + `"` + end + "\nid: " + w + "\n\n" },
		"name behind":   func(w string) string { return "data: " + begin + `"` + w + `"` + end + "\nevent: x" + w + "\n\n" },
		"error":         func(w string) string { return "event: error\ndata: " + begin + `"` + w + `"` + end + "\n\n" },
		"names at times": func(w string) string {
			return strings.Repeat("event: response.output_text.delta\n", len(w)%2) + `data: {"delta":"` + w + `"}` + "\n\n"
		},
		"comments":        func(w string) string { return ": " + w + "\ndata: " + begin + `"` + w + `"` + end + "\n\n: x\n\n" },
		"byte order mark": func(w string) string { return "\xEF\xBB\xBFdata: " + begin + `"` + w + `"` + end + "\n\n" },
		"space":           func(w string) string { return "data:\t" + begin + ` "` + w + "\"\t" + end + " \n\n" },
		"same name twice": func(w string) string { return "data: " + begin + `"a","content":"` + w + `"` + end + "\n\n" },
		"numbers": func(w string) string {
			return "data: " + begin + `"n"},"n":[` + w + `,2]}],"usage":{"total_tokens":` + w + "}}\n\n"
		},
		"an index": func(w string) string {
			return `data: {"choices":[{"index":` + w + `,"delta":{"content":"x"}}]}` + "\n\n"
		},
		"many leaves": func(w string) string {
			return "data: " + begin + `"` + w + `"},"x":[` + strings.Repeat("1,", 200) + "2]}]}\n\n"
		},
		"many numbers": func(w string) string {
			return "data: " + begin + `"` + w + `"},"x":[` + strings.Repeat("1,", 5000) + "2]}]}\n\n"
		},
		"large": func(w string) string {
			return "data: " + begin + `"` + w + `","x":"` + strings.Repeat("x", 5000) + `"` + end + "\n\n"
		},
		"grows":     func(w string) string { return "data: " + begin + `"` + strings.Repeat(w, 1000) + `"` + end + "\n\n" },
		"a new key": func(w string) string { return "data: " + begin + `"x"},"` + w + `":"y"}]}` + "\n\n" },
		"done":      func(w string) string { return "data: " + begin + `"` + w + `"` + end + "\n\ndata: [DONE]\n\n" },
		"a call": func(w string) string {
			return sse(delta(0, `"tool_calls":[{"index":0,"id":"`+w+`","function":{"name":"`+w+`","arguments":"`+w+`"}}]`))
		},
		"calls as JSON": func(w string) string {
			return sse(delta(0, `"tool_calls":[{"function":{"name":"f","arguments":{"x":"`+w+`"}}}]`))
		},
		"images": func(w string) string { return sse(delta(0, `"images":[{"image_url":{"url":"`+w+`"}}]`)) },
		"parts": func(w string) string {
			return sse(delta(0, `"content":[{"type":"text","text":"`+w+`"},{"type":"`+w+`"}]`))
		},
		"facts": func(w string) string {
			return `data: {"id":"` + w + `","model":"` + w + `","error":"` + w + `"}` + "\n\n"
		},
		"texts": func(w string) string {
			return `data: {"choices":[{"text":"` + w + `","delta":{"content":"x"}}]}` + "\n\n"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var answer strings.Builder
			for _, word := range words {
				answer.WriteString(event(word))
			}
			for _, protocol := range []string{
				"anthropic", "cohere_chat1", "cohere_chat2", "gemini_stream", "ollama_chat", "openai_chat", "openai_completion",
				"openai_responses", "openai_transcription",
			} {
				e := exchange{
					url: addresses[protocol], request: `{"model":"m","stream":true}`, answer: answer.String(),
					header: http.Header{"Content-Type": {"text/event-stream"}},
				}
				for _, e.size = range []int{0, 7, 150} {
					mustReadAlike(t, e)
				}
				e.limits.Text = 150
				mustReadAlike(t, e)
			}
		})
	}
}

func TestEventsThatFitAPatternAllocateNothing(t *testing.T) { // alone: it counts what is allocated
	for _, name := range []string{"OpenAI chat", "OpenAI responses", "Anthropic", "Ollama"} {
		s := liveStreams[name]
		p := exchange{url: s.url, request: `{"model":"m","stream":true}`}.ask(t).Parser(http.StatusOK, nil)
		_, _ = p.Write([]byte(strings.Join(s.head, "")))
		var events [][]byte
		for i := range 2000 {
			events = append(events, []byte(s.event(i)))
		}
		next := 0
		each := testing.AllocsPerRun(len(events)-1, func() {
			_, _ = p.Write(events[next])
			next++
		})
		if each != 0 { // a fraction, of the first ones and of the text that grows, does not count
			t.Errorf("%s: %.0f allocations an event", name, each)
		}
	}
}

// FuzzPatterns wants of events that differ in a word what decoding all of them gives, wherever the network cuts them.
func FuzzPatterns(f *testing.F) {
	all := everyAddress(f)
	for i, address := range all {
		for _, s := range liveStreams {
			before, after, _ := strings.Cut(s.event(0), " word0")
			f.Add(i, strings.Join(s.head, ""), before, strings.Join(words, "|"), after, strings.Join(s.tail, ""), i, 0)
		}
		f.Add(i, "", `data: {"text":"`, `a|b|c|\n|\ud800`, "\"}\r\n\r\n", "", 7, 4)
		f.Add(i, "", `{"text":"`, `a|b|c|\n|\ud800`, "\"}\n", address, 7, 4)
		f.Add(i, "event: x\n", `data: {"n":`, `1|2|10|-1.5|1e3|01|null|"a"`, ",\"type\":\"\"}\n\n", "", 1, 0)
	}
	f.Fuzz(func(t *testing.T, which int, head, before, varied, after, tail string, size, limit int) {
		var answer strings.Builder
		answer.WriteString(head)
		for word := range strings.SplitSeq(varied, "|") {
			answer.WriteString(before + word + after)
			if answer.Len() > 32<<10 {
				t.Skip("a long body takes long, and says nothing more")
			}
		}
		e := exchange{
			url: all[max(which, 0)%len(all)], request: `{"model":"m","stream":true}`, answer: answer.String() + tail,
			size: max(size, 0), limits: llmhttp.Limits{Text: max(limit, 0)}, header: http.Header{},
		}
		mustReadAlike(t, e)
		e.header.Set("Content-Type", "text/event-stream")
		mustReadAlike(t, e)
	})
}
