package attr

// OpenTelemetry's GenAI, HTTP and error conventions, as the SDK sends them.
const (
	GenAIProviderName    = "gen_ai.provider.name"
	GenAIOperationName   = "gen_ai.operation.name"
	GenAIRequestModel    = "gen_ai.request.model"
	GenAIResponseModel   = "gen_ai.response.model"
	GenAIResponseID      = "gen_ai.response.id"
	GenAIFinishReasons   = "gen_ai.response.finish_reasons"
	GenAIInputTokens     = "gen_ai.usage.input_tokens"
	GenAIOutputTokens    = "gen_ai.usage.output_tokens"
	GenAICacheRead       = "gen_ai.usage.cache_read.input_tokens"
	GenAICacheWrite      = "gen_ai.usage.cache_creation.input_tokens"
	GenAICacheWrite1h    = "gen_ai.usage.cache_creation.ephemeral_1h_input_tokens"
	GenAIReasoningTokens = "gen_ai.usage.reasoning_tokens"

	ServerAddress       = "server.address"
	ServerPort          = "server.port"
	URLPath             = "url.path"
	HTTPStatusCode      = "http.response.status_code"
	HTTPResendCount     = "http.request.resend_count"
	ErrorType           = "error.type"
	ServiceName         = "service.name"
	ExceptionEvent      = "exception"
	ExceptionType       = "exception.type"
	ExceptionMessage    = "exception.message"
	ExceptionStacktrace = "exception.stacktrace"
	ExceptionEscaped    = "exception.escaped"
)

// How the keys of token counts begin, in the vocabularies that the backend reads: OpenTelemetry's, OpenInference's and
// that of the AI SDK.
const (
	GenAIUsagePrefix    = "gen_ai.usage."
	LLMTokenCountPrefix = "llm.token_count."
	AIUsagePrefix       = "ai.usage."
)
