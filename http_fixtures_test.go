package traceroot_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/llmhttp"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// A recorded exchange with a provider, and what a span made from it must say.
type recordedExchange struct {
	request struct {
		Method, URL string
		Body        json.RawMessage
	}
	meta struct {
		Status   int
		Headers  map[string]string
		BodyEnds string `json:"body_ends"`
	}
	body []byte
	want struct {
		System         string
		Operation      string
		RequestModel   string `json:"request_model"`
		ResponseModel  string `json:"response_model"`
		ResponseID     string `json:"response_id"`
		Streaming      bool
		Complete       bool
		InputMessages  []map[string]any `json:"input_messages"`
		OutputMessages []map[string]any `json:"output_messages"`
		FinishReasons  []*string        `json:"finish_reasons"`
		Parameters     map[string]any   `json:"model_parameters"`
		Usage          map[string]int64
		Embeddings     map[string]any
		Moderation     map[string]any
		Rerank         map[string]any
		Error          *struct {
			HTTPStatus    int `json:"http_status"`
			Type          any
			Message, Code string
		}
		Stream map[string]int
	}
}

// misread are exchanges that the reference reads wrongly; the tests of llmhttp say what is right.
var misread = []string{"together/chat-stream"}

// TestRecordedExchangesBecomeSpans holds the spans of recorded exchanges against the form that the wire contract gives
// model calls (§5.3), for every protocol that the SDK reads.
func TestRecordedExchangesBecomeSpans(t *testing.T) {
	t.Parallel()
	root := cmp.Or(os.Getenv("TRACEROOT_SHARED"), filepath.Join("..", "shared"))
	cases, _ := filepath.Glob(filepath.Join(root, "fixtures", "*", "*", "expected.json"))
	if len(cases) == 0 {
		t.Skip("the recorded exchanges are not here: set TRACEROOT_SHARED to their directory")
	}
	for _, path := range cases {
		dir := filepath.Dir(path)
		name := filepath.Base(filepath.Dir(dir)) + "/" + filepath.Base(dir)
		x := loadRecorded(t, dir)
		u, err := url.Parse(x.request.URL)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := llmhttp.Match(&http.Request{Method: x.request.Method, URL: u}); !ok || strings.Contains(strings.Join(misread, " "), name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x.check(t, x.span(t))
		})
	}
}

func loadRecorded(t *testing.T, dir string) recordedExchange {
	t.Helper()
	var x recordedExchange
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for name, to := range map[string]any{"request.http.json": &x.request, "response.meta.json": &x.meta, "expected.json": &x.want} {
		if err := json.Unmarshal(read(name), to); err != nil {
			t.Fatalf("%s of %s: %v", name, dir, err)
		}
	}
	x.body = read("response.body")
	return x
}

// span sends the request through the SDK to a transport that gives the recorded answer.
func (x *recordedExchange) span(t *testing.T) traceroottest.Span {
	t.Helper()
	ctx, rec := traceroottest.New(t)
	transport := roundTripper(func(req *http.Request) (*http.Response, error) {
		res := &http.Response{StatusCode: x.meta.Status, Header: http.Header{}, Request: req}
		for key, v := range x.meta.Headers {
			res.Header.Set(key, v)
		}
		ends := io.Reader(http.NoBody)
		if x.meta.BodyEnds != "eof" {
			ends = readerFunc(func([]byte) (int, error) { return 0, io.ErrUnexpectedEOF })
		}
		res.Body = io.NopCloser(io.MultiReader(bytes.NewReader(x.body), ends))
		return res, nil
	})
	req := newRequest(ctx, t, x.request.URL, string(x.request.Body))
	res, err := traceroot.Transport(transport).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(res.Body)
	if !bytes.Equal(got, x.body) || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the program reads %d bytes of %d, %v", len(got), len(x.body), err)
	}
	return onlySpan(t, rec)
}

func (x *recordedExchange) check(t *testing.T, s traceroottest.Span) {
	t.Helper()
	w := x.want
	if want := strings.TrimSpace(w.Operation + " " + w.RequestModel); s.Name != want || s.Type != traceroot.KindLLM {
		t.Errorf("%s %q, want llm %q", s.Type, s.Name, want)
	}
	complete, firstToken := "", s.Attributes["traceroot.llm.time_to_first_token_ms"].String()
	if !w.Complete {
		complete = "false"
	}
	wantAttributes(t, s, map[string]string{
		"gen_ai.provider.name": w.System, "gen_ai.operation.name": w.Operation,
		"gen_ai.request.model": w.RequestModel, "traceroot.llm.model": cmp.Or(w.RequestModel, w.ResponseModel),
		"gen_ai.response.model": w.ResponseModel, "gen_ai.response.id": w.ResponseID,
		"traceroot.llm.streaming": strconv.FormatBool(w.Streaming), "traceroot.llm.complete": complete,
	})
	if _, output := w.Stream["first_output_event"]; output != (firstToken != "") {
		t.Errorf("time to first token %q, output in the stream: %v", firstToken, output)
	}
	x.checkContent(t, s)
	x.checkUsage(t, s)
	x.checkError(t, s)
}

