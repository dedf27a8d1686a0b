package vocab_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// BenchmarkRead reads batches as they come from an agent: model calls that carry their conversation, 6 KB a span.
func BenchmarkRead(b *testing.B) {
	for _, dialect := range []struct {
		name string
		a    vocab.Attributes
	}{
		{"traceroot", ownCall()},
		{"openinference", openInferenceCall()},
		{"plain", vocab.Attributes{"http.request.method": "GET", "url.full": "http://localhost/x", "http.response.status_code": int64(200)}},
	} {
		b.Run("dialect="+dialect.name, func(b *testing.B) {
			raws := make([]vocab.RawSpan, 100)
			for i := range raws {
				raws[i] = rawSpan(fmt.Sprintf("%016x", i+1), "", dialect.a)
				raws[i].Resource = vocab.Attributes{"service.name": "agent", "telemetry.sdk.language": "go"}
			}
			b.ReportAllocs()
			for b.Loop() {
				vocab.Read(raws)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(raws)), "µs/span")
		})
	}
}

// ownCall is a model call as our SDK sends it.
func ownCall() vocab.Attributes {
	var input strings.Builder
	input.WriteString(`[{"role":"system","content":"You are a helpful agent."}`)
	for i := range 18 {
		fmt.Fprintf(&input, `,{"role":"user","content":%q}`, strings.Repeat(fmt.Sprintf("words of turn %d \n", i), 15))
	}
	input.WriteByte(']')
	return vocab.Attributes{
		attr.SpanType: "llm", attr.SDKName: "traceroot-go", attr.SDKVersion: "0.1.0",
		attr.SpanInput: input.String(), attr.SpanOutput: `[{"role":"assistant","content":"done"}]`,
		attr.LLMModel: "gpt-4o", attr.LLMModelParameters: `{"temperature":0}`, attr.LLMUsage: `{"input_tokens":900,"output_tokens":3}`,
		attr.LLMTools:           `[{"name":"search","description":"Search the documents.","parameters":{"type":"object","properties":{"query":{"type":"string"}}}}]`,
		attr.GenAIProviderName:  "openai",
		attr.GenAIOperationName: "chat", attr.GenAIRequestModel: "gpt-4o", attr.GenAIResponseModel: "gpt-4o-2024-08-06",
		attr.GenAIResponseID: "chatcmpl-1", attr.GenAIFinishReasons: []any{"stop"}, attr.GenAIInputTokens: int64(900), attr.GenAIOutputTokens: int64(3),
		attr.LLMStreaming: true, attr.LLMTimeToFirstToken: 312.5, attr.HTTPStatusCode: int64(200), attr.ServerAddress: "api.openai.com",
		attr.SpanPath: []any{"agent", "chat gpt-4o"}, attr.SpanIDsPath: []any{"00000000000000a1"}, attr.SpanStartsPath: []any{"1760000000000000000"},
		attr.GitRepo: "acme/agent", attr.GitRef: "5f1c0ffee5f1c0ffee5f1c0ffee5f1c0ffee5f1c", attr.Environment: "production",
	}
}

// openInferenceCall is the same conversation in one attribute a member.
func openInferenceCall() vocab.Attributes {
	a := vocab.Attributes{
		"openinference.span.kind": "LLM", "llm.model_name": "gpt-4o", "llm.token_count.prompt": int64(900), "llm.token_count.completion": int64(3),
		"llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.content": "done",
	}
	for i := range 19 {
		a[fmt.Sprintf("llm.input_messages.%d.message.role", i)] = "user"
		a[fmt.Sprintf("llm.input_messages.%d.message.content", i)] = strings.Repeat(fmt.Sprintf("words of turn %d \n", i), 15)
	}
	return a
}
