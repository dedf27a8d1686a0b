package llmhttp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

const (
	speechURL        = "https://api.openai.com/v1/audio/speech"
	transcriptionURL = "https://api.openai.com/v1/audio/transcriptions"
	translationURL   = "https://api.openai.com/v1/audio/translations"
)

func contentType(t string) http.Header { return http.Header{"Content-Type": {t}} }

func TestSpeechRequests(t *testing.T) {
	t.Parallel()
	q, _ := exchange{url: speechURL, request: `{"model":"tts","voice":"ash","input":"Hello","instructions":"Whisper.","response_format":"wav","stream_format":"sse"}`}.read(t)
	if got, want := messages(q.Messages), `[{"role":"system","content":"Whisper."},{"role":"user","content":"Hello"}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if q.Protocol != "openai_speech" || q.Operation != "speech" || q.Model != "tts" || !q.Streaming || string(q.Parameters["response_format"]) != `"wav"` {
		t.Errorf("got %+v", q)
	}
	if q, _ = (exchange{url: speechURL, request: `{"input":"Hello","stream_format":"audio"}`}).read(t); q.Streaming {
		t.Error("plain audio is no stream of events")
	}
	for body, want := range map[string]bool{`{"model":"tts","input":"a"}`: true, `{"voice":{"id":"v"},"input":"a"}`: true, `{"input":"a"}`: false, `{"model":"tts"}`: false, ``: false} {
		if q := (exchange{url: "http://127.0.0.1/audio/speech", request: body}).ask(t); q.IsModelCall() != want {
			t.Errorf("%s: got %v", body, q.IsModelCall())
		}
	}
}

func TestSpeechIsMeasuredAndNotKept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body, contentType, want string
		streaming               bool
	}{
		"audio":                  {"\x00\xff\n {}", "audio/mpeg", `{"source":"inline","base64_len":8,"media_type":"audio/mpeg"}`, false},
		"that looks like JSON":   {`{"a":1}`, "audio/pcm;rate=24000", `{"source":"inline","base64_len":12,"media_type":"audio/pcm"}`, false},
		"that begins with space": {"  x", "Audio/WAV", `{"source":"inline","base64_len":4,"media_type":"audio/wav"}`, false},
		"instead of events":      {"data: x", "audio/mpeg", `{"source":"inline","base64_len":12,"media_type":"audio/mpeg"}`, true},
		"nothing":                {"", "audio/mpeg", `{"source":"inline","base64_len":0,"media_type":"audio/mpeg"}`, false},
		"Mistral's JSON":         {`{"audio_data":"AAAA"}`, "application/json", `{"source":"inline","base64_len":4,"format":"wav"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := `{"model":"tts","input":"Hello","response_format":"wav"}`
			if c.streaming {
				request = `{"model":"tts","input":"Hello","stream_format":"sse"}`
			}
			for _, size := range []int{0, 1} {
				_, r := exchange{url: speechURL, request: request, answer: c.body, header: contentType(c.contentType), size: size}.read(t)
				want := `[{"role":"assistant","content":[{"type":"audio",` + c.want[1:] + `]}]`
				if got := messages(r.Messages); got != want || !r.Complete || r.Stream != nil || r.FinishReasons != nil {
					t.Errorf("got %s of %+v, want %s", got, r, want)
				}
			}
		})
	}
	_, r := exchange{url: speechURL, answer: "abc", header: contentType("audio/mpeg"), cut: true}.read(t)
	if r.Complete || !strings.Contains(messages(r.Messages), `"base64_len":4`) {
		t.Errorf("cut: got %+v", r)
	}
	_, r = exchange{url: speechURL, answer: `{"error":{"message":"No"}}`, header: contentType("application/json")}.read(t)
	if r.Error == nil || r.Error.Message != "No" {
		t.Errorf("got %+v", r)
	}
	_, r = exchange{url: speechURL, status: 400, answer: `{"error":{"message":"No"}}`, header: contentType("text/plain")}.read(t)
	if r.Error == nil || r.Error.Message != "No" || r.Messages != nil {
		t.Errorf("got %+v", r)
	}
}

