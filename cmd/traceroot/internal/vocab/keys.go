package vocab

import "github.com/traceroot-ai/traceroot-go/attr"

// Words of other vocabularies. Ours, and those that our SDK sends, are in package attr.
const (
	openInferenceKind = "openinference.span.kind"
	inputValue        = "input.value"
	outputValue       = "output.value"
	toolName          = "tool.name"
	toolParameters    = "tool.parameters"
	llmModelName      = "llm.model_name"
	sessionUserID     = "session.user_id"

	genAISystem        = "gen_ai.system"
	genAIInput         = "gen_ai.input.messages"
	genAIOutput        = "gen_ai.output.messages"
	genAIToolName      = "gen_ai.tool.name"
	genAIToolArguments = "gen_ai.tool.call.arguments"
	genAIToolResult    = "gen_ai.tool.call.result"

	toolArguments = "tool_arguments"
	toolResponse  = "tool_response"
)

// Where a column comes from: the first key that has a value.
var (
	inputKeys  = []string{attr.SpanInput, inputValue, toolParameters, genAIInput, genAIToolArguments, toolArguments}
	outputKeys = []string{attr.SpanOutput, outputValue, genAIOutput, genAIToolResult, toolResponse}
	modelKeys  = []string{attr.LLMModel, attr.GenAIRequestModel, llmModelName}
	toolKeys   = []string{genAIToolName, toolName}
	userKeys   = []string{
		attr.TraceUserID, attr.UserID, sessionUserID,
		"traceloop.association.properties.user_id", "ai.telemetry.metadata.userId", "enduser.id",
	}
	sessionKey = []string{
		attr.TraceSessionID, attr.SessionID,
		"traceloop.association.properties.session_id", "ai.telemetry.metadata.sessionId", "gen_ai.conversation.id",
	}

	// pathKeys stay in the metadata even when the sender gave metadata of its own.
	pathKeys = []string{attr.SpanPath, attr.SpanIDsPath, attr.SpanStartsPath}
)

// namespace is what our own keys begin with.
const namespace = "traceroot"

// readElsewhere are the keys, and readElsewherePrefixes the families of keys, that never show in the metadata. A family is
// cut as the platform cuts it: any key that merely begins so is gone.
var (
	readElsewhere         = []string{attr.LLMModel, attr.LLMUsage}
	readElsewherePrefixes = []string{
		attr.SpanInput, attr.SpanOutput, attr.SpanType, attr.SpanMetadata, attr.SpanTags,
		namespace + ".trace.", attr.Environment, namespace + ".source", namespace + ".git.",
		openInferenceKind, attr.SessionID, sessionUserID, attr.UserID, inputValue, outputValue,
		"gen_ai.", "llm.token_count.", llmModelName, "llm.input_messages", "llm.output_messages",
	}
)
