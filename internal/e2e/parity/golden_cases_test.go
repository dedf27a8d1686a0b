package parity_test

import (
	"context"
	"errors"
	"math"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
)

// goldenCase is a program whose spans are those of a golden case.
type goldenCase struct {
	name         string
	foreignScope string // of the tracer that the program is handed; the SDK's own scope when empty
	options      []traceroot.Option
	times        bool                        // start and end count, to the nanosecond
	adds         []string                    // attributes that the SDK sends, and the case does not have
	adjust       func(want map[string]facts) // where the SDK does not send what the case has

	// program returns what is still to be done after what has ended was sent; nil for nothing.
	program func(ctx context.Context, foreign trace.Tracer) (finish func())
}

// goldenLeftOut are the cases that the SDK cannot produce, with the reason.
var goldenLeftOut = map[string]string{
	"child_only_batch_without_paths": "the SDK sends the paths on every span",
	"environment":                    "deployment.environment always has the value of traceroot.environment",
	"git_from_child_and_root":        "a client has one repository and one ref",
	"instrumentor_usage_beats_manual": "counts of other instrumentation beside a usage object that says otherwise are left out, " +
		"so that the numbers which the program gave are the ones that count",
	"llm_manual_usage_bad_values":   "counts are int64; negative ones are left out",
	"llm_manual_usage_foreign_keys": "UsageOf turns the providers' spellings into the six keys",
	"llm_zero_usage":                "a count of 0 is unknown and not sent",
	"running_span_without_end":      "spans are sent when they end",
	"span_kind_rules":               "twenty spellings of other SDKs; ours sends the kind in lower case, and no unknown one",
	"trace_update_on_child_only":    "UpdateCurrentTrace writes on the root, too",
	"typescript_sdk_shape":          "what another SDK sends",
	"wrong_attribute_types":         "the types of the attributes are fixed",
	"zero_parent_is_root":           "a root has no parent id",
}

var spanType = []string{"traceroot.span.type"}