func TestSpeechStreams(t *testing.T) {
	t.Parallel()
	const (
		piece = `{"type":"speech.audio.delta","audio":"AAAA"}`
		end   = `{"type":"speech.audio.done","usage":{"input_tokens":2,"output_tokens":9,"total_tokens":11}}`
	)
	read := func(events ...string) *llmhttp.Response {
		_, r := exchange{url: speechURL, request: `{"input":"Hello","stream_format":"sse","response_format":"mp3"}`, answer: sse(events...), size: 4}.read(t)
		return r
	}
	const twice = `[{"role":"assistant","content":[{"type":"audio","source":"inline","base64_len":8,"format":"mp3"}]}]`
	r := read(`{}`, piece, piece, end)
	if got := messages(r.Messages); got != twice || !r.Complete || r.Stream.FirstOutput != 1 {
		t.Errorf("got %s of %+v", got, r)
	}
	if want := (llmhttp.Usage{Input: llmhttp.Tokens(2), Output: llmhttp.Tokens(9), Total: llmhttp.Tokens(11)}); r.Usage != want {
		t.Errorf("got %+v", r.Usage)
	}
	if r = read(piece, piece); messages(r.Messages) != twice || r.Complete {
		t.Errorf("cut: got %+v", r)
	}
	if r = read(piece, `{"type":"speech.audio.delta","audio":7}`, piece, `{"type":"error","error":{"message":"Oh"}}`, end); messages(r.Messages) != twice || r.Complete || r.Error.Message != "Oh" {
		t.Errorf("an error: got %+v", r)
	}
	if r = read("[DONE]"); r.Messages != nil || r.Complete {
		t.Errorf("nothing: got %+v", r)
	}
}

func TestTranscriptionsOfAudioInJSON(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		`"input_audio":{"data":"AAAA","format":"mp3"}`: `{"type":"audio","source":"inline","base64_len":4,"media_type":"audio/mp3"}`,
		`"file_id":"file-1"`:                           `{"type":"audio","source":"ref","ref":"file-1"}`,
		`"file_url":"https://e.com/a"`:                 `{"type":"audio","source":"url","url":"https://e.com/a"}`,
	} {
		q := exchange{url: "http://127.0.0.1/v1/audio/transcriptions", request: `{"model":"m",` + sent + `}`}.ask(t)
		if got := messages(q.Messages); got != `[{"role":"user","content":[`+want+`]}]` || !q.IsModelCall() || q.Operation != "transcription" {
			t.Errorf("got %s of %+v, want %s", got, q, want)
		}
	}
}

func TestTranscriptions(t *testing.T) {
	t.Parallel()
	tokens := llmhttp.Usage{Input: llmhttp.Tokens(14), Output: llmhttp.Tokens(3), Total: llmhttp.Tokens(17)}
	for name, c := range map[string]struct {
		body, contentType, want string
		usage                   llmhttp.Usage
	}{
		"JSON":               {`{"text":"Hello","usage":{"type":"tokens","input_tokens":14,"input_token_details":{"audio_tokens":14},"output_tokens":3,"total_tokens":17}}`, "application/json", `"Hello"`, tokens},
		"billed by duration": {`{"task":"transcribe","text":"Hello","segments":[{"text":"Hello"}],"usage":{"type":"duration","seconds":3}}`, "application/json", `"Hello"`, llmhttp.Usage{}},
		"JSON called text":   {` {"text":"Hello"}`, "", `"Hello"`, llmhttp.Usage{}},
		"JSON called plain":  {`{"text":"Hello"}`, "text/plain", `"Hello"`, llmhttp.Usage{}},
		"text":               {"Hello\n", "text/plain; charset=utf-8", `"Hello\n"`, llmhttp.Usage{}},
		"subtitles":          {"1\r\n00:00:00,000 --> 00:00:01,000\r\nHello", "application/x-subrip", `"1\r\n00:00:00,000 --> 00:00:01,000\r\nHello"`, llmhttp.Usage{}},
		"WebVTT":             {"WEBVTT\n\n", "text/vtt", `"WEBVTT\n\n"`, llmhttp.Usage{}},
		"invalid UTF-8":      {"a\xffb", "text/plain", "\"a\uFFFDb\"", llmhttp.Usage{}},
		"silence":            {"", "text/plain", `[]`, llmhttp.Usage{}},
		"silence in JSON":    {`{"text":""}`, "application/json", `[]`, llmhttp.Usage{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, size := range []int{0, 1} {
				_, r := exchange{url: transcriptionURL, answer: c.body, header: contentType(c.contentType), size: size}.read(t)
				if got := messages(r.Messages); got != `[{"role":"assistant","content":`+c.want+`}]` || !r.Complete || r.Usage != c.usage || r.Stream != nil {
					t.Errorf("got %s of %+v, want %s", got, r, c.want)
				}
			}
		})
	}
	_, r := exchange{url: transcriptionURL, answer: "héllo", header: contentType("text/plain"), limits: llmhttp.Limits{Text: 2}}.read(t)
	if got := messages(r.Messages); got != `[{"role":"assistant","content":"h"}]` || llmhttp.Dropped(r.Messages) != 5 {
		t.Errorf("got %s, %d bytes dropped", got, llmhttp.Dropped(r.Messages))
	}
	_, r = exchange{url: translationURL, answer: "\x00\x01", header: contentType("application/octet-stream")}.read(t)
	if r.Messages != nil || !r.Complete {
		t.Errorf("what is no text: got %+v", r)
	}
	_, r = exchange{url: transcriptionURL, answer: "<html>", header: contentType("text/html")}.read(t)
	if r.Messages != nil || r.Complete {
		t.Errorf("a page: got %+v", r)
	}
	_, r = exchange{url: transcriptionURL, answer: `{"error":{"message":"No"}}`}.read(t)
	if r.Error == nil || r.Error.Message != "No" {
		t.Errorf("got %+v", r)
	}
}

