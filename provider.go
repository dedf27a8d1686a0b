package traceroot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// shared is the provider that Initialize registers globally where the process has none. OpenTelemetry binds tracers that
// were made early to the first provider for good, so it lives as long as the process: clients come and go as its
// processors, and it samples nothing while there is none.
var shared struct {
	sync.Mutex
	provider *sdktrace.TracerProvider // guarded by the mutex
	resource *resource.Resource       // of the client that made the provider; guarded by the mutex
	clients  int                      // attached; guarded by the mutex
	sampler  swapSampler
}

// globalProvider joins the process's provider, or makes it. One that was shut down counts as none: it records nothing, and
// nobody misses it.
func (c *Client) globalProvider() {
	if c.joins != nil {
		c.join(c.joins)
		return
	}
	global := otel.GetTracerProvider()
	host, isSDK := global.(*sdktrace.TracerProvider)
	switch {
	case isSDK && !isShared(host) && !isShutDown(host):
		c.join(host)
	case isSDK || isUnset(global):
		c.joinShared()
		registerGlobally(c.provider)
	default:
		c.problem("OpenTelemetry's global provider is not an SDK provider: third-party spans are not recorded",
			slog.String("kind", fmt.Sprintf("%T", global)))
		c.ownProvider()
	}
}

func registerGlobally(provider *sdktrace.TracerProvider) {
	if otel.GetTracerProvider() == trace.TracerProvider(provider) {
		return
	}
	otel.SetTracerProvider(provider)
	if len(otel.GetTextMapPropagator().Fields()) == 0 {
		otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	}
}

// isUnset recognises the provider that OpenTelemetry hands out before anybody has set one. Its type is not exported.
func isUnset(provider any) bool {
	return fmt.Sprintf("%T", provider) == "*global.tracerProvider"
}

// isShutDown recognises a provider that has been shut down by the tracers it gives.
func isShutDown(provider *sdktrace.TracerProvider) bool {
	_, recordsNothing := provider.Tracer(scopeName, trace.WithInstrumentationVersion(Version)).(noop.Tracer)
	return recordsNothing
}

// ownProvider makes a provider for this client alone, unless it was given one to join.
func (c *Client) ownProvider() {
	if c.joins != nil {
		c.join(c.joins)
		return
	}
	c.provider = newProvider(c.ownSampler(), c.resource)
	c.resource = nil
	c.attachProcessors()
	c.detach = func(ctx context.Context) error {
		err := c.shutDownProcessors(ctx)
		// All that the provider owns has been told to end; an expired ctx would make it skip its own end.
		return errors.Join(err, c.provider.Shutdown(context.WithoutCancel(ctx)))
	}
}

// join attaches the client to a provider that belongs to the host program.
func (c *Client) join(provider *sdktrace.TracerProvider) {
	if isShutDown(provider) {
		c.problem("the TracerProvider to join was shut down: nothing is recorded", slog.String("option", "WithTracerProvider"))
	}
	if c.sampler != nil {
		c.problem("WithSampler ignored: the client joins a provider, which has its own", slog.String("option", "WithSampler"))
	}
	c.provider = provider
	c.resource = nil
	c.keepsOwn = true
	c.attachProcessors()
	c.detach = c.detachProcessors
}

// joinShared attaches the client to the shared provider, with a sampler of its own.
func (c *Client) joinShared() {
	shared.Lock()
	defer shared.Unlock()
	if shared.provider == nil || isShutDown(shared.provider) {
		shared.resource, shared.clients = c.resource, 0
		shared.provider = newProvider(&shared.sampler, c.resource)
	}
	if c.resource.Equal(shared.resource) {
		c.resource = nil
	}
	shared.clients++
	shared.sampler.set(c.ownSampler())
	c.provider = shared.provider
	c.attachProcessors()
	c.detach = func(ctx context.Context) error {
		err := c.detachProcessors(ctx)
		shared.Lock()
		defer shared.Unlock()
		if shared.clients--; shared.clients == 0 {
			shared.sampler.set(sdktrace.NeverSample())
		}
		return err
	}
}

func isShared(provider *sdktrace.TracerProvider) bool {
	shared.Lock()
	defer shared.Unlock()
	return provider == shared.provider
}

// attachProcessors registers the client's processor first, so that those of WithSpanProcessor see what it stamps.
func (c *Client) attachProcessors() {
	c.stamps = &processor{client: c}
	c.provider.RegisterSpanProcessor(c.stamps)
	for _, p := range c.processors {
		c.provider.RegisterSpanProcessor(p)
	}
}

