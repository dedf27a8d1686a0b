package traceroot_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

const secret = "4111-1111"

// secretive is a program that has the secret in every place where content can be, its own spans' and a foreign one's.
func secretive(ctx context.Context, foreign trace.Tracer) {
	ctx = traceroot.UsingAttributes(ctx, traceroot.Attributes{
		UserID: "u " + secret, SessionID: "s " + secret, Tags: []string{"t " + secret, "plain"}, Metadata: map[string]any{"m": secret},
	})
	_ = traceroot.Run(ctx, "own", func(ctx context.Context) error {
		traceroot.UpdateCurrentSpan(ctx, traceroot.SpanUpdate{
			Input: secret, Output: []string{secret}, Prompt: secret, Metadata: map[string]any{"k": secret}, Tags: []string{secret},
			Model: "m", ModelParameters: map[string]any{"stop": secret}, Usage: traceroot.Usage{InputTokens: 5},
		})
		traceroot.UpdateCurrentTrace(ctx, traceroot.Attributes{
			UserID: secret, SessionID: secret, Tags: []string{secret}, Metadata: map[string]any{"m": secret},
		})
		traceroot.SpanFromContext(ctx).OTel().SetAttributes(attribute.String("app.card", secret), attribute.StringSlice("app.cards", []string{secret}))
		return fmt.Errorf("pay with %s: %w", secret, errors.New("declined "+secret))
	})
	_ = panicOf(func() {
		_ = traceroot.Run(ctx, "panicking", func(context.Context) error { panic("panic " + secret) })
	})
	_, s := foreign.Start(ctx, "foreign", trace.WithAttributes(
		attribute.String("gen_ai.input.messages", secret), attribute.String("llm.output_messages.0.message.content", secret),
		attribute.String("input.value", secret), attribute.String("db.statement", secret),
	))
	s.AddEvent("log", trace.WithAttributes(attribute.String("message", secret)))
	s.RecordError(errors.New(secret))
	s.SetStatus(codes.Error, secret)
	s.End()
}

// everything is all text that arrived.
func everything(spans []sent) string {
	var b strings.Builder
	for _, s := range spans {
		fmt.Fprintln(&b, s.name, s.failure, s.attributes, s.events, s.resource)
	}
	return b.String()
}

// recordSecrets sends what the secretive program does.
func recordSecrets(t *testing.T, opts ...traceroot.Option) (*receiver, *traceroot.Client) {
	t.Helper()
	server := newReceiver(t)
	client := traceroot.New(append([]traceroot.Option{
		traceroot.WithHostURL(server.URL), traceroot.WithAPIKey("k"), traceroot.WithLogger(quiet),
	}, opts...)...)
	secretive(client.Context(t.Context()), client.TracerProvider().Tracer("other"))
	if err := client.Shutdown(t.Context()); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if len(server.spans()) != 3 {
		t.Fatalf("%d spans arrived, want 3", len(server.spans()))
	}
	return server, client
}

