package traceroot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/internal/batch"
	"github.com/traceroot-ai/traceroot-go/internal/otlp"
	"github.com/traceroot-ai/traceroot-go/internal/source"
)

// Why a client is off, as [Client.Err] tells.
var (
	ErrNoAPIKey = errors.New("traceroot: no API key: set TRACEROOT_API_KEY, or TRACEROOT_HOST_URL to a loopback host")
	ErrDisabled = errors.New("traceroot: tracing is disabled")

	errShutDown = fmt.Errorf("%w: the client was shut down", ErrDisabled)
)

// UnsentError is in the error of Flush and Shutdown when ended spans were neither accepted nor spooled. Find it with
// [errors.AsType].
type UnsentError struct {
	Spans int64 // how many
	Err   error // the last cause
}

// Error says how many spans were not sent, and why.
func (e *UnsentError) Error() string {
	return fmt.Sprintf("traceroot: %d spans not sent: %v", e.Spans, e.Err)
}

// Unwrap returns the last cause.
func (e *UnsentError) Unwrap() error { return e.Err }

// Client records spans and delivers them. Make one with [Initialize] or [New]. Its methods are safe for concurrent use,
// and on a client that is off or nil, too.
//
// A client owns a goroutine that packs spans and up to four that upload them, and on a loopback host another one (see
// [WithLive]); [Client.Shutdown] ends them.
type Client struct {
	config
	err      error  // why it is off; nil when it is on
	endpoint string // where spans are posted; "" when they go to an exporter or to processors alone

	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
	stamps   *processor                  // the client's own, on the provider
	detach   func(context.Context) error // leaves the provider, or stops it if it is the client's own
	restore  []func()                    // undo the integrations

	live     *liveSpans
	feed     *liveFeed // nil where nothing is told of running spans
	attempts modelAttempts
	queue    *batch.Queue // nil when spans go to processors alone
	redactor *otlp.Redactor
	sources  *source.Resolver
	metrics  metric.Registration // nil without a MeterProvider

	common    []attribute.KeyValue // on every span
	resource  *resource.Resource   // nil when it is the provider's
	keepsOwn  bool                 // the provider may drop attributes: keep ours beside it
	born      time.Time
	retired   *Client // the implicit client that this one replaced, until its last spans are out
	isRetired atomic.Bool
	bound     atomic.Bool // Context was called, so that spans may come without it being the default
	closed    atomic.Bool
	down      chan struct{} // closed when Shutdown is done

	// Spans. What the queue was given it counts itself; not sampled ones are among the suppressed.
	started, suppressed, unsampled, handedOver atomic.Int64

	projectOnce sync.Once
	project     string // of the key, for links; "" until asked for
}

// New makes a client that touches nothing global: it is not [Default], not OpenTelemetry's global provider, and it
// installs no integrations. Reach it with [Client.Context]. It never returns nil; [Client.Err] tells why it is off.
func New(opts ...Option) *Client {
	c := newClient(opts)
	if c.err == nil {
		c.start((*Client).ownProvider)
	}
	c.tellProblems()
	return c
}

// newClient decides what the client will be, and starts nothing.
func newClient(opts []Option) *Client {
	c := &Client{config: newConfig(opts), down: make(chan struct{})}
	c.endpoint, c.err = c.destination()
	if c.err == nil {
		c.redactor = otlp.NewRedactor(!c.noContent, c.masks...)
		c.queue, c.err = c.newQueue()
	}
	switch {
	case c.err == nil || errors.Is(c.err, ErrDisabled):
	case errors.Is(c.err, ErrNoAPIKey):
		c.problem("tracing is off: no API key",
			slog.String("fix", "set TRACEROOT_API_KEY, or TRACEROOT_HOST_URL to a loopback host"))
	default:
		c.problem("tracing is off", slog.Any("reason", c.err))
	}
	return c
}

// start brings an enabled client to life; findProvider sets its provider and how to leave it again.
func (c *Client) start(findProvider func(*Client)) {
	c.born = time.Now()
	c.live = newLiveSpans(maxLiveSpans)
	git := c.gitContext()
	c.common = commonAttributes(&c.config, git)
	c.sources = newResolver(git)
	c.resource = c.ownResource()
	c.startLive()
	if c.startMetrics != nil {
		c.startMetrics(c)
	}
	findProvider(c)
	c.tracer = c.provider.Tracer(scopeName, trace.WithInstrumentationVersion(Version))
}

// lacksOnlyKey tells that nothing is wrong but that nobody has asked for tracing.
func (c *Client) lacksOnlyKey() bool { return errors.Is(c.err, ErrNoAPIKey) && len(c.problems) == 1 }

// tellProblems logs what was noted while the client was made. No lock is held: a log handler is the program's, and may be
// traced itself.
func (c *Client) tellProblems() {
	if c.keepsOwn {
		writeLog(c.log(), slog.LevelDebug, "joined a TracerProvider of the program")
	}
	for _, p := range c.problems {
		c.warn(p.message, p.attrs...)
	}
	c.problems = nil
}