// detachProcessors ends the client's processors and takes them out of the provider.
func (c *Client) detachProcessors(ctx context.Context) error {
	err := c.shutDownProcessors(ctx)
	c.provider.UnregisterSpanProcessor(c.stamps)
	for _, p := range c.processors {
		c.provider.UnregisterSpanProcessor(p)
	}
	return err
}

func (c *Client) shutDownProcessors(ctx context.Context) error {
	var errs []error
	for _, p := range c.processors {
		errs = append(errs, p.Shutdown(ctx))
	}
	return errors.Join(errs...)
}

// attached is a processor of [WithSpanProcessor]. It is shut down once: by the client, which passes its deadline on,
// where the provider would do it without one as it lets go of the processor.
// A panic of the processor does not reach the traced program.
type attached struct {
	sdktrace.SpanProcessor

	once sync.Once
}

// OnStart passes the start of a span on.
func (a *attached) OnStart(ctx context.Context, s sdktrace.ReadWriteSpan) {
	defer survive(nil)
	a.SpanProcessor.OnStart(ctx, s)
}

// OnEnd passes the end of a span on.
func (a *attached) OnEnd(s sdktrace.ReadOnlySpan) {
	defer survive(nil)
	a.SpanProcessor.OnEnd(s)
}

// ForceFlush passes a flush on.
func (a *attached) ForceFlush(ctx context.Context) (err error) {
	defer survive(&err)
	return a.SpanProcessor.ForceFlush(ctx)
}

// Shutdown shuts the processor down, unless that was done before.
func (a *attached) Shutdown(ctx context.Context) (err error) {
	defer survive(&err)
	a.once.Do(func() { err = a.SpanProcessor.Shutdown(ctx) })
	return err
}

// survive turns a panic of a processor into an error, for those who want one, and a line in the log.
func survive(err *error) {
	fault := recover()
	if fault == nil {
		return
	}
	defaults.client.Load().warn("span processor panicked", slog.Any("fault", fault))
	if err != nil {
		*err = fmt.Errorf("span processor panicked: %v", fault)
	}
}

// attributeLimit is above the 128 of OpenTelemetry: a model call has many attributes, and the ones that would be dropped
// are those set last, output and usage.
const attributeLimit = 1024

func newProvider(sampler sdktrace.Sampler, res *resource.Resource) *sdktrace.TracerProvider {
	limits := sdktrace.NewSpanLimits()
	if os.Getenv("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT") == "" && os.Getenv("OTEL_ATTRIBUTE_COUNT_LIMIT") == "" {
		limits.AttributeCountLimit = attributeLimit
	}
	return sdktrace.NewTracerProvider(sdktrace.WithSampler(sampler), sdktrace.WithResource(res), sdktrace.WithRawSpanLimits(limits))
}

// ownResource is what OpenTelemetry says of itself and of the process, with the service's name. It reads the environment
// at each call, where resource.Default does so once for all.
func (c *Client) ownResource() *resource.Resource {
	base, err := resource.New(context.Background(), resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		c.problem("bad environment variable, default used", slog.String("variable", "OTEL_RESOURCE_ATTRIBUTES"),
			slog.String("want", "key=value pairs, separated by commas"))
	}
	if _, named := base.Set().Value(attr.ServiceName); named && c.serviceName == "" {
		return base
	}
	name := attribute.String(attr.ServiceName, cmp.Or(c.serviceName, executableName()))
	merged, err := resource.Merge(base, resource.NewSchemaless(name))
	if err != nil {
		return base
	}
	return merged
}

func executableName() string {
	path, err := os.Executable()
	if err != nil {
		path = os.Args[0]
	}
	return filepath.Base(path)
}

// swapSampler is a sampler that can be replaced while spans start.
type swapSampler struct {
	current atomic.Pointer[samplerBox]
}

type samplerBox struct{ sdktrace.Sampler }

func (s *swapSampler) set(sampler sdktrace.Sampler) { s.current.Store(&samplerBox{sampler}) }

// ShouldSample asks the sampler of the client that is attached now.
func (s *swapSampler) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	return s.current.Load().ShouldSample(p)
}

// Description names the sampler of the client that is attached now.
func (s *swapSampler) Description() string { return s.current.Load().Description() }
