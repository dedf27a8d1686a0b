package otlp_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

// failing is a span with an error status and an exception event.
func failing(attributes ...attribute.KeyValue) sdktrace.ReadOnlySpan {
	s := stub(1, attributes...)
	s.Status = sdktrace.Status{Code: codes.Error, Description: "secret description"}
	s.Events = []sdktrace.Event{{Name: attr.ExceptionEvent, Attributes: []attribute.KeyValue{
		attribute.String(attr.ExceptionType, "net.OpError"),
		attribute.String(attr.ExceptionMessage, "secret message"),
		attribute.String(attr.ExceptionStacktrace, "secret stack"),
		attribute.String(attr.ErrorChain, `[{"message":"secret chain"}]`),
	}}}
	return s.Snapshot()
}

func TestMaskSeesTextsUnderTheirFields(t *testing.T) {
	t.Parallel()
	t.Run("encoding-13 a mask sees input, output, metadata, prompt and error text before they are sent", func(t *testing.T) {
		t.Parallel()
		seen := map[string][]string{}
		mask := func(field, text string) string {
			seen[field] = append(seen[field], text)
			return strings.ReplaceAll(text, "secret", "***")
		}
		s := failing(
			attribute.String(attr.SpanInput, "secret input"),
			attribute.String(attr.SpanOutput, `{"o":"secret"}`),
			attribute.String(attr.LLMPrompt, "secret prompt"),
			attribute.String(attr.SpanMetadata, `{"m":"secret"}`),
		)

		got := onlySpan(t, otlp.NewRedactor(true, mask).Span(s))

		want := map[string][]string{
			"input":            {"secret input"},
			"output":           {`{"o":"secret"}`},
			"prompt":           {"secret prompt"},
			"metadata":         {`{"m":"secret"}`},
			"error":            {"secret message", "secret stack", `[{"message":"secret chain"}]`, "secret description"},
			attr.ExceptionType: {"net.OpError"},
		}
		if !reflect.DeepEqual(seen, want) {
			t.Errorf("the mask saw %q\nwant %q", seen, want)
		}
		if text := textOf(got); strings.Contains(text, "secret") || strings.Count(text, "***") != 8 {
			t.Errorf("not every secret was masked: %s", text)
		}
	})
}

func TestFieldsOfAttributes(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		attr.SpanInput:                          "input",
		"input.value":                           "input",
		attr.SpanOutput:                         "output",
		"output.value":                          "output",
		attr.LLMPrompt:                          "prompt",
		attr.SpanMetadata:                       "metadata",
		attr.TraceMetadata:                      "metadata",
		attr.Metadata:                           "metadata",
		attr.LLMModelParameters:                 "model_parameters",
		attr.SpanTags:                           "tags",
		attr.TraceTags:                          "tags",
		attr.Tags:                               "tags",
		attr.TraceUserID:                        "user_id",
		attr.UserID:                             "user_id",
		attr.TraceSessionID:                     "session_id",
		attr.SessionID:                          "session_id",
		"gen_ai.input.messages":                 "messages",
		"gen_ai.output.messages":                "messages",
		"gen_ai.system_instructions":            "messages",
		"gen_ai.prompt.0.content":               "messages",
		"llm.output_messages.0.message.content": "messages",
		"llm.output_messages_of_another_kind":   "llm.output_messages_of_another_kind",
		attr.LLMUsage:                           attr.LLMUsage,
		attr.LLMTools:                           attr.LLMTools,
		attr.Environment:                        attr.Environment,
		"db.query.text":                         "db.query.text",
		"gen_ai.provider.name":                  "gen_ai.provider.name",
	} {
		var fields []string
		mask := func(field, text string) string {
			fields = append(fields, field)
			return text
		}
		s := stub(1, attribute.String(key, "text"))
		s.Resource = nil
		otlp.NewRedactor(true, mask).Span(s.Snapshot())
		if !slices.Equal(fields, []string{want}) {
			t.Errorf("%s is told as %q, want %q", key, fields, want)
		}
	}
}

