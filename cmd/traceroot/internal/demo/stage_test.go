package demo_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/demo"
)

// postTo sends a request to a show's models and services.
func postTo(t *testing.T, path, body string) (status int, answer string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := newMemnet()
		show := demo.OpenOn(network, network.dial, demo.Options{})
		transport := &http.Transport{DialContext: network.dial}
		defer func() {
			transport.CloseIdleConnections()
			if err := show.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}()
		res, err := (&http.Client{Transport: transport}).Post("http://model.test"+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		status, answer = res.StatusCode, string(text)
	})
	return status, answer
}

func TestStageRefusesWhatIsNotInTheScript(t *testing.T) {
	t.Parallel()
	const claude, openAI, gemini = "/anthropic/v1/messages", "/openai/v1/chat/completions", "/gemini/v1beta/models/gemini-2.5-flash:"
	for name, test := range map[string]struct {
		path, body string
		status     int
		kind       string // as the provider's clients read it
	}{
		"Anthropic's, unknown":   {claude, `{"messages":[{"role":"user","content":[{"type":"text","text":"Sing!"}]}]}`, 400, `"type":"invalid_request_error"`},
		"Anthropic's, no JSON":   {claude, `{`, 400, `"type":"invalid_request_error"`},
		"OpenAI's, unknown":      {openAI, `{"messages":[{"role":"user","content":"Sing!"}]}`, 400, `"type":"invalid_request_error"`},
		"OpenAI's, no JSON":      {openAI, `{`, 400, `"type":"invalid_request_error"`},
		"Gemini's, unknown":      {gemini + "streamGenerateContent", `{"contents":[{"role":"user","parts":[{"text":"Sing!"}]}]}`, 400, `"status":"INVALID_ARGUMENT"`},
		"Gemini's, no JSON":      {gemini + "streamGenerateContent", `{`, 400, `"status":"INVALID_ARGUMENT"`},
		"Gemini's, not streamed": {gemini + "generateContent", `{}`, 400, `"status":"INVALID_ARGUMENT"`},
		"Gemini's, too busy":     {gemini + "streamGenerateContent", `{"contents":[{"role":"user","parts":[{"text":"Source: https://solen.example"}]}]}`, 429, `"status":"RESOURCE_EXHAUSTED"`},
		"the carrier's, no JSON": {"/carrier/v1/labels", `{`, 400, `"code":"bad_request"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, answer := postTo(t, test.path, test.body)
			if status != test.status || !strings.Contains(answer, test.kind) {
				t.Errorf("got %d %s, want %d and %s", status, answer, test.status, test.kind)
			}
		})
	}
}

func TestStageStreamsOpenAIOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	const question = `"messages":[{"role":"user","content":"200 prices checked. Changes:\n"}]`
	_, whole := postTo(t, "/openai/v1/chat/completions", `{"model":"gpt-4.1-mini",`+question+`}`)
	if !json.Valid([]byte(whole)) || !strings.Contains(whole, `"finish_reason":"stop"`) {
		t.Errorf("got %s, want one answer", whole)
	}
	_, stream := postTo(t, "/openai/v1/chat/completions", `{"model":"gpt-4.1-mini","stream":true,`+question+`}`)
	if !strings.HasPrefix(stream, "data: {") || !strings.HasSuffix(stream, "data: [DONE]\n\n") {
		t.Errorf("got %s, want a stream", stream)
	}
}
