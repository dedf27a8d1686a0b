package traceroot_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
)

func TestWithSampler(t *testing.T) {
	t.Parallel()
	t.Run("decides, and is asked with the span's name", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			span(ctx, "keep")
			span(ctx, "drop")
		}, traceroot.WithSampler(keepOnly("keep")))
		if len(got) != 1 || got["keep"].name == "" {
			t.Errorf("arrived: %v, want the one span that is kept", got)
		}
	})
	t.Run("without one, the parent decides", func(t *testing.T) {
		t.Parallel()
		got := sentTo(t, func(ctx context.Context) {
			for flags, name := range map[trace.TraceFlags]string{0: "of an unsampled parent", trace.FlagsSampled: "of a sampled parent"} {
				parent := trace.NewSpanContext(trace.SpanContextConfig{
					TraceID: trace.TraceID{1, byte(flags)}, SpanID: trace.SpanID{2}, TraceFlags: flags, Remote: true,
				})
				span(trace.ContextWithSpanContext(ctx, parent), name)
			}
		})
		if len(got) != 1 || got["of a sampled parent"].name == "" {
			t.Errorf("arrived: %v, want the child of the sampled parent", got)
		}
	})
}

// keepOnly samples spans of that name.
type keepOnly string

func (k keepOnly) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	if p.Name == string(k) {
		return sdktrace.SamplingResult{Decision: sdktrace.RecordAndSample}
	}
	return sdktrace.SamplingResult{Decision: sdktrace.Drop}
}

func (k keepOnly) Description() string { return "keeps " + string(k) }

func TestSamplerOfTheEnvironment(t *testing.T) {
	for _, c := range []struct {
		sampler, arg string
		want         bool
		warned       string
	}{
		{"", "", true, ""},
		{"always_on", "", true, ""},
		{"always_off", "", false, ""},
		{"parentbased_always_on", "", true, ""},
		{"parentbased_always_off", "", false, ""},
		{"traceidratio", "0", false, ""},
		{"traceidratio", "1", true, ""},
		{"parentbased_traceidratio", "0", false, ""},
		{"parentbased_traceidratio", "", true, ""},
		{"parentbased_traceidratio", "some", true, "OTEL_TRACES_SAMPLER_ARG"},
		{"coin", "", true, "OTEL_TRACES_SAMPLER"},
	} {
		t.Run(c.sampler+" "+c.arg, func(t *testing.T) {
			environment(t)
			t.Setenv("OTEL_TRACES_SAMPLER", c.sampler)
			t.Setenv("OTEL_TRACES_SAMPLER_ARG", c.arg)
			logger, book := newLogBook()
			if got := len(sentTo(t, runWork, traceroot.WithLogger(logger))) > 0; got != c.want {
				t.Errorf("sampled: %v, want %v", got, c.want)
			}
			lines := book.about("level=WARN")
			if c.warned == "" && lines != nil || c.warned != "" && (len(lines) != 1 || !strings.Contains(lines[0], c.warned)) {
				t.Errorf("logged %q, want a warning about %q", lines, c.warned)
			}
		})
	}
	t.Run("an option beats it, and it is not even read", func(t *testing.T) {
		environment(t)
		t.Setenv("OTEL_TRACES_SAMPLER", "coin")
		logger, book := newLogBook()
		got := sentTo(t, runWork, traceroot.WithSampler(sdktrace.NeverSample()), traceroot.WithLogger(logger))
		if len(got) > 0 || book.about("level=WARN") != nil {
			t.Errorf("arrived: %v, logged %q", got, book.about(""))
		}
	})
}

func TestServiceName(t *testing.T) {
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, traceroot, otel, attributes, option, want string }{
		{"of the option", "a", "b", "service.name=c", "d", "d"},
		{"of our variable", "a", "b", "service.name=c", "", "a"},
		{"of OpenTelemetry's variable", "", "b", "service.name=c", "", "b"},
		{"of the resource's", "", "", "service.name=c,team=x", "", "c"},
		{"scope-04 of the executable", "", "", "", "", filepath.Base(executable)},
	} {
		t.Run(c.name, func(t *testing.T) {
			environment(t, "TRACEROOT_SERVICE_NAME="+c.traceroot)
			t.Setenv("OTEL_SERVICE_NAME", c.otel)
			t.Setenv("OTEL_RESOURCE_ATTRIBUTES", c.attributes)
			got := sentTo(t, runWork, traceroot.WithServiceName(c.option))["work"].resource
			if got["service.name"] != c.want || got["telemetry.sdk.language"] != "go" {
				t.Errorf("resource is %v, want service %s", got, c.want)
			}
			if strings.Contains(c.attributes, "team") && got["team"] != "x" {
				t.Errorf("resource is %v, want what OTEL_RESOURCE_ATTRIBUTES says", got)
			}
		})
	}
}
