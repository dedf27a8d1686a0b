package parity_test

import (
	"fmt"
	"slices"
	"strings"
)

// The places of the run, as both SDKs have them; the two model calls go by our name.
const (
	theRequest  = "the request"
	theResource = "the resource"
)

var (
	chats    = []string{"chat gpt-4o", "chat gpt-4o (2)"}
	observed = []string{"support-agent", "identify", "policy", "find-order", "refund", "words", "words (2)", "judge"}
	spans    = slices.Concat(observed, chats, []string{"audit"})
)

// outside are all spans but those.
func outside(names ...string) []string {
	return slices.DeleteFunc(slices.Clone(spans), func(name string) bool { return slices.Contains(names, name) })
}

// differences is the table of docs/parity.md.
var differences = []difference{
	{
		keys: []string{"User-Agent"}, at: []string{theRequest},
		python: "the OpenTelemetry exporter's", ours: "`traceroot-go/` and the version",
		why: "Nobody reads it. Ours says who sends, as the two `x-traceroot-sdk-*` headers do.",
	},
	{
		keys: []string{"service.name"}, at: []string{theResource},
		python: "`unknown_service:python`", ours: "`TRACEROOT_SERVICE_NAME`",
		why: "The release has a name for the variable and does not read it. The platform reads no resource.",
	},
	{
		keys: []string{"service.instance.id"}, at: []string{theResource},
		python: "a random id", ours: nothing,
		why: "OpenTelemetry's Python SDK adds it. The platform reads no resource.",
	},
	{
		keys: []string{"telemetry.sdk.language"}, at: []string{theResource},
		python: "`python`", ours: "`go`",
		why: "It is what it says.",
	},
	{
		keys: []string{"traceroot.environment", "deployment.environment"}, at: spans,
		python: nothing, ours: "`TRACEROOT_ENVIRONMENT`",
		why: "The variable is documented, and the platform reads `traceroot.environment`, but the release sends it nowhere. " +
			"The second key is the one that other backends know.",
	},
	{
		keys: []string{"traceroot.span.starts_path"}, at: spans,
		python: nothing, ours: "start times of the ancestors",
		why: "The platform reads it to draw a trace whose parents are still running. Python's sources have it, the release does not yet.",
	},
	{
		keys: []string{"traceroot.git.source_function"}, at: observed,
		python: "the function that calls", ours: "the function that is observed",
		why: "So with `traceroot.git.source_line`: ours is the line of the definition, where a reader wants to go, and it costs nothing " +
			"per call. `Do`, `Run` and `Start` report the line that calls them, as Python does.",
	},
	{
		keys: []string{"traceroot.trace.metadata", "traceroot.trace.tags"}, at: outside("identify", "policy"),
		python: nothing, ours: "what `UpdateCurrentTrace` was given",
		why: "Python writes on the current span alone, and the platform takes trace metadata from the root: called in a nested function, " +
			"as here, it is lost. Ours goes to the root, too, and to every span that starts later.",
	},
	{
		keys: []string{"traceroot.trace.user_id"}, at: outside("identify", "policy", "find-order"),
		python: nothing, ours: "what `UpdateCurrentTrace` was given",
		why: "The same. `find-order` has a user of its own, by option, in both.",
	},
	{
		keys: []string{"traceroot.trace.session_id"}, at: []string{"support-agent"},
		python: nothing, ours: "the session of `find-order`",
		why: "A session given to a nested span is the trace's, unless the trace has one: only on the root does the platform find it for sure.",
	},
	{
		keys: []string{"session.id", "user.id", "metadata", "tag.tags"}, at: []string{"audit"},
		python: nothing, ours: "the values of the context",
		why: "`audit` is started with OpenTelemetry alone. Our span processor stamps every span; in the release only observed functions and " +
			"OpenInference's spans carry the context.",
	},
	{
		keys: []string{"traceroot.span.input"}, at: []string{"policy"},
		python: "`{}`", ours: nothing,
		why: "A function without arguments has no input.",
	},
	{
		keys: []string{"traceroot.span.output"}, at: []string{"policy"},
		python: "the number 30", ours: "the text `30`",
		undo: func(f fact) fact { return fact{"S", text(f.value)} },
		why:  "The platform stores both as the text.",
	},
	{
		keys: []string{"traceroot.span.output"}, at: []string{"words"},
		python: "a native list", ours: "the list as JSON text",
		undo: func(f fact) fact { return fact{"J", f.value} },
		why:  "The platform stores both as JSON text, but escapes what is not ASCII in a native list.",
	},
	{
		keys: []string{"traceroot.span.output"}, at: []string{"find-order"},
		python: "a time that ends with `+00:00`", ours: "a time that ends with `Z`",
		undo: func(f fact) fact { return textFact(strings.Replace(text(f.value), "+00:00", "Z", 1)) },
		why:  "Both are ISO 8601, each as its language writes UTC. All else in the object is the same.",
	},
	{
		keys: []string{"traceroot.span.output"}, at: []string{"judge"},
		python: "the result", ours: "what the function set",
		why: "What the program says explicitly beats what was captured. In Python the captured output replaces it.",
	},
	{
		keys: []string{"traceroot.span.output", "traceroot.stream.complete"}, at: []string{"words (2)"},
		python: nothing, ours: "the items so far, and that these are not all",
		why: "A generator that is left early sends no output in Python.",
	},
	{
		keys: []string{"traceroot.stream.items", "traceroot.stream.first_item_ms"}, at: []string{"words", "words (2)"},
		python: nothing, ours: "how many items, and how soon the first one",
		why: "An addition of ours; the platform shows it among the metadata.",
	},
	{
		keys: []string{"status.message"}, at: []string{"refund"},
		python: "`OrderClosedError: order 1042 is closed`", ours: "`order 1042 is closed`",
		undo: func(f fact) fact { return textFact(strings.TrimPrefix(fmt.Sprint(f.value), "OrderClosedError: ")) },
		why: "The SDK sets the error's text, then OpenTelemetry's Python SDK puts the type before it. Ours stays the error's own text, " +
			"which in Go names its origin; the type stands in the event.",
	},
	{
		keys: []string{"event 1 exception.type"}, at: []string{"refund"},
		python: "`__main__.OrderClosedError`", ours: "`parity.OrderClosedError`",
		undo: func(f fact) fact { return textFact(strings.Replace(fmt.Sprint(f.value), "__main__", "parity", 1)) },
		why:  "Each names the type with its package.",
	},
	{
		keys: []string{"event 1 exception.escaped", "event 2*"}, at: []string{"refund"},
		python: "the exception a second time", ours: nothing,
		why: "The SDK records it, then OpenTelemetry's Python SDK does. The platform reads no events.",
	},
	{
		keys: []string{"event 1 traceroot.error.chain"}, at: []string{"refund"},
		python: nothing, ours: "the chain of wrapped errors",
		why: "Go wraps errors: the chain tells where they come from.",
	},
	{
		keys: []string{"name", "traceroot.span.path", "scope.name"}, at: chats,
		python: "`ChatCompletion`, of OpenInference", ours: "`chat gpt-4o`, of the SDK",
		why: "The Python SDK leaves model calls to OpenInference's instrumentation of the client library, which has words of its own. " +
			"Ours records them at the wire, in one form for every provider that the platform, our server and any OpenTelemetry backend " +
			"understand. The facts are the same: see below.",
	},
	{
		keys: []string{"llm.*", "input.*", "output.*", "openinference.span.kind"}, at: chats,
		python: "the call in OpenInference's words", ours: nothing,
		why: "As above.",
	},
	{
		keys: []string{
			"traceroot.span.type", "traceroot.span.input", "traceroot.span.output", "traceroot.llm.model",
			"traceroot.llm.model_parameters", "traceroot.llm.usage", "traceroot.llm.tools", "traceroot.llm.streaming", "gen_ai.*",
			"server.*", "url.path", "http.response.status_code",
		},
		at: chats, python: nothing, ours: "the call in ours and in OpenTelemetry's words",
		why: "As above.",
	},
	{
		keys: []string{"status.code"}, at: chats,
		python: "OK", ours: "unset",
		why: "OpenInference says OK on success. The platform stores OK for either, and an observed function leaves it unset in both SDKs.",
	},
	{
		keys: []string{"traceroot.git.source_file", "traceroot.git.source_line", "traceroot.git.source_function"}, at: chats,
		python: nothing, ours: "the line that calls the model",
		why: "OpenInference does not know where it was called from.",
	},
}