func (x *recordedExchange) checkContent(t *testing.T, s traceroottest.Span) {
	t.Helper()
	for what, c := range map[string]struct {
		got  any
		want []map[string]any
	}{"input": {s.Input, x.want.InputMessages}, "output": {s.Output, x.want.OutputMessages}} {
		switch {
		case what == "output" && x.facts() != nil:
			sameJSON(t, what, c.got, marshal(t, x.facts()))
		case len(c.want) > 0:
			sameJSON(t, what, c.got, marshal(t, narrow(c.want)))
		case c.got != nil:
			t.Errorf("%s is %v, want none", what, c.got)
		}
	}
	if len(x.want.Parameters) > 0 {
		sameJSON(t, "parameters", any(s.ModelParameters), marshal(t, x.want.Parameters))
	}
	if len(x.want.FinishReasons) > 0 {
		reasons := []string{}
		for _, reason := range x.want.FinishReasons {
			if reason == nil {
				reason = new("")
			}
			reasons = append(reasons, *reason)
		}
		sameJSON(t, "finish reasons", marshal(t, s.Attributes["gen_ai.response.finish_reasons"].AsStringSlice()), marshal(t, reasons))
	}
}

// facts are what stands in the place of output messages, nil where those are.
func (x *recordedExchange) facts() any {
	switch w := x.want; {
	case w.Embeddings != nil:
		return w.Embeddings
	case w.Moderation != nil:
		return w.Moderation
	case w.Rerank != nil:
		return w.Rerank
	case w.Operation == "count_tokens" && w.Usage["input_tokens"] > 0:
		return map[string]int64{"input_tokens": w.Usage["input_tokens"]}
	default:
		return nil
	}
}

// narrow writes the content of a message that is one text as that text.
func narrow(messages []map[string]any) []map[string]any {
	for _, m := range messages {
		parts, _ := m["content"].([]any)
		if len(parts) != 1 {
			continue
		}
		if part, ok := parts[0].(map[string]any); ok && part["type"] == "text" {
			m["content"] = part["text"]
		}
	}
	return messages
}

func (x *recordedExchange) checkUsage(t *testing.T, s traceroottest.Span) {
	t.Helper()
	if x.want.Operation == "count_tokens" {
		x.want.Usage = nil // nobody is billed for it
	}
	ours := map[string]int64{}
	for _, c := range []struct{ reported, ours, theirs string }{
		{"input_tokens", "input_tokens", "gen_ai.usage.input_tokens"},
		{"output_tokens", "output_tokens", "gen_ai.usage.output_tokens"},
		{"cached_input_tokens", "cache_read_tokens", "gen_ai.usage.cache_read.input_tokens"},
		{"cache_creation_tokens", "cache_write_tokens", "gen_ai.usage.cache_creation.input_tokens"},
		{"reasoning_tokens", "reasoning_tokens", "gen_ai.usage.reasoning_tokens"},
	} {
		theirs := ""
		if n, ok := x.want.Usage[c.reported]; ok {
			ours[c.ours], theirs = n, strconv.FormatInt(n, 10)
		}
		wantAttributes(t, s, map[string]string{c.theirs: theirs})
	}
	if len(ours) > 0 {
		sameJSON(t, "usage", s.Attributes["traceroot.llm.usage"].AsString(), marshal(t, ours))
	} else if usage, ok := s.Attributes["traceroot.llm.usage"]; ok {
		t.Errorf("usage is %s, want none", usage.String())
	}
}

func (x *recordedExchange) checkError(t *testing.T, s traceroottest.Span) {
	t.Helper()
	want := ""
	switch e := x.want.Error; {
	case e != nil:
		kind, _ := e.Type.(string)
		if n, ok := e.Type.(float64); ok {
			kind = strconv.Itoa(int(n))
		}
		want = cmp.Or(strings.Trim(kind+": "+e.Message, ": "), "HTTP "+strconv.Itoa(e.HTTPStatus))
	case x.meta.BodyEnds != "eof":
		want = "unexpected EOF"
	}
	if strings.TrimSpace(s.Err) != strings.TrimSpace(want) {
		t.Errorf("status %q, want %q", s.Err, want)
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