func TestWithMask(t *testing.T) {
	t.Parallel()
	t.Run("encoding-13 sees every value that leaves, under its field's name", func(t *testing.T) {
		t.Parallel()
		var mu sync.Mutex
		seen := map[string]bool{}
		server, client := recordSecrets(t, traceroot.WithMask(func(field, text string) string {
			mu.Lock()
			defer mu.Unlock()
			if strings.Contains(text, secret) {
				seen[field] = true
			}
			return strings.ReplaceAll(text, secret, "#")
		}))
		if text := everything(server.spans()); strings.Contains(text, secret) {
			t.Errorf("the secret left:\n%s", text)
		}
		want := []string{
			"app.card", "app.cards", "db.statement", "error", "input", "message", "messages", "metadata", "model_parameters", "output",
			"prompt", "session_id", "tags", "user_id",
		}
		if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, want) {
			t.Errorf("fields %q, want %q", got, want)
		}
		own := server.byName()["own"]
		if own.failure != "pay with #: declined #" || own.attributes[attr.LLMUsage] != `{"input_tokens":5}` || client.Stats().MaskFails != 0 {
			t.Errorf("failure %q, usage %v, %d fails", own.failure, own.attributes[attr.LLMUsage], client.Stats().MaskFails)
		}
	})
	t.Run("sees the exact text to be sent", func(t *testing.T) {
		t.Parallel()
		var got []string
		sentTo(t, func(ctx context.Context) { span(ctx, "work", traceroot.Input(map[string]any{"a": "<ü>"})) },
			traceroot.WithMask(func(field, text string) string {
				if field == "input" {
					got = append(got, text)
				}
				return text
			}))
		if want := []string{`{"a":"<ü>"}`}; !slices.Equal(got, want) {
			t.Errorf("the mask saw %q, want %q", got, want)
		}
	})
	t.Run("an empty result drops the value", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			_ = traceroot.Run(ctx, "work", func(context.Context) error { return errBoom }, traceroot.Input("x"), traceroot.Tags("a", "b"))
		}, traceroot.WithMask(func(field, text string) string {
			if field == "input" || field == "error" || text == "a" {
				return ""
			}
			return text
		}))["work"]
		wantValues(t, got, map[string]any{attr.SpanInput: nil, attr.SpanTags: "b"})
		if got.failure != "" {
			t.Errorf("failure %q is left", got.failure)
		}
	})
	t.Run("several apply in their order, and nil is none", func(t *testing.T) {
		t.Parallel()
		adding := func(mark string) traceroot.Option {
			return traceroot.WithMask(func(_, text string) string { return text + mark })
		}
		got := sentTo(t, func(ctx context.Context) { span(ctx, "work", traceroot.Input("x")) },
			adding("1"), traceroot.WithMask(nil), adding("2"))
		wantValues(t, got["work"], map[string]any{attr.SpanInput: "x12"})
	})
	t.Run("encoding-14 a panic sends [masked] and is counted", func(t *testing.T) {
		t.Parallel()
		server, client := recordSecrets(t, traceroot.WithMask(func(field, text string) string {
			if strings.Contains(text, secret) {
				panic(field)
			}
			return text
		}))
		if text := everything(server.spans()); strings.Contains(text, secret) {
			t.Errorf("the secret left:\n%s", text)
		}
		own := server.byName()["own"]
		wantValues(t, own, map[string]any{attr.SpanInput: "[masked]", attr.TraceUserID: "[masked]"})
		if own.failure != "[masked]" || client.Stats().MaskFails < 10 {
			t.Errorf("failure %q with %d fails counted", own.failure, client.Stats().MaskFails)
		}
	})
	t.Run("guards an exporter given instead of the host", func(t *testing.T) {
		t.Parallel()
		exporter := tracetest.NewInMemoryExporter()
		client := traceroot.New(traceroot.WithExporter(exporter), traceroot.WithLogger(quiet),
			traceroot.WithMask(traceroot.MaskRegexp(regexp.MustCompile(secret), "#")))
		secretive(client.Context(t.Context()), client.TracerProvider().Tracer("other"))
		if err := client.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		for _, s := range exporter.GetSpans() {
			if text := fmt.Sprint(s.Attributes, s.Status.Description, s.Events); strings.Contains(text, secret) {
				t.Errorf("%s holds the secret: %s", s.Name, text)
			}
		}
		_ = client.Shutdown(t.Context())
	})
	t.Run("runs off the caller's path", func(t *testing.T) {
		t.Parallel()
		hold := make(chan struct{})
		got := sentTo(t, func(ctx context.Context) {
			span(ctx, "work", traceroot.Input("x")) // would never return
			close(hold)
		}, traceroot.WithFlushAt(1), traceroot.WithMask(func(_, text string) string { <-hold; return text }))
		wantValues(t, got["work"], map[string]any{attr.SpanInput: "x"})
	})
}

func TestWithContent(t *testing.T) {
	t.Parallel()
	server, _ := recordSecrets(t, traceroot.WithContent(false))
	own, foreign := server.byName()["own"], server.byName()["foreign"]
	wantValues(t, own, map[string]any{
		attr.SpanInput: nil, attr.SpanOutput: nil, attr.LLMPrompt: nil,
		attr.SpanMetadata: `{"k":"` + secret + `"}`, attr.LLMModel: "m", attr.LLMUsage: `{"input_tokens":5}`,
	})
	wantValues(t, foreign, map[string]any{
		"gen_ai.input.messages": nil, "llm.output_messages.0.message.content": nil, "input.value": nil, "db.statement": secret,
	})
	t.Run("spares a value the trouble of being encoded", func(t *testing.T) {
		t.Parallel()
		asked := &countingMarshaler{}
		sentTo(t, func(ctx context.Context) {
			_, _ = traceroot.Observe(func(_ context.Context, in any) (any, error) { return in, nil })(ctx, asked)
		}, traceroot.WithContent(false))
		if asked.times > 0 {
			t.Errorf("it was encoded %d times", asked.times)
		}
	})
	t.Run("on is the default", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) { span(ctx, "work", traceroot.Input("x")) }, traceroot.WithContent(true))
		wantValues(t, got["work"], map[string]any{attr.SpanInput: "x"})
	})
}

type countingMarshaler struct{ times int }

func (c *countingMarshaler) MarshalJSON() ([]byte, error) { c.times++; return []byte("1"), nil }

