// Package attr holds the words of the wire: the attribute keys and value forms that the SDK sends and the server reads.
//
// Every key is written here once and nowhere else in the repository. The package holds names only: how a Go value
// becomes one of these attributes is the SDK's business, how an attribute becomes a stored column the server's.
//
// Value forms: S is a string, I an int64, S[] a native string array, J a string that holds JSON text.
package attr

// Identity of the sender.
const (
	SDKName    = "traceroot.sdk.name"    // S
	SDKVersion = "traceroot.sdk.version" // S, without a leading v

	// Scope is the instrumentation scope of the SDK's own spans. The backend knows scopes that start with "traceroot".
	Scope = "traceroot-sdk"
)

// Common attributes, set on every span when it starts.
const (
	GitRepo               = "traceroot.git.repo"         // S, owner/repo
	GitRef                = "traceroot.git.ref"          // S, commit, tag or branch
	Environment           = "traceroot.environment"      // S
	DeploymentEnvironment = "deployment.environment"     // S, same value, for other backends
	SpanPath              = "traceroot.span.path"        // S[], names from the root to this span
	SpanIDsPath           = "traceroot.span.ids_path"    // S[], span ids from the root to the direct parent
	SpanStartsPath        = "traceroot.span.starts_path" // S[], Unix nanoseconds of those ancestors
)

// What one span did.
const (
	SpanType     = "traceroot.span.type"     // S, see the Kind constants
	SpanInput    = "traceroot.span.input"    // S or J
	SpanOutput   = "traceroot.span.output"   // S or J
	SpanMetadata = "traceroot.span.metadata" // J, an object
	SpanTags     = "traceroot.span.tags"     // S[]

	SourceFile     = "traceroot.git.source_file"     // S, relative to the repository's root
	SourceLine     = "traceroot.git.source_line"     // I
	SourceFunction = "traceroot.git.source_function" // S

	StreamComplete    = "traceroot.stream.complete"      // bool, only when false
	StreamItems       = "traceroot.stream.items"         // I
	StreamFirstItemMS = "traceroot.stream.first_item_ms" // double, milliseconds

	Truncated     = "traceroot.truncated"      // bool, a value was cut
	TruncatedFrom = "traceroot.truncated_from" // J, field → bytes before the cut
	ErrorChain    = "traceroot.error.chain"    // J, on the exception event, outermost error first
)

// Values of [SpanType].
const (
	KindSpan       = "span"
	KindAgent      = "agent"
	KindTool       = "tool"
	KindLLM        = "llm"
	KindEvaluation = "evaluation"
	KindTask       = "task"
	KindScorer     = "scorer"
)

// What a trace is about; the backend takes metadata from the root span alone.
const (
	TraceUserID    = "traceroot.trace.user_id"    // S
	TraceSessionID = "traceroot.trace.session_id" // S
	TraceMetadata  = "traceroot.trace.metadata"   // J, an object
	TraceTags      = "traceroot.trace.tags"       // S[]
)

// Context attributes, on every span started under them (OpenInference's names).
const (
	UserID    = "user.id"    // S
	SessionID = "session.id" // S
	Metadata  = "metadata"   // J, an object
	Tags      = "tag.tags"   // S[]
)

// A model call.
const (
	LLMModel            = "traceroot.llm.model"                  // S
	LLMModelParameters  = "traceroot.llm.model_parameters"       // J, an object
	LLMUsage            = "traceroot.llm.usage"                  // J, an object with the Usage keys below
	LLMPrompt           = "traceroot.llm.prompt"                 // S or J
	LLMTools            = "traceroot.llm.tools"                  // J, a list
	LLMStreaming        = "traceroot.llm.streaming"              // bool
	LLMTimeToFirstToken = "traceroot.llm.time_to_first_token_ms" // double, milliseconds
	LLMComplete         = "traceroot.llm.complete"               // bool, only when false
	LLMRequestID        = "traceroot.llm.request_id"             // S, the provider's request id header
)

// Keys of the object under [LLMUsage], in tokens.
const (
	UsageInput        = "input_tokens"          // all input, cached included
	UsageOutput       = "output_tokens"         // all output, reasoning included
	UsageCacheRead    = "cache_read_tokens"     // part of input
	UsageCacheWrite   = "cache_write_tokens"    // part of input
	UsageCacheWrite1h = "cache_write_1h_tokens" // part of cache write
	UsageReasoning    = "reasoning_tokens"      // part of output
)
