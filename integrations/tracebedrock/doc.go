// Package tracebedrock traces the model calls of an Amazon Bedrock client, made with
// github.com/aws/aws-sdk-go-v2/service/bedrockruntime:
//
//	client := bedrockruntime.NewFromConfig(cfg, tracebedrock.NewOption())
//
// It is one option that puts traceroot.Doer under the client, where requests go out. That is as much as a call needs:
// the wire has the messages, the answer and its tokens, of each attempt by itself and of streams, too. A span for the
// whole operation would only repeat them.
//
// The package does not use the SDK's own middleware (APIOptions). Middleware sees typed parameters, but the events of a
// stream have left its hands before they are read, and whatever it recorded would be there a second time in the spans
// from the wire. Nor does it hook aws.Config: an HTTP client that is set there, and is none of the SDK's own, loses the
// timeouts that the SDK chooses for each service. Other services of AWS, among them the agents of
// bedrockagentruntime, are not recorded.
package tracebedrock