// warn logs a problem with the client's logger. Problems with the same message are told apart by what they are about, and
// not by errors and counts, which differ each time.
func (c *Client) warn(message string, attrs ...slog.Attr) {
	key := []string{message}
	for _, a := range attrs {
		switch a.Key {
		case "variable", "option", "value", "reason", "kind", "integration", "function", "missing":
			key = append(key, a.Value.String())
		}
	}
	problems.warn(c.log(), strings.Join(key, " "), message, attrs...)
}

// log is where diagnostics go.
func (c *Client) log() *slog.Logger {
	if c == nil || c.logger == nil {
		return slog.Default()
	}
	return c.logger
}

// Enabled tells whether the client records spans.
func (c *Client) Enabled() bool { return c != nil && c.err == nil && !c.closed.Load() }

// Err tells why the client is off: [ErrNoAPIKey], [ErrDisabled] (after Shutdown, too) or the configuration fault; nil when
// it is on.
func (c *Client) Err() error {
	switch {
	case c == nil:
		return ErrDisabled
	case c.err == nil && c.closed.Load():
		return errShutDown
	default:
		return c.err
	}
}

// Context returns a context under which spans go to c instead of the default client.
func (c *Client) Context(ctx context.Context) context.Context {
	ctx = orBackground(ctx)
	if c == nil {
		return ctx
	}
	bind(c)
	return context.WithValue(ctx, clientKey{}, c)
}

// TracerProvider returns the provider whose spans the client records, for third-party instrumentation that takes one; a
// no-op provider when the client is off.
func (c *Client) TracerProvider() trace.TracerProvider {
	if !c.Enabled() {
		return noop.NewTracerProvider()
	}
	return c.provider
}

// Flush returns when every span that ended before the call was accepted, spooled or dropped, or when ctx is done. A ctx
// without a deadline is bounded by the client's timeout. The error joins the causes; an [*UnsentError] in it counts what was
// lost, and what still waits in memory.
func (c *Client) Flush(ctx context.Context) error {
	if c == nil || c.closed.Load() {
		return nil
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	errs := []error{c.deliver(ctx)}
	for _, p := range c.processors {
		errs = append(errs, p.ForceFlush(ctx))
	}
	return errors.Join(errs...)
}

// Shutdown flushes, undoes the integrations and leaves the TracerProvider: one that the client joined goes on running,
// its own is stopped. Wrappers turn into plain calls. When ctx ends first, or the client's timeout where ctx has no
// deadline, what is still waiting goes to the spool ([WithSpool]) or is dropped, and the error says how much was dropped;
// Shutdown returns within a tenth of a second then, also where an http.Client or an exporter ignores its context. Later calls
// return nil, one that overlaps with the first when that is done.
func (c *Client) Shutdown(ctx context.Context) error {
	if c == nil || c == nothing {
		return nil
	}
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	if c.closed.Swap(true) {
		select {
		case <-c.down:
		case <-ctx.Done():
		}
		return nil
	}
	return c.shutdown(ctx, c.detach)
}

// leave is the shutdown that the provider's owner asked for: the provider is stopping, so there is nothing to detach. It
// must not wait for a Shutdown that is on its way, since that may be waiting for the provider.
func (c *Client) leave(ctx context.Context) error {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	if c.closed.Swap(true) {
		return nil
	}
	return c.shutdown(ctx, func(context.Context) error { return nil })
}

func (c *Client) shutdown(ctx context.Context, detach func(context.Context) error) error {
	defer close(c.down)
	forget(c)
	for _, undo := range c.restore {
		undo()
	}
	c.stopLive()
	errs := []error{c.drain(ctx, (*batch.Queue).Shutdown)}
	c.stopMetrics()
	c.waitLive(ctx)
	if c.retired != nil && !c.retired.closed.Swap(true) {
		errs = append(errs, c.retired.detach(ctx))
		close(c.retired.down)
	}
	if c.err == nil {
		errs = append(errs, detach(ctx))
	}
	return errors.Join(errs...)
}

// bounded gives ctx the client's timeout where it has no deadline of its own.
func (c *Client) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx = orBackground(ctx)
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	late := fmt.Errorf("not done within the timeout of %v: %w", c.timeout, context.DeadlineExceeded)
	return context.WithTimeoutCause(ctx, c.timeout, late)
}

func orBackground(ctx context.Context) context.Context {
	if ctx == nil {
		return context.Background()
	}
	return ctx
}

// commonAttributes are stamped on every span when it starts; the backend does not read resource attributes.
func commonAttributes(c *config, git gitContext) []attribute.KeyValue {
	common := []attribute.KeyValue{attribute.String(attr.SDKName, sdkName), attribute.String(attr.SDKVersion, Version)}
	add := func(key, value string) {
		if value != "" {
			common = append(common, attribute.String(key, value))
		}
	}
	add(attr.GitRepo, git.Repo)
	add(attr.GitRef, git.Ref)
	add(attr.Environment, c.environment)
	add(attr.DeploymentEnvironment, c.environment)
	return common
}