func TestMaskReachesEveryString(t *testing.T) {
	t.Parallel()
	redactor := otlp.NewRedactor(true, func(_, text string) string { return strings.ReplaceAll(text, "secret", "*") })
	s := stub(1,
		attribute.StringSlice(attr.SpanTags, []string{"a secret", "b"}),
		attribute.KeyValue{Key: "map", Value: attribute.MapValue(
			attribute.String("k", "secret"), attribute.StringSlice("l", []string{"secret"}))},
		attribute.KeyValue{Key: "mixed", Value: attribute.SliceValue(attribute.StringValue("secret"), attribute.IntValue(1))},
		attribute.KeyValue{Key: "bytes", Value: attribute.ByteSliceValue([]byte("secret"))},
		attribute.KeyValue{Key: "binary", Value: attribute.ByteSliceValue([]byte("secret\xff"))},
		attribute.Int("n", 1),
	)
	s.Links = []sdktrace.Link{{SpanContext: s.SpanContext, Attributes: []attribute.KeyValue{attribute.String("k", "secret")}}}
	s.Resource = resource.NewSchemaless(
		attribute.String("process.command_line", "run --key=secret"), attribute.String("service.name", "secret service"))

	request := decode(t, marshal(redactor.Span(s.Snapshot())))

	got := spansOf(request)[0]
	want := map[string]any{
		attr.SpanTags: []any{"a *", "b"},
		"map":         map[string]any{"k": "*", "l": []any{"*"}},
		"mixed":       []any{"*", int64(1)},
		"bytes":       []byte("*"),
		"binary":      []byte("secret\xff"),
		"n":           int64(1),
	}
	if attributes := attributesOf(got.Attributes); !reflect.DeepEqual(attributes, want) {
		t.Errorf("attributes are %v, want %v", attributes, want)
	}
	if got, want := attributesOf(got.Links[0].Attributes), (map[string]any{"k": "*"}); !reflect.DeepEqual(got, want) {
		t.Errorf("attributes of the link are %v, want %v", got, want)
	}
	process := attributesOf(request.ResourceSpans[0].Resource.Attributes)
	if want := map[string]any{"process.command_line": "run --key=*", "service.name": "secret service"}; !reflect.DeepEqual(process, want) {
		t.Errorf("resource is %v, want %v", process, want)
	}
}

func TestMaskNeverTouchesIdentity(t *testing.T) {
	t.Parallel()
	identity := map[string]any{
		attr.SDKName:         "traceroot-go",
		attr.SDKVersion:      "1.2.3",
		attr.SpanType:        "llm",
		attr.SpanPath:        []any{"root", "child"},
		attr.SpanIDsPath:     []any{"00f067aa0ba902b7"},
		attr.SpanStartsPath:  []any{"1767323045006007008"},
		attr.GitRepo:         "owner/repo",
		attr.GitRef:          "4bf92f3577b34da6a3ce929d0e0e4736deadbeef",
		attr.SourceFile:      "agent/run.go",
		attr.SourceFunction:  "Agent.Run",
		attr.TruncatedFrom:   `{"input":600000}`,
		"exception.whatever": "[gone]",
	}
	var attributes []attribute.KeyValue
	for key, value := range identity {
		if list, ok := value.([]any); ok {
			texts := make([]string, len(list))
			for i := range list {
				texts[i] = fmt.Sprint(list[i])
			}
			attributes = append(attributes, attribute.StringSlice(key, texts))
			continue
		}
		attributes = append(attributes, attribute.String(key, fmt.Sprint(value)))
	}
	everything := func(_, _ string) string { return "[gone]" }
	got := onlySpan(t, otlp.NewRedactor(true, everything).Span(stub(1, attributes...).Snapshot()))
	if attributes := attributesOf(got.Attributes); !reflect.DeepEqual(attributes, identity) {
		t.Errorf("attributes are %v, want %v", attributes, identity)
	}
	if got.Name != "span" {
		t.Errorf("the name became %q", got.Name)
	}
}

func TestMaskThatReturnsNothingDropsTheValue(t *testing.T) {
	t.Parallel()
	redactor := otlp.NewRedactor(true, func(field, text string) string {
		if strings.Contains(text, "secret") {
			return ""
		}
		return text
	})
	s := failing(
		attribute.String(attr.SpanInput, "secret"),
		attribute.StringSlice(attr.SpanTags, []string{"secret", "kept"}),
		attribute.StringSlice(attr.TraceTags, []string{"secret"}),
		attribute.KeyValue{Key: "map", Value: attribute.MapValue(attribute.String("k", "secret"))},
		attribute.KeyValue{Key: "list", Value: attribute.SliceValue(attribute.StringValue("secret"))},
		attribute.KeyValue{Key: "bytes", Value: attribute.ByteSliceValue([]byte("secret"))},
		attribute.StringSlice("reasons", []string{"", "stop"}),
		attribute.String("empty", ""),
		attribute.StringSlice("none", nil),
	)
	got := onlySpan(t, redactor.Span(s))
	want := map[string]any{
		attr.SpanTags: []any{"kept"},
		"reasons":     []any{"", "stop"},
		"empty":       "",
		"none":        []any{},
	}
	if attributes := attributesOf(got.Attributes); !reflect.DeepEqual(attributes, want) {
		t.Errorf("attributes are %v, want %v", attributes, want)
	}
	if got.Status.Message != "" || got.Status.Code != 2 {
		t.Errorf("status is %v, want an error without text", got.Status)
	}
	event := attributesOf(got.Events[0].Attributes)
	if want := map[string]any{attr.ExceptionType: "net.OpError"}; !reflect.DeepEqual(event, want) {
		t.Errorf("attributes of the event are %v, want %v", event, want)
	}
}