// agreed are the keys that both SDKs send with the same value and in the same form, wherever the table of differences
// does not say otherwise.
var agreed = []string{
	"Authorization", "Content-Encoding", "Content-Type", "X-Traceroot-Sdk-Name", "X-Traceroot-Sdk-Version", "event 1",
	"event 1 exception.message", "event 1 exception.stacktrace", "kind", "llm.cost.total", "metadata",
	"method and path", "name", "parent", "scope.name", "scope.version", "session.id", "status.code", "status.message",
	"tag.tags", "telemetry.sdk.name", "telemetry.sdk.version", "traceroot.git.ref", "traceroot.git.repo",
	"traceroot.git.source_file", "traceroot.git.source_line", "traceroot.llm.model", "traceroot.llm.model_parameters",
	"traceroot.llm.prompt", "traceroot.llm.usage", "traceroot.sdk.name", "traceroot.sdk.version",
	"traceroot.span.ids_path", "traceroot.span.input", "traceroot.span.metadata", "traceroot.span.output",
	"traceroot.span.path", "traceroot.span.tags", "traceroot.span.type", "traceroot.trace.metadata",
	"traceroot.trace.session_id", "traceroot.trace.tags", "traceroot.trace.user_id", "user.id",
}

// translation is a fact of a model call that either SDK sends under another key.
type translation struct{ fact, python, ours string }

