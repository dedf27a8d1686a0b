package tracebedrock

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"

	"github.com/traceroot-ai/traceroot-go"
)

// NewOption returns an option for [bedrockruntime.NewFromConfig], [bedrockruntime.New], or a single operation, that
// records model calls: Converse, ConverseStream, InvokeModel, InvokeModelWithResponseStream and CountTokens.
//
// Each attempt is one span of kind llm under the span of the call's context, with the model, the messages, the tools,
// the token usage, and for a stream the time to the first token; an attempt that the SDK makes again says which retry it
// is. A refusal by the service fails its span, and the caller gets the same typed error as ever. The span of a stream
// ends with the stream's last event, when the caller closes it, or with the end of the call's context.
//
// The HTTP client of the options stays in use below, with its timeouts and connections. Requests are signed before they
// come here, and nothing is added to them. Give the option after those that set an HTTP client, which would replace the
// hook. Given twice, also to a client and to an operation of it, it makes one span.
//
// opts are those of traceroot.Doer. The option may be used for several clients, and is safe for concurrent use.
func NewOption(opts ...traceroot.SpanOption) func(*bedrockruntime.Options) {
	opts = slices.Concat([]traceroot.SpanOption{traceroot.FromIntegration(traceroot.Bedrock)}, opts)
	return func(o *bedrockruntime.Options) {
		o.HTTPClient = traceroot.Doer(o.HTTPClient, opts...)
	}
}