func TestMasksApplyInOrder(t *testing.T) {
	t.Parallel()
	var third int
	redactor := otlp.NewRedactor(true,
		func(_, text string) string { return text + "1" },
		func(_, text string) string {
			if strings.HasPrefix(text, "drop") {
				return ""
			}
			return text + "2"
		},
		func(_, text string) string { third++; return text + "3" },
	)
	s := stub(1, attribute.String("keep", "a"), attribute.String("drop", "drop"))
	s.Resource = nil
	got := attributesOf(onlySpan(t, redactor.Span(s.Snapshot())).Attributes)
	if want := map[string]any{"keep": "a123"}; !reflect.DeepEqual(got, want) {
		t.Errorf("attributes are %v, want %v", got, want)
	}
	if third != 1 {
		t.Errorf("the third mask was called %d times, want 1: nothing is left of a dropped text", third)
	}
}

func TestMaskSeesTheExactTextToBeSent(t *testing.T) {
	t.Parallel()
	var saw string
	redactor := otlp.NewRedactor(true, func(_, text string) string { saw = text; return text })
	s := stub(1, attribute.String("k", "a\xffz"))
	s.Resource = nil
	redactor.Span(s.Snapshot())
	if saw != "a\uFFFDz" {
		t.Errorf("the mask saw %q, but U+FFFD is sent", saw)
	}
}

func TestPanickingMask(t *testing.T) {
	t.Parallel()
	t.Run("encoding-14 a panicking mask sends a placeholder, never the raw value", func(t *testing.T) {
		t.Parallel()
		redactor := otlp.NewRedactor(true,
			func(_, text string) string { return text },
			func(field, text string) string {
				if strings.Contains(text, "secret") {
					panic("cannot parse " + text)
				}
				return text
			},
		)
		got := onlySpan(t, redactor.Span(failing(
			attribute.String(attr.SpanInput, "secret"),
			attribute.String(attr.SpanOutput, "fine"),
			attribute.StringSlice(attr.SpanTags, []string{"secret", "b"}),
		)))
		want := map[string]any{
			attr.SpanInput: "[masked]", attr.SpanOutput: "fine", attr.SpanTags: []any{"[masked]", "b"},
		}
		if attributes := attributesOf(got.Attributes); !reflect.DeepEqual(attributes, want) {
			t.Errorf("attributes are %v, want %v", attributes, want)
		}
		if got.Status.Message != "[masked]" {
			t.Errorf("description = %q, want [masked]", got.Status.Message)
		}
		if strings.Contains(textOf(got), "secret") {
			t.Errorf("a raw value leaves: %v", got)
		}
		if n := redactor.Fails(); n != 6 { // input, tag, description, and three texts of the event
			t.Errorf("Fails = %d, want 6", n)
		}
	})
}