func TestTranscriptionStreams(t *testing.T) {
	t.Parallel()
	const (
		piece = `{"type":"transcript.text.delta","delta":"He"}`
		rest  = `{"type":"transcript.text.delta","delta":"llo"}`
		end   = `{"type":"transcript.text.done","text":"Hello","usage":{"type":"tokens","input_tokens":14,"output_tokens":3}}`
	)
	for name, c := range map[string]struct {
		events   []string
		text     string
		complete bool
	}{
		"whole":                   {[]string{piece, rest, end}, "Hello", true},
		"then [DONE]":             {[]string{piece, rest, end, "[DONE]"}, "Hello", true},
		"nothing after the end":   {[]string{end, rest}, "Hello", true},
		"cut":                     {[]string{piece, rest}, "Hello", false},
		"[DONE] alone":            {[]string{piece, rest, "[DONE]"}, "Hello", false},
		"an end without a text":   {[]string{piece, rest, `{"type":"transcript.text.done"}`}, "Hello", true},
		"speakers":                {[]string{`{"type":"transcript.text.segment","speaker":"A","text":"Hel"}`, `{"type":"transcript.text.segment","speaker":"B","text":"lo"}`}, "Hello", false},
		"an error":                {[]string{piece, rest, `{"type":"error","error":{"message":"Oh"}}`, `{"type":"transcript.text.done"}`}, "Hello", false},
		"Mistral's":               {[]string{`{"type":"transcription.text.delta","text":"Hel"}`, `{"type":"transcription.language","audio_language":"en"}`, `{"type":"transcription.done","model":"voxtral","text":"Hello","usage":{"prompt_tokens":14}}`}, "Hello", true},
		"events that say nothing": {[]string{`{"type":"transcript.text.delta","delta":7}`, `null`, `{"type":"transcript.text.done","text":"Hello"}`}, "Hello", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, r := exchange{url: transcriptionURL, header: contentType("text/event-stream"), answer: sse(c.events...), size: 11}.read(t)
			if got, want := messages(r.Messages), `[{"role":"assistant","content":"`+c.text+`"}]`; got != want || r.Complete != c.complete {
				t.Errorf("got %s, complete %v, want %s, %v", got, r.Complete, want, c.complete)
			}
			if (name == "an error") != (r.Error != nil) {
				t.Errorf("got the error %+v", r.Error)
			}
		})
	}
	_, r := exchange{url: transcriptionURL, header: contentType("text/event-stream"), answer: sse(piece, end)}.read(t)
	if want := (llmhttp.Usage{Input: llmhttp.Tokens(14), Output: llmhttp.Tokens(3)}); r.Usage != want || r.Stream.FirstOutput != 0 {
		t.Errorf("got %+v", r)
	}
}