var goldenCases = []goldenCase{
	{
		name: "root_basic",
		program: func(ctx context.Context, _ trace.Tracer) func() {
			answer := traceroot.Observe(func(context.Context, string, int) (string, error) { return "Rayleigh scattering", nil },
				traceroot.Name("answer_question"), traceroot.ArgNames("question", "top_k"))
			_, _ = answer(ctx, "why is the sky blue?", 3)
			return nil
		},
	},
	{
		name: "nested_agent_tool_llm",
		program: func(ctx context.Context, _ trace.Tracer) func() {
			agent := traceroot.Observe(func(ctx context.Context, _ string) (map[string]bool, error) {
				err := traceroot.Run(ctx, "plan", func(ctx context.Context) error {
					callModel(ctx, traceroot.SpanUpdate{
						Model: "golden-chat", Usage: traceroot.Usage{InputTokens: 120, OutputTokens: 30},
						Input: []map[string]string{{"role": "user", "content": "hi"}}, Output: "hello",
					})
					return nil
				}, traceroot.Type(traceroot.KindTool))
				return map[string]bool{"ok": true}, err
			}, traceroot.Name("run_agent"), traceroot.Type(traceroot.KindAgent), traceroot.ArgNames("task"))
			_, _ = agent(ctx, "greet")
			return nil
		},
	},
	{
		name: "llm_manual_usage",
		program: func(ctx context.Context, _ trace.Tracer) func() {
			callModel(ctx, traceroot.SpanUpdate{
				Model: "golden-chat", ModelParameters: map[string]any{"temperature": 0.7, "max_tokens": 256},
				Usage:  traceroot.Usage{InputTokens: 1000, OutputTokens: 50},
				Prompt: []map[string]string{{"role": "user", "content": "hello"}}, Output: "world",
			})
			return nil
		},
	},
	{
		name: "llm_manual_usage_cache",
		program: func(ctx context.Context, _ trace.Tracer) func() {
			callModel(ctx, traceroot.SpanUpdate{Model: "golden-cache", Usage: traceroot.Usage{
				InputTokens: 1000, OutputTokens: 200, CacheReadTokens: 600, CacheWriteTokens: 300, CacheWrite1hTokens: 100,
				ReasoningTokens: 500,
			}})
			return nil
		},
	},
	{
		name: "llm_manual_usage_net_input",
		program: func(ctx context.Context, _ trace.Tracer) func() {
			callModel(ctx, traceroot.SpanUpdate{
				Model: "golden-cache", Usage: traceroot.Usage{InputTokens: 100, OutputTokens: 20, CacheReadTokens: 600},
			})
			return nil
		},
	},
	{
		name: "llm_usage_without_model",
		program: func(ctx context.Context, _ trace.Tracer) func() {
			callModel(ctx, traceroot.SpanUpdate{
				Usage: traceroot.Usage{InputTokens: 1000, OutputTokens: 50}, Input: "hello", Output: "world",
			})
			return nil
		},
	},
	{
		name: "llm_missing_usage_is_estimated",
		program: func(ctx context.Context, _ trace.Tracer) func() {
			_ = traceroot.Run(ctx, "call_model", func(ctx context.Context) error {
				traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Model: "claude-golden", Output: "01234567"})
				return traceroot.Run(ctx, "agent_with_model", func(ctx context.Context) error {
					traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Model: "claude-golden"})
					return nil
				}, traceroot.Type(traceroot.KindAgent), traceroot.Input("0123456789abcdef"))
			}, traceroot.Type(traceroot.KindLLM), traceroot.Input("0123456789abcdef"))
			return nil
		},
	},
	{
		name: "embeddings",
		adds: spanType,
		program: func(ctx context.Context, _ trace.Tracer) func() {
			_ = traceroot.Run(ctx, "embed_query", nothingToDo, traceroot.Type(traceroot.KindLLM),
				traceroot.Input([]string{"one", "two"}), attributes(
					attribute.String("gen_ai.operation.name", "embeddings"),
					attribute.String("gen_ai.request.model", "golden-embed"),
					attribute.Int("gen_ai.usage.input_tokens", 64)))
			return nil
		},
	},
	{
		name: "context_attributes",
		program: func(ctx context.Context, _ trace.Tracer) func() {
			ctx = traceroot.UsingAttributes(ctx, traceroot.Attributes{
				UserID: "user-1", SessionID: "sess-1", Tags: []string{"prod", "v2"}, Metadata: map[string]any{"feature": "chat"},
			})
			_ = traceroot.Run(ctx, "handle", func(ctx context.Context) error {
				return traceroot.Run(ctx, "step", nothingToDo, traceroot.Metadata(map[string]any{"own": 1}))
			}, traceroot.Type(traceroot.KindAgent))
			return nil
		},
	},
	{
		name: "trace_update_on_root",
		program: func(ctx context.Context, _ trace.Tracer) func() {
			ctx = traceroot.UsingAttributes(ctx, traceroot.Attributes{UserID: "ignored-user", SessionID: "ignored-session"})
			_ = traceroot.Run(ctx, "handle", func(ctx context.Context) error {
				traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{
					UserID: "user-9", SessionID: "sess-9", Metadata: map[string]any{"plan": "pro"}, Tags: []string{"prod", "v2"},
				})
				return nil
			}, traceroot.Type(traceroot.KindAgent), traceroot.Tags("a"))
			return nil
		},
	},
	{
		name: "root_user_beats_child",
		program: func(ctx context.Context, _ trace.Tracer) func() {
			as := func(ctx context.Context, user, session string) context.Context {
				return traceroot.UsingAttributes(ctx, traceroot.Attributes{UserID: user, SessionID: session})
			}
			_ = traceroot.Run(as(ctx, "root-user", ""), "handle", func(ctx context.Context) error {
				_ = traceroot.Run(as(ctx, "child-user", "child-session"), "inner", nothingToDo)
				return traceroot.Run(as(ctx, "second-child", "second-session"), "inner2", nothingToDo)
			}, traceroot.Type(traceroot.KindAgent))
			return nil
		},
	},
	{
		name:    "child_only_batch",
		options: []traceroot.Option{traceroot.WithEnvironment("dev")},
		adds:    []string{"traceroot.environment", "deployment.environment"}, // the SDK sends them on every span
		program: func(ctx context.Context, _ trace.Tracer) func() {
			ctx, root := traceroot.Start(ctx, "run_agent")
			planCtx, plan := traceroot.Start(ctx, "plan")
			leafCtx := traceroot.UsingAttributes(planCtx, traceroot.Attributes{UserID: "u1"})
			_ = traceroot.Run(leafCtx, "leaf", nothingToDo, traceroot.Type(traceroot.KindTool))
			_ = traceroot.Run(ctx, "leaf2", nothingToDo, traceroot.Type(traceroot.KindTool))
			return func() {
				plan.End()
				root.End()
			}
		},
	},
	{
		name: "error_status",
		program: func(ctx context.Context, _ trace.Tracer) func() {
			tool := traceroot.Type(traceroot.KindTool)
			_ = traceroot.Run(ctx, "outer", func(ctx context.Context) error {
				_ = traceroot.Run(ctx, "error_without_description", func(ctx context.Context) error {
					span := traceroot.SpanFromContext(ctx).OTel()
					span.RecordError(errors.New("boom"))
					span.SetStatus(codes.Error, "")
					return nil
				}, tool)
				_ = traceroot.Run(ctx, "exception_event_only", func(ctx context.Context) error {
					traceroot.SpanFromContext(ctx).OTel().RecordError(errors.New("boom"))
					return nil
				}, tool)
				_ = traceroot.Run(ctx, "status_ok", func(ctx context.Context) error {
					traceroot.SpanFromContext(ctx).OTel().SetStatus(codes.Ok, "")
					return nil
				}, tool)
				return errors.New("upstream timeout")
			}, traceroot.Type(traceroot.KindAgent))
			return nil
		},
	},
	{
		name: "explicit_metadata_hides_attributes",
		adjust: func(want map[string]facts) {
			delete(want, "scalar_metadata") // metadata is always an object
			delete(want, "array_metadata")
		},
		program: func(ctx context.Context, _ trace.Tracer) func() {
			_ = traceroot.Run(ctx, "with_metadata", func(ctx context.Context) error {
				traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{
					Model: "golden-chat", ModelParameters: map[string]any{"temperature": 1},
					Usage: traceroot.Usage{InputTokens: 1, OutputTokens: 1},
				})
				return traceroot.Run(ctx, "without_metadata", nothingToDo, attributes(attribute.String("custom.attribute", "kept")))
			}, traceroot.Type(traceroot.KindLLM), traceroot.Metadata(map[string]any{"variant": "b", "score": 0.95}),
				attributes(attribute.String("custom.attribute", "lost")))
			return nil
		},
	},
	{
		name: "two_traces_one_batch",
		adds: spanType,
		program: func(ctx context.Context, _ trace.Tracer) func() {
			_ = traceroot.Run(ctx, "first", nothingToDo)
			_ = traceroot.Run(ctx, "second", func(ctx context.Context) error {
				return traceroot.Run(ctx, "second_child", nothingToDo, traceroot.Type(traceroot.KindTool))
			})
			return nil
		},
	},
	{
		name:    "evaluation_kinds",
		options: []traceroot.Option{traceroot.WithEnvironment("ci")},
		adds:    []string{"traceroot.environment", "deployment.environment"},
		program: func(ctx context.Context, _ trace.Tracer) func() {
			_ = traceroot.Run(ctx, "case", func(ctx context.Context) error {
				return traceroot.Run(ctx, "solve", func(ctx context.Context) error {
					return traceroot.Run(ctx, "grade", nothingToDo, traceroot.Type("scorer"), attributes(
						attribute.String("traceroot.eval.scorer_name", "grade"), attribute.Float64("traceroot.eval.score_value", 0.5)))
				}, traceroot.Type("task"))
			}, traceroot.Type("evaluation"), attributes(attribute.String("traceroot.eval.name", "smoke")))
			return nil
		},
	},
	{
		name: "serialized_values",
		adjust: func(want map[string]facts) {
			input, _ := want["serialize"]["traceroot.span.input"].value.(map[string]any)
			input["err"] = "parity_test.ValueError: bad input" // Go's type names have a package
			output := want["serialize"]["traceroot.span.output"].value
			want["serialize"]["traceroot.span.output"] = fact{"J", output} // lists are sent as JSON text
		},
		program: func(ctx context.Context, _ trace.Tracer) func() {
			_, _ = traceroot.Do(ctx, "serialize", func(context.Context) ([]string, error) { return []string{"only", "strings"}, nil },
				traceroot.Input(map[string]any{
					"name": "Zoë", "ratio": math.NaN(), "max": math.Inf(1), "raw": []byte{0xff}, "err": ValueError{},
					"when": time.Date(2026, time.February, 5, 12, 30, 0, 0, time.UTC),
				}))
			return nil
		},
	},
	{
		name: "input_output_priority",
		program: func(ctx context.Context, foreign trace.Tracer) func() {
			_ = traceroot.Run(ctx, "sdk_wins", func(ctx context.Context) error {
				traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{Output: "sdk"})
				instrumented(ctx, foreign, "oi_then_genai", attribute.String("input.value", "oi"),
					attribute.String("gen_ai.input.messages", "genai"), attribute.String("gen_ai.output.messages", "genai-out"),
					attribute.String("tool_response", "raw"))
				instrumented(ctx, foreign, "raw_fallback", attribute.String("tool_arguments", "raw-in"),
					attribute.String("tool_response", "raw-out"))
				return nil
			}, traceroot.Input(""), attributes(attribute.String("input.value", "lower"), attribute.String("output.value", "lower")))
			return nil
		},
	},
	{
		name: "tool_name_overrides_span_name",
		program: func(ctx context.Context, foreign trace.Tracer) func() {
			_ = traceroot.Run(ctx, "running tool", func(ctx context.Context) error {
				instrumented(ctx, foreign, "execute", attribute.String("gen_ai.operation.name", "execute_tool"),
					attribute.String("gen_ai.tool.name", "lookup"), attribute.String("gen_ai.tool.call.arguments", `{"id": 7}`),
					attribute.String("gen_ai.tool.call.result", "found"))
				return traceroot.Run(ctx, "not a tool", nothingToDo, attributes(attribute.String("tool.name", "ignored")))
			}, traceroot.Type(traceroot.KindTool),
				attributes(attribute.String("tool.name", "search_web"), attribute.String("tool.parameters", `{"q": "go"}`)))
			return nil
		},
	},
	{
		name:         "llm_openinference_tokens",
		foreignScope: "openinference.instrumentation.openai",
		program: func(ctx context.Context, foreign trace.Tracer) func() {
			instrumented(ctx, foreign, "ChatCompletion",
				attribute.String("openinference.span.kind", "LLM"), attribute.String("llm.model_name", "golden-chat"),
				attribute.Int("llm.token_count.prompt", 400), attribute.Int("llm.token_count.completion", 40),
				attribute.Int("llm.token_count.total", 440), attribute.Int("llm.token_count.prompt_details.cache_read", 100),
				attribute.Int("llm.token_count.completion_details.reasoning", 10),
				attribute.String("input.value", `{"messages": []}`), attribute.String("output.value", "done"),
				attribute.String("llm.invocation_parameters", `{"temperature": 0}`), attribute.String("input.mime_type", "application/json"))
			return nil
		},
	},
	{
		name:         "llm_genai_semconv_tokens",
		foreignScope: "opentelemetry.instrumentation.openai_v2",
		program: func(ctx context.Context, foreign trace.Tracer) func() {
			_, span := foreign.Start(ctx, "chat golden-chat", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
				attribute.String("gen_ai.operation.name", "chat"), attribute.String("gen_ai.system", "openai"),
				attribute.String("gen_ai.request.model", "golden-chat"), attribute.String("gen_ai.response.model", "golden-chat-0613"),
				attribute.Int("gen_ai.usage.input_tokens", 400), attribute.Int("gen_ai.usage.output_tokens", 40),
				attribute.Int("gen_ai.usage.cache_read.input_tokens", 100), attribute.Int("gen_ai.usage.reasoning_tokens", 10),
				attribute.String("gen_ai.input.messages", `[{"role": "user"}]`),
				attribute.String("gen_ai.output.messages", `[{"role": "assistant"}]`),
				attribute.String("server.address", "api.example.com")))
			span.End()
			return nil
		},
	},
	{
		name:         "aggregate_agent_usage_ignored",
		foreignScope: "opentelemetry.instrumentation.demo",
		program: func(ctx context.Context, foreign trace.Tracer) func() {
			counts := []attribute.KeyValue{
				attribute.String("gen_ai.request.model", "golden-chat"),
				attribute.Int("gen_ai.usage.input_tokens", 500), attribute.Int("gen_ai.usage.output_tokens", 50),
			}
			ctx, agent := foreign.Start(ctx, "invoke_agent helper", trace.WithAttributes(counts...),
				trace.WithAttributes(attribute.String("gen_ai.operation.name", "invoke_agent")))
			instrumented(ctx, foreign, "chat", append(counts, attribute.String("gen_ai.operation.name", "chat"))...)
			agent.End()
			return nil
		},
	},
	{
		name:  "sub_millisecond_times",
		times: true,
		program: func(ctx context.Context, foreign trace.Tracer) func() {
			_, span := foreign.Start(ctx, "precise", trace.WithTimestamp(time.Unix(1760000000, 123456789)))
			span.End(trace.WithTimestamp(time.Unix(1760000000, 987654321)))
			return nil
		},
	},
}

// callModel is a span of kind llm about which the program tells everything itself.
func callModel(ctx context.Context, u traceroot.SpanUpdate) {
	_ = traceroot.Run(ctx, "call_model", func(ctx context.Context) error {
		traceroot.UpdateCurrentSpan(ctx, u)
		return nil
	}, traceroot.Type(traceroot.KindLLM))
}

// instrumented is a span of other instrumentation on the client's provider.
func instrumented(ctx context.Context, foreign trace.Tracer, name string, known ...attribute.KeyValue) {
	_, span := foreign.Start(ctx, name, trace.WithAttributes(known...))
	span.End()
}

func attributes(raw ...attribute.KeyValue) traceroot.SpanOption {
	return traceroot.OTel(trace.WithAttributes(raw...))
}

func nothingToDo(context.Context) error { return nil }

// ValueError is an error of a type that has a name.
type ValueError struct{}

func (ValueError) Error() string { return "bad input" }