func TestMaskKeys(t *testing.T) {
	t.Parallel()
	mask := traceroot.MaskKeys("password", "SSN", "päss")
	for _, c := range []struct{ name, text, want string }{
		{"a member", `{"user":"ann","password":"x"}`, `{"user":"ann","password":"***"}`},
		{"in any case", `{"PassWord":1,"ssn":[1,2],"PÄSS":{"a":1}}`, `{"PassWord":"***","ssn":"***","PÄSS":"***"}`},
		{"at any depth", `[{"a":[{"b":{"password":null}}]}]`, `[{"a":[{"b":{"password":"***"}}]}]`},
		{"inside a text that is JSON", `{"arguments":"{\"password\":\"x\",\"q\":1}"}`, `{"arguments":"{\"password\":\"***\",\"q\":1}"}`},
		{"written with escapes", `{"p\u0061ssword":"x"}`, `{"password":"***"}`},
		{"in a row of values", "{\"password\":1}\n{\"a\":2}", "{\"password\":\"***\"}\n{\"a\":2}"},
		{"numbers keep their digits", `{"n":12345678901234567890.10,"ssn":1}`, `{"n":12345678901234567890.10,"ssn":"***"}`},
		{"no HTML escapes", `{"a":"<&>","ssn":1}`, `{"a":"<&>","ssn":"***"}`},
		{"untouched where there is nothing to hide", `{ "a" : "\u00e9" }`, `{ "a" : "\u00e9" }`},
		{"a name that only begins like one", `{"password2":1}`, `{"password2":1}`},
		{"behind other words", `main.Fault: {"password":"x","a":1}`, `main.Fault: {"password":"***","a":1}`},
		{"between other words", `a {b} 5" [1, {"password": "x"}] c`, `a {b} 5" [1,{"password":"***"}] c`},
		{"inside a text behind other words", `said "{\"password\":\"x\"}" twice`, `said "{\"password\":\"***\"}" twice`},
		{"before a fault in the JSON", `{"password":"x", oops {"ssn":1}`, `{"password":"***",oops {"ssn":"***"}`},
		{"cut off behind other words", `got {"password":"x`, `got {"password":`},
		{"text that only looks like JSON", `password: {x} [y] "password`, `password: {x} [y] "password`},
		{"nothing", ``, ``},
		{"JSON that was cut off", `{"password":"x","note":"abc`, `{"password":"***","note":`},
		{"JSON that was cut off within it", `{"a":1,"password":"x`, `{"a":1,"password":`},
		{"a text inside that was cut off", `{"arguments":"{\"password\":\"x"}`, `{"arguments":"{\"password\":"}`},
		{"cut off, but with nothing to hide", `{"a":1,"note":"abc`, `{"a":1,"note":"abc`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := mask("input", c.text); got != c.want {
				t.Errorf("%s becomes %s, want %s", c.text, got, c.want)
			}
		})
	}
	t.Run("of a text made to be slow, what was not read is hidden", func(t *testing.T) {
		t.Parallel()
		slow := strings.Repeat("[", 1<<16) + `x{"password":1}`
		if got := mask("input", slow); strings.Contains(got, `"password":1`) {
			t.Error("it is not hidden")
		}
	})
	t.Run("hides arguments, metadata and messages of a client", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			_, _ = traceroot.Observe(func(context.Context, map[string]any) (string, error) { return `{"ssn":"1"}`, nil },
				traceroot.Name("work"), traceroot.Metadata(map[string]any{"password": "x"}))(ctx, map[string]any{"user": "ann", "Password": "x"})
		}, traceroot.WithMask(mask))
		wantValues(t, got["work"], map[string]any{
			attr.SpanInput: `{"Password":"***","user":"ann"}`, attr.SpanOutput: `{"ssn":"***"}`, attr.SpanMetadata: `{"password":"***"}`,
		})
	})
	t.Run("hides what the limit of a value cuts in two", func(t *testing.T) {
		t.Parallel()
		text := `{"password":"hunter2","note":"` + strings.Repeat("x", 100) + `"}`
		got := sentTo(t, func(ctx context.Context) {
			span(ctx, "text", traceroot.Input(text))
			span(ctx, "inside", traceroot.Input(map[string]string{"arguments": text}))
		}, traceroot.WithMask(mask), traceroot.WithLimits(traceroot.Limits{ValueBytes: 60}))
		for name, s := range got {
			if input, _ := s.attributes[attr.SpanInput].(string); strings.Contains(input, "hunter2") || !strings.Contains(input, "password") {
				t.Errorf("%s: input %s", name, input)
			}
		}
	})
}

func TestMaskRegexp(t *testing.T) {
	t.Parallel()
	mask := traceroot.MaskRegexp(regexp.MustCompile(`(\w+)@acme\.test`), "$1@…")
	if got, want := mask("output", "ask ann@acme.test or bob@acme.test"), "ask ann@… or bob@…"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
