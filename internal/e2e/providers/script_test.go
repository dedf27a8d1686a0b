package providers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
)

// script is a server that plays a model: it gives one answer a request, in order.
type script struct {
	*httptest.Server

	mu      sync.Mutex
	answers []answer   // still to give; guarded by mu
	asked   []question // guarded by mu
}

// answer is a status, or 200, with headers in pairs and a body in pieces that are sent one by one.
type answer struct {
	status  int
	headers []string
	pieces  []string
	hold    <-chan struct{} // when not nil, the answer does not end before this is closed
}

// question is a request as it came.
type question struct {
	method, path string
	header       http.Header
	body         any // decoded JSON
}

func play(t *testing.T, answers ...answer) *script {
	t.Helper()
	s := &script{answers: answers}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

// url is the base URL that clients take.
func (s *script) url() string { return s.URL + "/v1" }

// anyHost is a transport to the server for which every host is the server: a provider is known by its host.
func (s *script) anyHost() *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, s.Listener.Addr().String())
	}}
}

func (s *script) serve(w http.ResponseWriter, r *http.Request) {
	next, ok := s.take(r)
	if !ok {
		http.Error(w, "the script has no answer left", http.StatusTeapot)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Request-Id", "req_1")
	for pair := range slices.Chunk(next.headers, 2) {
		w.Header().Set(pair[0], pair[1])
	}
	w.WriteHeader(max(next.status, http.StatusOK))
	for _, piece := range next.pieces {
		_, _ = io.WriteString(w, piece)
		_ = http.NewResponseController(w).Flush()
	}
	if next.hold == nil {
		return
	}
	select {
	case <-next.hold:
	case <-r.Context().Done():
	}
}

func (s *script) take(r *http.Request) (answer, bool) {
	raw, _ := io.ReadAll(r.Body)
	asked := question{method: r.Method, path: r.URL.Path, header: r.Header}
	if len(raw) > 0 {
		_ = json.NewDecoder(bytes.NewReader(raw)).Decode(&asked.body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, asked)
	if len(s.answers) == 0 {
		return answer{}, false
	}
	next := s.answers[0]
	s.answers = s.answers[1:]
	return next, true
}

// questions are the requests so far.
func (s *script) questions() []question {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// says is an answer in one piece.
func says(body string) answer { return answer{pieces: []string{body}} }

// refuses is an answer that says no.
func refuses(status int, body string, headers ...string) answer {
	return answer{status: status, headers: headers, pieces: []string{body}}
}

// streams is an answer that comes as server-sent events.
func streams(events ...string) answer {
	s := answer{headers: []string{"Content-Type", "text/event-stream"}}
	for _, event := range events {
		s.pieces = append(s.pieces, "data: "+oneLine(event)+"\n\n")
	}
	return s
}

func oneLine(event string) string {
	var line bytes.Buffer
	if json.Compact(&line, []byte(event)) != nil {
		return event // the end mark
	}
	return line.String()
}

const (
	conversation = `{"model":"gpt-4o","temperature":0.25,"max_tokens":64,"messages":[
		{"role":"system","content":"Be brief."},{"role":"user","content":"Where is order 1042?"},
		{"role":"assistant","tool_calls":[{"id":"call_1","type":"function",
			"function":{"name":"find_order","arguments":"{\"number\":1042}"}}]},
		{"role":"tool","tool_call_id":"call_1","content":"shipped"}],
		"tools":[{"type":"function","function":{"name":"find_order","description":"Finds an order.",
			"parameters":{"type":"object","properties":{"number":{"type":"integer"}}}}}]}`
	reply = `{"id":"chatcmpl-1","object":"chat.completion","created":1760000000,"model":"gpt-4o-2024-11-20",
		"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"It has shipped."}}],
		"usage":{"prompt_tokens":90,"completion_tokens":20,"total_tokens":110,
			"prompt_tokens_details":{"cached_tokens":40},"completion_tokens_details":{"reasoning_tokens":5}}}`
	toolReply = `{"id":"chatcmpl-2","object":"chat.completion","created":1760000000,"model":"gpt-4o-2024-11-20",
		"choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,"tool_calls":[
			{"id":"call_2","type":"function","function":{"name":"find_order","arguments":"{\"number\":1043}"}}]}}],
		"usage":{"prompt_tokens":90,"completion_tokens":20,"total_tokens":110}}`

	embedding      = `{"model":"text-embedding-3-small","input":["one","two"],"encoding_format":"float"}`
	embeddingReply = `{"object":"list","model":"text-embedding-3-small","data":[
		{"object":"embedding","index":0,"embedding":[0.125,0.2,0.3]},{"object":"embedding","index":1,"embedding":[0.4,0.5,0.6]}],
		"usage":{"prompt_tokens":2,"total_tokens":2}}`
)

// replyEvents are the events of reply when it is streamed, usage included, as a client that asks for it gets it.
var replyEvents = []string{
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"gpt-4o-2024-11-20",
		"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}`,
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"gpt-4o-2024-11-20",
		"choices":[{"index":0,"delta":{"content":"It has "}}]}`,
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"gpt-4o-2024-11-20",
		"choices":[{"index":0,"delta":{"content":"shipped."}}]}`,
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"gpt-4o-2024-11-20",
		"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`,
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"gpt-4o-2024-11-20","choices":[],
		"usage":{"prompt_tokens":90,"completion_tokens":20,"total_tokens":110,
			"prompt_tokens_details":{"cached_tokens":40},"completion_tokens_details":{"reasoning_tokens":5}}}`,
	`[DONE]`,
}