func TestWithoutContent(t *testing.T) {
	t.Parallel()
	content := []string{
		attr.SpanInput, attr.SpanOutput, attr.LLMPrompt, attr.LLMTools,
		"input.value", "output.value",
		"gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions",
		"gen_ai.tool.definitions", "gen_ai.tool.call.arguments", "gen_ai.tool.call.result",
		"gen_ai.prompt", "gen_ai.prompt.0.content", "gen_ai.completion.0.content",
		"llm.input_messages", "llm.input_messages.0.message.content", "llm.output_messages.0.message.content",
		"llm.prompts.0", "llm.prompt_template.variables", "llm.tools.0.tool.json_schema",
		"retrieval.documents.0.document.content", "embedding.embeddings.0.embedding.text",
		"ai.prompt.messages", "ai.response.text", "ai.toolCall.args", "ai.toolCall.result",
		"traceloop.entity.input", "genkit:output", "tool_arguments",
	}
	kept := []string{
		attr.SpanMetadata, attr.TraceMetadata, attr.Metadata, attr.LLMUsage, attr.LLMModel, attr.LLMModelParameters,
		attr.SpanTags, attr.UserID, attr.SpanPath, attr.SpanType, attr.ErrorChain,
		"gen_ai.usage.input_tokens", "gen_ai.request.model", "gen_ai.operation.name", "gen_ai.tool.name",
		"llm.token_count.prompt", "llm.model_name", "ai.response.id", "inputs_seen", "db.query.text",
	}
	var attributes []attribute.KeyValue
	for _, key := range slices.Concat(content, kept) {
		attributes = append(attributes, attribute.String(key, "text"))
	}
	s := stub(1, attributes...)
	s.Status.Description = "text"
	for _, name := range []string{
		"gen_ai.user.message", "gen_ai.choice", "gen_ai.content.prompt",
		"gen_ai.client.inference.operation.details", "exception", "a.message",
	} {
		s.Events = append(s.Events, sdktrace.Event{Name: name, Attributes: []attribute.KeyValue{
			attribute.String("gen_ai.output.messages", "text"), attribute.String("gen_ai.request.model", "text"),
		}})
	}
	s.Links = []sdktrace.Link{{SpanContext: s.SpanContext, Attributes: []attribute.KeyValue{attribute.String("input.value", "text")}}}

	got := onlySpan(t, otlp.NewRedactor(false).Span(s.Snapshot()))

	slices.Sort(kept)
	if keys := slices.Sorted(maps.Keys(attributesOf(got.Attributes))); !slices.Equal(keys, kept) {
		t.Errorf("attributes that leave are %q\nwant %q", keys, kept)
	}
	var events []string
	for _, event := range got.Events {
		events = append(events, event.Name)
		if want := map[string]any{"gen_ai.request.model": "text"}; !reflect.DeepEqual(attributesOf(event.Attributes), want) {
			t.Errorf("event %s has %v, want %v", event.Name, attributesOf(event.Attributes), want)
		}
	}
	if want := []string{"gen_ai.client.inference.operation.details", "exception", "a.message"}; !slices.Equal(events, want) {
		t.Errorf("events that leave are %q, want %q", events, want)
	}
	if len(got.Links[0].Attributes) != 0 {
		t.Errorf("the link keeps %v", got.Links[0].Attributes)
	}
	if got.Status.Message != "text" {
		t.Errorf("the error text is gone")
	}
}

func TestWithoutContentMasksTheRest(t *testing.T) {
	t.Parallel()
	redactor := otlp.NewRedactor(false, func(_, _ string) string { return "*" })
	got := attributesOf(onlySpan(t, redactor.Span(stub(1,
		attribute.String(attr.SpanInput, "text"), attribute.String(attr.SpanMetadata, "{}")).Snapshot())).Attributes)
	if want := map[string]any{attr.SpanMetadata: "*"}; !reflect.DeepEqual(got, want) {
		t.Errorf("attributes are %v, want %v", got, want)
	}
}

func TestRedactorWithNothingToDoReturnsTheSpanItself(t *testing.T) {
	t.Parallel()
	s := stub(1, attribute.String(attr.SpanInput, "text")).Snapshot()
	for name, redactor := range map[string]*otlp.Redactor{"nil": nil, "empty": otlp.NewRedactor(true)} {
		if got := redactor.Span(s); !reflect.DeepEqual(got, s) || reflect.TypeOf(got) != reflect.TypeOf(s) {
			t.Errorf("%s: got %T, want the span itself", name, got)
		}
		if redactor.Fails() != 0 {
			t.Errorf("%s: Fails = %d", name, redactor.Fails())
		}
	}
}

// The original is shared with other span processors of the program, which must see it as it was.
func TestRedactorLeavesTheOriginalAlone(t *testing.T) {
	t.Parallel()
	s := failing(attribute.String(attr.SpanInput, "secret"), attribute.StringSlice(attr.SpanTags, []string{"secret"}))
	before := textOf(onlySpan(t, s))
	otlp.NewRedactor(false, func(_, _ string) string { return "*" }).Span(s)
	if after := textOf(onlySpan(t, s)); after != before {
		t.Errorf("the span became %s\nit was %s", after, before)
	}
}

func TestResourceIsMaskedOnce(t *testing.T) {
	t.Parallel()
	calls := 0
	redactor := otlp.NewRedactor(true, func(_, text string) string { calls++; return text })
	s := stub(1)
	s.Resource = resource.NewSchemaless(attribute.String("host.name", "web-1"))
	for range 10 {
		redactor.Span(s.Snapshot())
	}
	if calls != 1 {
		t.Errorf("the mask saw the resource of ten spans %d times, want once", calls)
	}
}
