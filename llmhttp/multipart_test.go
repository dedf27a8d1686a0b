package llmhttp_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// A field of a form; one with a media type is a file.
type field struct{ name, text, file, mediaType string }

// encode gives a form and its content type.
func encode(tb testing.TB, fields []field) (body []byte, contentType string) {
	tb.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary("between"); err != nil {
		tb.Fatal(err)
	}
	for _, f := range fields {
		header := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name=%q`, f.name)}}
		if f.mediaType != "" {
			header.Set("Content-Type", f.mediaType)
		}
		if f.file != "" {
			header.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename=%q`, f.name, f.file))
		}
		part, err := w.CreatePart(header)
		if err == nil {
			_, err = io.WriteString(part, f.text)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

func readForm(tb testing.TB, address string, fields ...field) *llmhttp.Request {
	tb.Helper()
	body, contentType := encode(tb, fields)
	q, err := exchange{url: address}.ask(tb).ReadForm(iotest.OneByteReader(bytes.NewReader(body)), contentType, llmhttp.Limits{})
	if err != nil {
		tb.Fatal(err)
	}
	return q
}

func TestForms(t *testing.T) {
	t.Parallel()
	sound := field{"file", "12345", "a.wav", "audio/wav"}
	for name, c := range map[string]struct {
		url        string
		fields     []field
		messages   string
		parameters map[string]string
	}{
		"a transcription": {
			transcriptionURL,
			[]field{{name: "model", text: "m"}, sound, {name: "prompt", text: "Names: Ann"}, {name: "temperature", text: "0.20"}, {name: "response_format", text: "srt"}, {name: "language", text: "en"}},
			`[{"role":"user","content":[{"type":"text","text":"Names: Ann"},{"type":"audio","source":"inline","base64_len":8,"media_type":"audio/wav","name":"a.wav"}]}]`,
			map[string]string{"temperature": "0.20", "response_format": `"srt"`},
		},
		"a translation of what has no media type": {
			translationURL,
			[]field{{name: "model", text: "m"}, {"file", "1", "a.bin", "application/octet-stream"}},
			`[{"role":"user","content":[{"type":"audio","source":"inline","base64_len":4,"media_type":"application/octet-stream","name":"a.bin"}]}]`,
			map[string]string{},
		},
		"a film, without a name": {
			transcriptionURL,
			[]field{{name: "model", text: "m"}, {"file", "1", "", "video/mp4"}},
			`[{"role":"user","content":[{"type":"video","source":"inline","base64_len":4,"media_type":"video/mp4"}]}]`,
			map[string]string{},
		},
		"audio at an address": {
			transcriptionURL,
			[]field{{name: "model", text: "m"}, {name: "url", text: "https://e.com/a.mp3"}},
			`[{"role":"user","content":[{"type":"audio","source":"url","url":"https://e.com/a.mp3"}]}]`,
			map[string]string{},
		},
		"an edit of images": {
			"https://api.openai.com/v1/images/edits",
			[]field{{name: "model", text: "m"}, {name: "prompt", text: "Greener"}, {"image[]", "1", "a.png", "image/png"}, {"image[]", "2", "b.png", "image/png"}, {"mask", "", "m.png", "image/png"}, {name: "n", text: "2"}, {name: "size", text: "256x256"}, {name: "quality", text: "low"}},
			`[{"role":"user","content":[{"type":"text","text":"Greener"},{"type":"image","source":"inline","base64_len":4,"media_type":"image/png","name":"a.png"},` +
				`{"type":"image","source":"inline","base64_len":4,"media_type":"image/png","name":"b.png"},{"type":"image","source":"inline","base64_len":0,"media_type":"image/png","name":"m.png"}]}]`,
			map[string]string{"n": "2", "size": `"256x256"`, "quality": `"low"`},
		},
		"a variation": {
			"https://api.openai.com/v1/images/variations",
			[]field{{name: "model", text: "m"}, {"image", "1", "a.png", "image/png"}},
			`[{"role":"user","content":[{"type":"image","source":"inline","base64_len":4,"media_type":"image/png","name":"a.png"}]}]`,
			map[string]string{},
		},
		"texts that look like JSON": {
			"https://api.openai.com/v1/images/edits",
			[]field{{name: "model", text: "m"}, {name: "prompt", text: "1984"}, {name: "seed", text: "007"}, {name: "user", text: `{"a":1}`}},
			`[{"role":"user","content":"1984"}]`,
			map[string]string{"seed": `"007"`},
		},
		"no field but the model": {transcriptionURL, []field{{name: "model", text: "m"}}, `[]`, map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := readForm(t, c.url, c.fields...)
			if got := messages(q.Messages); got != c.messages || q.Model != "m" || q.Streaming {
				t.Errorf("got  %s of %+v\nwant %s", got, q, c.messages)
			}
			got := map[string]string{}
			for name, value := range q.Parameters {
				got[name] = string(value)
			}
			if !maps.Equal(got, c.parameters) {
				t.Errorf("got %v, want %v", got, c.parameters)
			}
		})
	}
	if q := readForm(t, transcriptionURL, field{name: "stream", text: "true"}, sound); !q.Streaming {
		t.Error("a form may ask for a stream")
	}
	if q := readForm(t, transcriptionURL, field{name: "stream", text: "false"}, sound); q.Streaming {
		t.Error("a form may ask for no stream")
	}
}

