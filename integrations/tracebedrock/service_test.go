package tracebedrock_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream/eventstreamapi"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
)

const model = "anthropic.claude-3-5-haiku-20241022-v1:0"

// service plays Bedrock: it gives its answers in order, the last one again and again, and keeps the requests.
type service struct {
	url string

	mu       sync.Mutex
	answers  []answer  // guarded by mu
	requests []request // guarded by mu
}

type answer struct {
	status    int    // 0: 200
	errorType string // the header that names an error
	stream    bool
	body      string
	hang      bool // never answers
}

type request struct {
	path, body string
	headers    []string // their names, in order
}

func newService(tb testing.TB, answers ...answer) *service {
	tb.Helper()
	s := &service{answers: answers}
	server := httptest.NewServer(s)
	tb.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	got := request{path: r.URL.EscapedPath(), body: string(body)}
	for name := range r.Header {
		got.headers = append(got.headers, name)
	}
	slices.Sort(got.headers)

	s.mu.Lock()
	s.requests = append(s.requests, got)
	a := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	s.mu.Unlock()

	if a.hang {
		<-r.Context().Done()
		return
	}
	contentType := "application/json"
	if a.stream {
		contentType = "application/vnd.amazon.eventstream"
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("X-Amzn-Requestid", "req-1")
	if a.errorType != "" {
		w.Header().Set("X-Amzn-Errortype", a.errorType)
	}
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	_, _ = io.WriteString(w, a.body)
}

func (s *service) seen() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *service) client(opts ...func(*bedrockruntime.Options)) *bedrockruntime.Client {
	return bedrockruntime.NewFromConfig(s.config(), opts...)
}

// config leads to the service, and retries without waiting.
func (s *service) config() aws.Config {
	return aws.Config{
		Region:       "us-east-1",
		BaseEndpoint: &s.url,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
		}),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
		},
	}
}

func converseInput() *bedrockruntime.ConverseInput {
	return &bedrockruntime.ConverseInput{
		ModelId: aws.String(model),
		Messages: []types.Message{{
			Role:    types.ConversationRoleUser,
			Content: []types.ContentBlock{&types.ContentBlockMemberText{Value: "Weather in Oslo?"}},
		}},
		InferenceConfig: &types.InferenceConfiguration{MaxTokens: aws.Int32(100)},
	}
}

var converseAnswer = answer{body: `{
	"output": {"message": {"role": "assistant", "content": [{"text": "Rain."}]}},
	"stopReason": "end_turn",
	"usage": {"inputTokens": 12, "outputTokens": 3, "totalTokens": 15},
	"metrics": {"latencyMs": 80}
}`}

// events encodes events of a stream, each given as its type and its payload.
func events(tb testing.TB, pairs ...string) answer {
	tb.Helper()
	var body bytes.Buffer
	encoder := eventstream.NewEncoder()
	for pair := range slices.Chunk(pairs, 2) {
		if !json.Valid([]byte(pair[1])) {
			tb.Fatalf("the payload of %s is no JSON", pair[0])
		}
		var headers eventstream.Headers
		headers.Set(eventstreamapi.MessageTypeHeader, eventstream.StringValue(eventstreamapi.EventMessageType))
		headers.Set(eventstreamapi.EventTypeHeader, eventstream.StringValue(pair[0]))
		headers.Set(eventstreamapi.ContentTypeHeader, eventstream.StringValue("application/json"))
		if err := encoder.Encode(&body, eventstream.Message{Headers: headers, Payload: []byte(pair[1])}); err != nil {
			tb.Fatal(err)
		}
	}
	return answer{stream: true, body: body.String()}
}

func streamAnswer(tb testing.TB) answer {
	tb.Helper()
	return events(tb,
		"messageStart", `{"role":"assistant"}`,
		"contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":"Ra"}}`,
		"contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":"in."}}`,
		"contentBlockStop", `{"contentBlockIndex":0}`,
		"messageStop", `{"stopReason":"end_turn"}`,
		"metadata", `{"usage":{"inputTokens":12,"outputTokens":3,"totalTokens":15},"metrics":{"latencyMs":80}}`)
}

// readStream is the text of a stream, read to its end.
func readStream(tb testing.TB, out *bedrockruntime.ConverseStreamOutput) string {
	tb.Helper()
	var text strings.Builder
	for event := range out.GetStream().Events() {
		delta, ok := event.(*types.ConverseStreamOutputMemberContentBlockDelta)
		if !ok {
			continue
		}
		if piece, ok := delta.Value.Delta.(*types.ContentBlockDeltaMemberText); ok {
			text.WriteString(piece.Value)
		}
	}
	if err := out.GetStream().Err(); err != nil {
		tb.Error(err)
	}
	if err := out.GetStream().Close(); err != nil {
		tb.Error(err)
	}
	return text.String()
}
