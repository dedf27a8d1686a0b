package otlp

import (
	"strings"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// The fields that a [Mask] is told. Any other attribute has its key as field.
const (
	fieldInput           = "input"
	fieldOutput          = "output"
	fieldPrompt          = "prompt"
	fieldMetadata        = "metadata"
	fieldMessages        = "messages"
	fieldModelParameters = "model_parameters"
	fieldError           = "error"
	fieldTags            = "tags"
	fieldUserID          = "user_id"
	fieldSessionID       = "session_id"
)

// fieldOf names the field of an attribute. Keys of other conventions that mean the same share its name, so that a mask
// written for input also guards what third-party instrumentation calls input.value.
func fieldOf(key string) string {
	switch key {
	case attr.SpanInput, "input.value":
		return fieldInput
	case attr.SpanOutput, "output.value":
		return fieldOutput
	case attr.LLMPrompt:
		return fieldPrompt
	case attr.SpanMetadata, attr.TraceMetadata, attr.Metadata:
		return fieldMetadata
	case attr.LLMModelParameters, "llm.invocation_parameters":
		return fieldModelParameters
	case attr.SpanTags, attr.TraceTags, attr.Tags:
		return fieldTags
	case attr.TraceUserID, attr.UserID, "session.user_id":
		return fieldUserID
	case attr.TraceSessionID, attr.SessionID:
		return fieldSessionID
	case attr.ExceptionMessage, attr.ExceptionStacktrace, attr.ErrorChain:
		return fieldError
	}
	if isMessages(key) {
		return fieldMessages
	}
	return key
}

// isMessages reports whether key holds messages of a conversation with a model, whole or flattened by index.
func isMessages(key string) bool {
	switch key {
	case "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions":
		return true
	}
	return under(key, "gen_ai.prompt") || under(key, "gen_ai.completion") ||
		under(key, "llm.input_messages") || under(key, "llm.output_messages")
}

// isIdentity reports whether key says which span this is, where it is from and what was done to it. Such values are
// written by the SDK, hold no content, and a mask that hit one (a pattern for long numbers meets span ids and start
// times) would tear the trace apart.
func isIdentity(key string) bool {
	switch key {
	case attr.SDKName, attr.SDKVersion,
		attr.SpanType, attr.SpanPath, attr.SpanIDsPath, attr.SpanStartsPath,
		attr.GitRepo, attr.GitRef, attr.SourceFile, attr.SourceFunction,
		attr.TruncatedFrom:
		return true
	}
	return false
}

// isContent reports whether key holds what went into or came out of a program or a model: inputs, outputs, prompts,
// messages, tool definitions, arguments and results. Known are the SDK's own keys and those of OpenTelemetry's GenAI
// conventions, OpenInference, OpenLLMetry, the Vercel AI SDK, Genkit and the Agent Development Kit.
func isContent(key string) bool {
	switch key {
	case attr.SpanInput, attr.SpanOutput, attr.LLMPrompt, attr.LLMTools,
		"gen_ai.tool.definitions", "gen_ai.tool.call.arguments", "gen_ai.tool.call.result",
		"tool.parameters", "tool_arguments", "tool_response",
		"traceloop.entity.input", "traceloop.entity.output",
		"genkit:input", "genkit:output",
		"gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response",
		"gcp.vertex.agent.tool_call_args", "gcp.vertex.agent.tool_response":
		return true
	}
	if isMessages(key) {
		return true
	}
	for _, namespace := range contentNamespaces {
		if under(key, namespace) {
			return true
		}
	}
	return false
}

var contentNamespaces = [...]string{
	"input", "output", // OpenInference: input.value, input.images.0.image.url
	"llm.prompts", "llm.prompt_template", "llm.completions", "llm.choices", "llm.function_call", "llm.tools", "llm.request.functions",
	"embedding.embeddings", "embedding.text", "retrieval.documents", "reranker.query", "reranker.input_documents", "reranker.output_documents",
	"ai.prompt", "ai.response.text", "ai.response.object", "ai.response.reasoning", "ai.response.toolCalls", "ai.response.files",
	"ai.toolCall.args", "ai.toolCall.result", "ai.value", "ai.values", "ai.result", "ai.schema",
}

// isContentEvent reports whether an event is itself a message. Older GenAI conventions send each message as an event,
// with attributes as general as "content".
func isContentEvent(name string) bool {
	return name == "gen_ai.choice" || under(name, "gen_ai.content") ||
		strings.HasPrefix(name, "gen_ai.") && strings.HasSuffix(name, ".message")
}

// under reports whether key is namespace itself or one of the keys below it.
func under(key, namespace string) bool {
	rest, ok := strings.CutPrefix(key, namespace)
	return ok && (rest == "" || rest[0] == '.')
}