func TestFormsOnHostsNobodyKnows(t *testing.T) {
	t.Parallel()
	sound, model := field{"file", "12345", "a.wav", "audio/wav"}, field{name: "model", text: "m"}
	for name, c := range map[string]struct {
		path   string
		fields []field
		want   bool
	}{
		"a file":                    {"/audio/transcriptions", []field{sound}, true},
		"an address":                {"/audio/transcriptions", []field{model, {name: "file_url", text: "https://e.com/a"}}, true},
		"no audio":                  {"/audio/translations", []field{model}, false},
		"a prompt":                  {"/images/edits", []field{{name: "prompt", text: "Greener"}}, true},
		"a variation":               {"/images/variations", []field{model, sound}, true},
		"an upload without a model": {"/images/variations", []field{sound}, false},
	} {
		if q := readForm(t, "http://127.0.0.1:9000/v1"+c.path, c.fields...); q.IsModelCall() != c.want {
			t.Errorf("%s: got %v", name, q.IsModelCall())
		}
	}
}

func TestFormsThatAreNone(t *testing.T) {
	t.Parallel()
	route := exchange{url: transcriptionURL}.ask(t).Route
	body, contentType := encode(t, []field{{name: "model", text: "m"}, {"file", "12345", "a.wav", "audio/wav"}, {name: "prompt", text: "Hi"}})
	untilFile, _, _ := bytes.Cut(body, []byte("345"))
	untilPrompt, _, _ := bytes.Cut(body, []byte("Hi"))
	for name, c := range map[string]struct {
		body, contentType, model, messages string
	}{
		"JSON":                {`{"model":"m"}`, "application/json", "", `[]`},
		"no boundary":         {string(body), "multipart/form-data", "", `[]`},
		"another boundary":    {string(body), "multipart/form-data; boundary=x", "", `[]`},
		"another multipart":   {string(body), strings.Replace(contentType, "form-data", "mixed", 1), "", `[]`},
		"no content type":     {string(body), "", "", `[]`},
		"nothing":             {"", contentType, "", `[]`},
		"cut inside a field":  {string(untilPrompt) + "H", contentType, "m", `[{"role":"user","content":[{"type":"audio","source":"inline","base64_len":8,"media_type":"audio/wav","name":"a.wav"}]}]`},
		"cut inside a file":   {string(untilFile), contentType, "m", `[]`},
		"cut before its end":  {string(body[:len(body)-4]), contentType, "m", `[{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"audio","source":"inline","base64_len":8,"media_type":"audio/wav","name":"a.wav"}]}]`},
		"something behind it": {string(body) + "more", contentType, "m", `[{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"audio","source":"inline","base64_len":8,"media_type":"audio/wav","name":"a.wav"}]}]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := strings.NewReader(c.body)
			q, err := route.ReadForm(source, c.contentType, llmhttp.Limits{})
			if got := messages(q.Messages); got != c.messages || q.Model != c.model || err != nil {
				t.Errorf("got %s of model %q (%v), want %s", got, q.Model, err, c.messages)
			}
			if source.Len() > 0 {
				t.Errorf("%d bytes were not read", source.Len())
			}
		})
	}
	broken := errors.New("broken")
	q, err := route.ReadForm(io.MultiReader(bytes.NewReader(untilPrompt), iotest.ErrReader(broken)), contentType, llmhttp.Limits{})
	if !errors.Is(err, broken) || q.Model != "m" {
		t.Errorf("got %v and model %q", err, q.Model)
	}
}

func TestFilesOfFormsAreMeasuredAndNotKept(t *testing.T) { // alone: it counts what is allocated
	const size = 8 * mib
	body, contentType := encode(t, []field{
		{name: "prompt", text: strings.Repeat("p", 3000)}, {"file", strings.Repeat("a", size), "a.wav", "audio/wav"}, {name: "model", text: "m"},
	})
	route := exchange{url: transcriptionURL}.ask(t).Route
	kept := heapGrowth(func() {
		q, err := route.ReadForm(bytes.NewReader(body), contentType, llmhttp.Limits{Text: 1000})
		if err != nil || q.Model != "m" || llmhttp.Dropped(q.Messages) != 2000 || q.Messages[0].Content[1].Base64Len != (size+2)/3*4 {
			t.Errorf("got %.300s (%v)", messages(q.Messages), err)
		}
	})
	if kept > mib {
		t.Errorf("%d MiB were allocated to read a form of %d MiB", kept/mib, len(body)/mib)
	}
}

func TestEndlessFormsAreCut(t *testing.T) {
	t.Parallel()
	file := field{strings.Repeat("f", 5000), "1", strings.Repeat("n", 5000), "audio/wav"}
	q := readForm(t, transcriptionURL, slices.Repeat([]field{file}, 1500)...)
	if got := len(q.Messages[0].Content); got != 1024 {
		t.Errorf("%d files kept", got)
	}
	if got := len(q.Messages[0].Content[0].Name); got != 1024 {
		t.Errorf("%d bytes of a name kept", got)
	}
}