// translations are the facts that a reader wants of a model call. Where one call has no such fact, neither SDK sends it.
var translations = []translation{
	{"the model that answered", "llm.model_name", "gen_ai.response.model"},
	{"input tokens", "llm.token_count.prompt", "traceroot.llm.usage#input_tokens"},
	{"output tokens", "llm.token_count.completion", "traceroot.llm.usage#output_tokens"},
	{"cached tokens", "llm.token_count.prompt_details.cache_read", "traceroot.llm.usage#cache_read_tokens"},
	{"reasoning tokens", "llm.token_count.completion_details.reasoning", "traceroot.llm.usage#reasoning_tokens"},
	{"temperature", "llm.invocation_parameters#temperature", "traceroot.llm.model_parameters#temperature"},
	{"token limit", "llm.invocation_parameters#max_tokens", "traceroot.llm.model_parameters#max_tokens"},
	{"a tool's name", "llm.tools.0.tool.json_schema#function#name", "traceroot.llm.tools#0#name"},
	{"a tool's parameters", "llm.tools.0.tool.json_schema#function#parameters", "traceroot.llm.tools#0#parameters"},
	{"an asking message's role", "llm.input_messages.0.message.role", "traceroot.span.input#0#role"},
	{"an asking message's text", "llm.input_messages.0.message.content", "traceroot.span.input#0#content"},
	{
		"the tool that an earlier answer called", "llm.input_messages.1.message.tool_calls.0.tool_call.function.name",
		"traceroot.span.input#1#tool_calls#0#name",
	},
	{"the call that a tool's result belongs to", "llm.input_messages.2.message.tool_call_id", "traceroot.span.input#2#tool_call_id"},
	{"a tool's result", "llm.input_messages.2.message.content", "traceroot.span.input#2#content"},
	{"the answering role", "llm.output_messages.0.message.role", "traceroot.span.output#0#role"},
	{
		"the tool that the answer calls", "llm.output_messages.0.message.tool_calls.0.tool_call.function.name",
		"traceroot.span.output#0#tool_calls#0#name",
	},
	{
		"the arguments of that call", "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments",
		"traceroot.span.output#0#tool_calls#0#arguments",
	},
	{"why the answer ended", "llm.finish_reason", "gen_ai.response.finish_reasons#0"},
}

// unreached are the keys of the contract that this run has no occasion for.
var unreached = map[string]string{
	"traceroot.truncated":                  "Says that a value was cut at `Limits.ValueBytes`. The Python SDK has no limit.",
	"traceroot.truncated_from":             "Says how long it was.",
	"traceroot.llm.time_to_first_token_ms": "For streamed model calls; OpenInference has no such key.",
	"traceroot.llm.complete":               "Says that a streamed answer was cut off; OpenInference has no such key.",
	"traceroot.llm.request_id":             "The provider's request id, which the scripted server does not send; OpenInference has no such key.",
}
