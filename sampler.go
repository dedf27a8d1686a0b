package traceroot

import (
	"log/slog"
	"os"
	"strconv"
	"strings"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// ownSampler is the sampler of a provider that the client makes.
func (c *Client) ownSampler() sdktrace.Sampler {
	if c.sampler != nil {
		return guardedSampler{c.sampler, c}
	}
	return samplerFromEnvironment(c)
}

// guardedSampler is the program's own. A panic of it does not reach the call that is traced, and that call is recorded.
type guardedSampler struct {
	sdktrace.Sampler

	client *Client
}

// ShouldSample asks the program's sampler.
func (g guardedSampler) ShouldSample(p sdktrace.SamplingParameters) (result sdktrace.SamplingResult) {
	defer func() {
		if fault := recover(); fault != nil {
			g.client.warn("sampler panicked, span recorded", slog.Any("fault", fault))
			result = sdktrace.AlwaysSample().ShouldSample(p)
		}
	}()
	return g.Sampler.ShouldSample(p)
}

// samplerFromEnvironment is the sampler that OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG name; parent-based, always
// on, without them. The OpenTelemetry SDK reads the same variables, but only inside a provider that it makes, and keeps
// the result to itself; the shared provider outlives its clients and needs one for each.
func samplerFromEnvironment(c *Client) sdktrace.Sampler {
	always := sdktrace.ParentBased(sdktrace.AlwaysSample())
	name := strings.ToLower(strings.TrimSpace(os.Getenv("OTEL_TRACES_SAMPLER")))
	switch name {
	case "", "parentbased_always_on":
		return always
	case "always_on":
		return sdktrace.AlwaysSample()
	case "always_off":
		return sdktrace.NeverSample()
	case "parentbased_always_off":
		return sdktrace.ParentBased(sdktrace.NeverSample())
	case "traceidratio":
		return ratioFromEnvironment(c)
	case "parentbased_traceidratio":
		return sdktrace.ParentBased(ratioFromEnvironment(c))
	default:
		c.problem("bad environment variable, default used", slog.String("variable", "OTEL_TRACES_SAMPLER"),
			slog.String("value", name), slog.String("want", "a sampler of OpenTelemetry's specification"))
		return always
	}
}

func ratioFromEnvironment(c *Client) sdktrace.Sampler {
	text := strings.TrimSpace(os.Getenv("OTEL_TRACES_SAMPLER_ARG"))
	if text == "" {
		return sdktrace.AlwaysSample()
	}
	ratio, err := strconv.ParseFloat(text, 64)
	if err != nil || ratio < 0 || ratio > 1 {
		c.problem("bad environment variable, default used", slog.String("variable", "OTEL_TRACES_SAMPLER_ARG"),
			slog.String("value", text), slog.String("want", "a number from 0 to 1"))
		return sdktrace.AlwaysSample()
	}
	return sdktrace.TraceIDRatioBased(ratio)
}
